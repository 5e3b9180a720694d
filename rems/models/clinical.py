"""What the pharmacist thinks about beside the findings: conditions, medicines, blood counts.

Advisories alone rest on these (rule sheet, section 13, last line); no gate asks for them.
"""

from django.db import models

from .base import PatientEvidence, one_of

CLINICAL_FACTORS = [
    "strong_cyp1a2_inhibitor",
    "hepatic_impairment",
    "on_dialysis",
    "takes_pembrolizumab",
]


class ClinicalFactor(PatientEvidence):
    """A medicine or condition that the dose has to follow, or that it is over. The newest row of a
    factor counts; `occurred_at` is since when."""

    factor = models.CharField(max_length=30)
    is_present = models.BooleanField()
    note = models.CharField(max_length=500, blank=True)

    class Meta(PatientEvidence.Meta):
        constraints = [
            *PatientEvidence.Meta.constraints,
            one_of("factor", CLINICAL_FACTORS, "rems_clinicalfactor_factor_known"),
        ]


class BloodCount(PatientEvidence):
    """A complete blood count (label 5; rule sheet 8.20). `occurred_at` is the time of collection."""

    note = models.CharField(max_length=500, blank=True)
