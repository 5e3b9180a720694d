"""A reminder that failed, or came back, is an obligation itself: a person sees to it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from rems import core
from rems.models import Reminder
from rems.obligations.standing import Standing
from rems.selectors import pharmacy_zone

FAILED = Q(status=Reminder.Status.FAILED) | Q(delivery=Reminder.Delivery.BOUNCED)


def load_failures(reminder_ids: Iterable[UUID], at: datetime) -> Mapping[UUID, Standing]:
    """What these reminders ask for: a task, while they stand failed and nobody has seen to them."""
    zone = pharmacy_zone()
    rows = Reminder.objects.filter(FAILED, pk__in=list(reminder_ids), resolved_at__isnull=True)
    return {
        row.pk: Standing(zone, (core.reminder_failed(row.program_id, row.due_on),), row.patient_id)
        for row in rows
    }
