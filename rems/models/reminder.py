"""The outbox (design, section 6): the row is the guarantee, the queue is speed."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.clock import PharmacyClock

from .base import Identified, one_of

STATUSES = ["planned", "sent", "cancelled", "failed", "done"]
CHANNELS = ["email", "sms", "task"]
DELIVERIES = ["", "delivered", "bounced"]


class Reminder(Identified):
    """Something to tell somebody by a certain time. Mutable; unique for what it tells to whom.

    `subject_id` is the patient, or a prescriber, pharmacist, pharmacy, order, lot or other reminder
    (design: a row needs no patient). A worker that claims the row sets `lease_until`; when that
    passes the row is anybody's again. A `task` is never sent: from `send_at` it stands on the
    pharmacists' screen, until a person ticks it off (`done`) or the facts cancel it.
    """

    class Status(models.TextChoices):
        """Where the reminder stands."""

        PLANNED = "planned"
        SENT = "sent"
        CANCELLED = "cancelled"
        FAILED = "failed"
        DONE = "done"

    class Channel(models.TextChoices):
        """How it is told; a task asks a person to call."""

        EMAIL = "email"
        SMS = "sms"
        TASK = "task"

    class Delivery(models.TextChoices):
        """What the provider said of it afterwards."""

        UNKNOWN = "", "unknown"
        DELIVERED = "delivered"
        BOUNCED = "bounced"

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
    send_started_at = models.DateTimeField(
        null=True, blank=True, help_text="set just before the provider is asked"
    )
    possible_duplicates = models.PositiveSmallIntegerField(
        default=0, help_text="sends after an attempt that had started and was never recorded"
    )
    provider_message_id = models.CharField(max_length=200, blank=True)
    delivery = models.CharField(max_length=10, choices=Delivery.choices, blank=True)
    failure = models.CharField(max_length=200, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="who ticked a task off, or saw to a failure",
    )
    resolved_at = models.DateTimeField(null=True, blank=True)
    planned_at = models.DateTimeField(db_default=PharmacyClock(), editable=False)

    class Meta:
        permissions = [("attend_reminder", "Can retry reminders and settle tasks")]
        constraints = [
            models.UniqueConstraint(
                fields=["subject_id", "program", "kind", "due_on", "step", "recipient", "channel"],
                nulls_distinct=False,
                name="rems_reminder_once",
            ),
            one_of("status", STATUSES, "rems_reminder_status_known"),
            one_of("channel", CHANNELS, "rems_reminder_channel_known"),
            one_of("delivery", DELIVERIES, "rems_reminder_delivery_known"),
            models.CheckConstraint(
                condition=Q(status="sent", sent_at__isnull=False)
                | (~Q(status="sent") & Q(sent_at__isnull=True)),
                name="rems_reminder_sent_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(status="sent", channel="task"), name="rems_reminder_task_never_sent"
            ),
            models.CheckConstraint(
                condition=Q(resolved_by__isnull=True, resolved_at__isnull=True)
                | Q(resolved_by__isnull=False, resolved_at__isnull=False),
                name="rems_reminder_resolved_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(status="done") | Q(resolved_at__isnull=False),
                name="rems_reminder_done_has_person",
            ),
        ]
        indexes = [
            models.Index(
                fields=["send_at", "id"],
                condition=Q(status="planned") & ~Q(channel="task"),
                name="rems_reminder_due",
            ),
            models.Index(
                fields=["send_at", "id"],
                condition=Q(status="planned", channel="task"),
                name="rems_reminder_open_task",
            ),
            models.Index(
                fields=["send_at", "id"],
                condition=Q(status="failed") | Q(delivery="bounced"),
                name="rems_reminder_failed",
            ),
            models.Index(fields=["send_at"], name="rems_reminder_by_hour"),
            models.Index(
                fields=["provider_message_id"],
                condition=~Q(provider_message_id=""),
                name="rems_reminder_provider_message",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} due {self.due_on}"
