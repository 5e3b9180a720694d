"""Dated, revocable credentials of prescribers, pharmacies and pharmacists (rules R01, R02, R05, R53).

To revoke is to supersede: the new row covers the same start and ends when it was revoked.
"""

from django.db import models
from django.db.models import F, Q
from localflavor.us.models import USStateField

from .base import Evidence, always_signed


class Credential(Evidence):
    """An interval in which a credential holds: from `valid_from`, up to but not at `valid_until`."""

    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True, blank=True)
    proof = models.CharField(max_length=300, help_text="the program's or the state's document")

    class Meta(Evidence.Meta):
        abstract = True
        constraints = [
            *Evidence.Meta.constraints,
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="%(app_label)s_%(class)s_interval_forward",
            ),
            always_signed("%(app_label)s_%(class)s_signed"),
        ]


class PrescriberCertification(Credential):
    """The prescriber is certified in the program (R01)."""

    prescriber = models.ForeignKey(
        "rems.Prescriber", on_delete=models.PROTECT, related_name="certifications"
    )
    program = models.ForeignKey("rems.Program", on_delete=models.PROTECT, related_name="+")

    @classmethod
    def subject_field(cls) -> str:
        """The prescriber."""
        return "prescriber"


class PharmacyCertification(Credential):
    """The pharmacy is certified in the program (R02)."""

    pharmacy = models.ForeignKey(
        "rems.Pharmacy", on_delete=models.PROTECT, related_name="certifications"
    )
    program = models.ForeignKey("rems.Program", on_delete=models.PROTECT, related_name="+")

    @classmethod
    def subject_field(cls) -> str:
        """The pharmacy."""
        return "pharmacy"


class PharmacistTraining(Credential):
    """The pharmacist is trained in the program (R05)."""

    pharmacist = models.ForeignKey(
        "rems.Pharmacist", on_delete=models.PROTECT, related_name="trainings"
    )
    program = models.ForeignKey("rems.Program", on_delete=models.PROTECT, related_name="+")

    @classmethod
    def subject_field(cls) -> str:
        """The pharmacist."""
        return "pharmacist"


class StateLicence(Credential):
    """The pharmacy is licensed to ship into a state (R53)."""

    pharmacy = models.ForeignKey("rems.Pharmacy", on_delete=models.PROTECT, related_name="licences")
    state = USStateField()

    @classmethod
    def subject_field(cls) -> str:
        """The pharmacy."""
        return "pharmacy"
