"""The outbox (design, section 6): the row is the guarantee, the queue is speed."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.clock import PharmacyClock

from .base import Identified, one_of

STATUSES = ["planned", "sent", "cancelled", "failed"]


class Reminder(Identified):
    """Something to tell somebody by a certain time. Mutable; unique for what it tells to whom.

    `subject_id` is the patient, or an order or lot (design: a row needs no patient). A worker that
    claims the row sets `lease_until`; when that passes the row is anybody's again.
    """

    class Status(models.TextChoices):
        """Where the reminder stands."""

        PLANNED = "planned"
        SENT = "sent"
        CANCELLED = "cancelled"
        FAILED = "failed"

    class Channel(models.TextChoices):
        """How it is told."""

        EMAIL = "email"

    subject_id = models.UUIDField()
    patient = models.ForeignKey(
        "rems.Patient", null=True, blank=True, on_delete=models.PROTECT, related_name="reminders"
    )
    program = models.ForeignKey(
        "rems.Program", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    kind = models.CharField(max_length=40)
    due_on = models.DateField(help_text="the local day on which the obligation falls due")
    step = models.PositiveSmallIntegerField(default=1)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="reminders",
    )
    channel = models.CharField(max_length=10, choices=Channel.choices)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PLANNED)
    send_at = models.DateTimeField(help_text="not before this instant")
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=200, blank=True)
    planned_at = models.DateTimeField(db_default=PharmacyClock(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject_id", "program", "kind", "due_on", "step", "recipient", "channel"],
                nulls_distinct=False,
                name="rems_reminder_once",
            ),
            one_of("status", STATUSES, "rems_reminder_status_known"),
            models.CheckConstraint(
                condition=Q(status="sent", sent_at__isnull=False)
                | (~Q(status="sent") & Q(sent_at__isnull=True)),
                name="rems_reminder_sent_has_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["send_at"], condition=Q(status="planned"), name="rems_reminder_due"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} due {self.due_on}"
