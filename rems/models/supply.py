"""What the patient has in hand, and the counseling that goes with it (rules R43 to R45)."""

from django.db import models
from django.db.models import Q

from .base import PatientEvidence, one_of, signed_unless_taken_back


class Supply(PatientEvidence):
    """Capsules that the patient was given, here or elsewhere. `occurred_at` is when dispensed."""

    program = models.ForeignKey("rems.Program", on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=10)
    # A bare key: rems knows nothing of orders.
    order_id = models.UUIDField(null=True, blank=True, unique=True)
    days_supply = models.PositiveIntegerField()
    quantity = models.PositiveIntegerField()

    class Meta(PatientEvidence.Meta):
        verbose_name_plural = "supplies"
        constraints = [
            *PatientEvidence.Meta.constraints,
            one_of("source", ["here", "elsewhere"], "rems_supply_source_known"),
            models.CheckConstraint(
                condition=Q(source="here", order_id__isnull=False)
                | Q(source="elsewhere", order_id__isnull=True),
                name="rems_supply_source_has_order",
            ),
            # Under one of ours lies the signed step that made it.
            models.CheckConstraint(
                condition=Q(attestation__isnull=False) | Q(source="here"),
                name="rems_supply_signed",
            ),
        ]
        indexes = [models.Index(fields=["patient", "occurred_at"], name="rems_supply_patient")]


class SupplyDelivery(PatientEvidence):
    """The supply reached the patient; its local date stands for the first dose until that is known."""

    supply = models.ForeignKey(Supply, on_delete=models.PROTECT, related_name="deliveries")

    class Meta(PatientEvidence.Meta):
        constraints = [
            *PatientEvidence.Meta.constraints,
            models.UniqueConstraint(
                fields=["supply"],
                condition=Q(supersedes__isnull=True),
                name="rems_supplydelivery_once",
            ),
        ]


class FirstDose(PatientEvidence):
    """The first day on which capsules of this supply were taken."""

    supply = models.ForeignKey(Supply, on_delete=models.PROTECT, related_name="first_doses")
    started_on = models.DateField()

    class Meta(PatientEvidence.Meta):
        constraints = [
            *PatientEvidence.Meta.constraints,
            models.UniqueConstraint(
                fields=["supply"],
                condition=Q(supersedes__isnull=True),
                name="rems_firstdose_once",
            ),
        ]


class SupplyEnd(PatientEvidence):
    """Signed evidence that a supply was lost, returned or never left the pharmacy (R45)."""

    class Cause(models.TextChoices):
        """What became of it."""

        LOST = "lost"
        RETURNED = "returned"
        NOT_RELEASED = "not_released"

    supply = models.ForeignKey(Supply, on_delete=models.PROTECT, related_name="ends")
    cause = models.CharField(max_length=12, choices=Cause.choices)
    note = models.CharField(max_length=500, blank=True)

    class Meta(PatientEvidence.Meta):
        constraints = [
            *PatientEvidence.Meta.constraints,
            models.UniqueConstraint(
                fields=["supply"],
                condition=Q(supersedes__isnull=True),
                name="rems_supplyend_once",
            ),
            one_of("cause", ["lost", "returned", "not_released"], "rems_supplyend_cause_known"),
            signed_unless_taken_back("rems_supplyend_signed"),
        ]


class CounselingRecord(PatientEvidence):
    """The Education and Counseling Checklist of one fill, and the Medication Guide given with it."""

    prescription = models.ForeignKey(
        "rems.Prescription", on_delete=models.PROTECT, related_name="counselings"
    )
    checklist = models.JSONField(default=dict)
    checklist_complete = models.BooleanField()
    medication_guide = models.ForeignKey(
        "catalog.MedicationGuide", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta(PatientEvidence.Meta):
        constraints = [
            *PatientEvidence.Meta.constraints,
            signed_unless_taken_back("rems_counselingrecord_signed"),
        ]
