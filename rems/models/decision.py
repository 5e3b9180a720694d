"""Why each gate opened or stayed shut: the record that the auditor replays."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from .base import Stamped, one_of

GATES = ["checkout", "approve", "dispense", "release"]
OUTCOMES = ["permit", "refuse"]


class DecisionRecord(Stamped):
    """One answer of the core. `facts` is in the case format of the rule sheet, section 16.

    `subject_id` is the order's key, made beforehand; null where nothing was ordered yet.
    """

    patient = models.ForeignKey("rems.Patient", on_delete=models.PROTECT, related_name="decisions")
    subject_id = models.UUIDField(null=True, blank=True)
    gate = models.CharField(max_length=8)
    outcome = models.CharField(max_length=6)
    at = models.DateTimeField(help_text="the database's clock, read after the locks")
    permitted_until = models.DateTimeField(null=True, blank=True)
    program_version = models.ForeignKey(
        "rems.ProgramVersion", on_delete=models.PROTECT, related_name="+"
    )
    facts = models.JSONField()
    findings = models.JSONField()
    advisories = models.JSONField(default=list)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            one_of("gate", GATES, "rems_decisionrecord_gate_known"),
            one_of("outcome", OUTCOMES, "rems_decisionrecord_outcome_known"),
            models.CheckConstraint(
                condition=Q(outcome="refuse", permitted_until__isnull=True)
                | Q(
                    outcome="permit",
                    # A comparison with NULL is not false, and what is not false passes a CHECK.
                    permitted_until__isnull=False,
                    permitted_until__gte=models.F("at"),
                    findings=[],
                ),
                name="rems_decisionrecord_permit_has_no_finding",
            ),
            models.CheckConstraint(
                condition=Q(at__lte=models.F("recorded_at")), name="rems_decisionrecord_at_read"
            ),
        ]
        indexes = [
            models.Index(fields=["patient", "at"], name="rems_decision_patient"),
            models.Index(fields=["subject_id", "gate"], name="rems_decision_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.gate}: {self.outcome}"


class Seal(models.Model):
    """One link of a subject's chain (invariant 11).

    `digest` is an HMAC, under a key that the database never sees, of the row, its place and the
    digest before. `sealed_at` is the database's: the clock, or the link before where the clock was
    set back; null of links from before it was kept.
    """

    id = models.BigAutoField(primary_key=True)
    subject_id = models.UUIDField()
    seq = models.PositiveIntegerField()
    table = models.CharField(max_length=63)
    row_id = models.UUIDField()
    digest = models.CharField(max_length=64)
    sealed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject_id", "seq"], name="rems_seal_seq_unique"),
            models.UniqueConstraint(fields=["row_id", "table"], name="rems_seal_row_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.table} {self.seq}"
