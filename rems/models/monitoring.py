"""Pregnancy tests, surveys, holds, exposure reports and reactions (rules R20 to R30, R51, R52)."""

from django.db import models
from django.db.models import Q

from .base import PatientEvidence, one_of, signed_unless_taken_back, taken_back_signed
from .enrollment import CATEGORIES

TEST_RESULTS = ["neg", "pos", "ind"]
HOLD_TYPES = [
    "missed_period",
    "abnormal_bleeding",
    "contraception_stopped",
    "pregnancy_suspected",
    "positive_test",
    "category_review",
]
EXPOSURE_KINDS = ["pregnancy", "partner_pregnancy", "suspected_exposure"]


class PregnancyTest(PatientEvidence):
    """A pregnancy test. `occurred_at` is the time of collection.

    `detection_limit` is in mIU/mL (rule 3.1: 50 or less). A row typed by anyone but the prescriber
    is unverified until a `TestVerification` is signed (R26).
    """

    result = models.CharField(max_length=3)
    detection_limit = models.PositiveIntegerField(help_text="mIU/mL")
    laboratory = models.CharField(max_length=200, blank=True)

    class Meta(PatientEvidence.Meta):
        constraints = [
            *PatientEvidence.Meta.constraints,
            taken_back_signed("rems_pregnancytest_taken_back_signed"),
            one_of("result", TEST_RESULTS, "rems_pregnancytest_result_known"),
        ]
        indexes = [models.Index(fields=["patient", "occurred_at"], name="rems_test_patient")]

    @property
    def collected_at(self) -> object:
        """When the sample was collected."""
        return self.occurred_at


class TestVerification(PatientEvidence):
    """The prescriber verifies a test's result (R26)."""

    __test__ = False
    test = models.ForeignKey(PregnancyTest, on_delete=models.PROTECT, related_name="verifications")
    prescriber = models.ForeignKey("rems.Prescriber", on_delete=models.PROTECT, related_name="+")

    class Meta(PatientEvidence.Meta):
        constraints = [
            *PatientEvidence.Meta.constraints,
            models.UniqueConstraint(
                fields=["test"],
                condition=Q(supersedes__isnull=True),
                name="rems_testverification_once",
            ),
            signed_unless_taken_back("rems_testverification_signed"),
        ]


class Survey(PatientEvidence):
    """The monthly or six-monthly patient survey, done by the patient or the guardian (R30)."""

    category = models.CharField(max_length=12)
    answers = models.JSONField(default=dict)

    class Meta(PatientEvidence.Meta):
        constraints = [
            *PatientEvidence.Meta.constraints,
            one_of("category", CATEGORIES, "rems_survey_category_known"),
            signed_unless_taken_back("rems_survey_signed"),
        ]


class Hold(PatientEvidence):
    """Something changed; nothing moves until the prescriber clears it (R07, R23, R25)."""

    hold_type = models.CharField(max_length=24)
    note = models.CharField(max_length=500, blank=True)

    class Meta(PatientEvidence.Meta):
        constraints = [
            *PatientEvidence.Meta.constraints,
            taken_back_signed("rems_hold_taken_back_signed"),
            one_of("hold_type", HOLD_TYPES, "rems_hold_type_known"),
        ]


class HoldClearance(PatientEvidence):
    """The prescriber clears a hold (decision D9)."""

    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, related_name="clearances")
    prescriber = models.ForeignKey("rems.Prescriber", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500)

    class Meta(PatientEvidence.Meta):
        constraints = [
            *PatientEvidence.Meta.constraints,
            models.UniqueConstraint(
                fields=["hold"],
                condition=Q(supersedes__isnull=True),
                name="rems_holdclearance_once",
            ),
            signed_unless_taken_back("rems_holdclearance_signed"),
        ]


class ExposureReport(PatientEvidence):
    """A pregnancy or suspected exposure that has to be reported (R51, section 7)."""

    kind = models.CharField(max_length=24)
    note = models.CharField(max_length=1000, blank=True)
    due_at = models.DateTimeField(help_text="end of the same business day (rule 7.7)")

    class Meta(PatientEvidence.Meta):
        constraints = [
            *PatientEvidence.Meta.constraints,
            taken_back_signed("rems_exposurereport_taken_back_signed"),
            one_of("kind", EXPOSURE_KINDS, "rems_exposurereport_kind_known"),
        ]


class ExposureReportFiling(PatientEvidence):
    """The exposure was reported to the program and to the FDA."""

    report = models.ForeignKey(ExposureReport, on_delete=models.PROTECT, related_name="filings")
    case_number = models.CharField(max_length=40, help_text="REMS case number")
    medwatch_reference = models.CharField(max_length=60)

    class Meta(PatientEvidence.Meta):
        constraints = [
            *PatientEvidence.Meta.constraints,
            models.UniqueConstraint(
                fields=["report"],
                condition=Q(supersedes__isnull=True),
                name="rems_exposurereportfiling_once",
            ),
        ]


class Hypersensitivity(PatientEvidence):
    """A severe allergic reaction to pomalidomide or its excipients (R52)."""

    description = models.CharField(max_length=500)

    class Meta(PatientEvidence.Meta):
        verbose_name_plural = "hypersensitivities"
        constraints = [
            *PatientEvidence.Meta.constraints,
            taken_back_signed("rems_hypersensitivity_taken_back_signed"),
        ]
