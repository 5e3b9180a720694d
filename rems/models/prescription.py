"""Prescriptions and the two numbers (rules R06, R10 to R16, R40, R41)."""

from django.db import models
from django.db.models import Q

from .base import PatientEvidence, always_signed, one_of, signed_unless_taken_back
from .enrollment import CATEGORIES

CHANNELS = ["e-rx", "fax", "paper", "phone"]
# One spelling for each number: `a 1` would otherwise be used again after `A1` (invariant 6).
PLAIN_NUMBER = "^[A-Z0-9-]*$"


class Prescription(PatientEvidence):
    """A prescription for one fill. `occurred_at` is when it was written.

    Days' supply, refills and channel are kept as they came, also where a rule will refuse them;
    `days_supply` and `quantity` count days and capsules. The guards of invariant 7 bite at the order.
    """

    prescriber = models.ForeignKey("rems.Prescriber", on_delete=models.PROTECT, related_name="+")
    program = models.ForeignKey("rems.Program", on_delete=models.PROTECT, related_name="+")
    product = models.ForeignKey("catalog.Product", on_delete=models.PROTECT, related_name="+")
    category = models.CharField(max_length=12)
    channel = models.CharField(max_length=5)
    sig = models.CharField(max_length=300)
    indication = models.CharField(max_length=200, blank=True)
    days_supply = models.PositiveIntegerField()
    quantity = models.PositiveIntegerField()
    refills_authorized = models.PositiveIntegerField(default=0)
    image = models.FileField(upload_to="prescriptions/", blank=True)
    transcription_checked_by = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta(PatientEvidence.Meta):
        constraints = [
            *PatientEvidence.Meta.constraints,
            one_of("category", CATEGORIES, "rems_prescription_category_known"),
            one_of("channel", CHANNELS, "rems_prescription_channel_known"),
            signed_unless_taken_back("rems_prescription_signed"),
            # Of what came by fax, paper or telephone a second person checked the copy.
            models.CheckConstraint(
                condition=Q(channel="e-rx")
                | Q(transcription_checked_by__isnull=False)
                | Q(retracts=True),
                name="rems_prescription_copy_checked",
            ),
        ]
        indexes = [models.Index(fields=["patient", "occurred_at"], name="rems_rx_patient")]

    @property
    def written_at(self) -> object:
        """When it was written."""
        return self.occurred_at


class Authorization(PatientEvidence):
    """The program's authorization number for one prescription; `occurred_at` is its issue.

    A number belongs to one prescription for ever (an exclusion constraint), and is used once.
    """

    prescription = models.ForeignKey(
        Prescription, on_delete=models.PROTECT, related_name="authorizations"
    )
    number = models.CharField(max_length=40)

    class Meta(PatientEvidence.Meta):
        constraints = [
            *PatientEvidence.Meta.constraints,
            models.UniqueConstraint(
                fields=["prescription"],
                condition=Q(supersedes__isnull=True),
                name="rems_authorization_one_per_prescription",
            ),
            always_signed("rems_authorization_signed"),
            models.CheckConstraint(
                condition=~Q(number=""), name="rems_authorization_number_present"
            ),
            models.CheckConstraint(
                condition=Q(number__regex=PLAIN_NUMBER), name="rems_authorization_number_plain"
            ),
        ]


class Confirmation(PatientEvidence):
    """The program's confirmation number before a dispense; `occurred_at` is when it was obtained."""

    class Source(models.TextChoices):
        """Where the pharmacist had it from."""

        PORTAL = "portal"
        PHONE = "phone"

    prescription = models.ForeignKey(
        Prescription, on_delete=models.PROTECT, related_name="confirmations"
    )
    number = models.CharField(max_length=40)
    source = models.CharField(max_length=10, choices=Source.choices)

    class Meta(PatientEvidence.Meta):
        constraints = [
            *PatientEvidence.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(number=""), name="rems_confirmation_number_present"
            ),
            models.CheckConstraint(
                condition=Q(number__regex=PLAIN_NUMBER), name="rems_confirmation_number_plain"
            ),
            one_of("source", ["portal", "phone"], "rems_confirmation_source_known"),
            always_signed("rems_confirmation_signed"),
        ]
