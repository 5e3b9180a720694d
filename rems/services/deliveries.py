"""What became of a message after it had left: noted on its row; one that came back is taken over."""

import logging

from django.db.models import Q

from accounts.clock import read_clock
from rems import core
from rems.channels.notices import Notice
from rems.models import Reminder
from rems.selectors import the_pharmacy
from rems.transactions import mutation

CAME_BACK = "The message came back."
NOT_DELIVERED = "reminder_failed"

logger = logging.getLogger(__name__)


def note_outcome(channel: str, notice: Notice) -> None:
    """Note that a message arrived or came back, once, whatever the order in which we are told.

    One that came back stays so. Unless another message says the same to the same person, a task
    for the pharmacists takes over, in the same transaction. Unknown messages are passed over.
    """
    with mutation():
        row = _row_of(channel, notice)
        if row is None or row.delivery == Reminder.Delivery.BOUNCED:
            return
        if notice.has_arrived:
            _note(row, delivery=Reminder.Delivery.DELIVERED)
            return
        _note(row, delivery=Reminder.Delivery.BOUNCED, failure=CAME_BACK)
        if not _is_told_otherwise(row):
            _ask_a_person(row)
    logger.warning("reminder %s came back", row.pk)


def _row_of(channel: str, notice: Notice) -> Reminder | None:
    """The row, locked: by the provider's id, or by ours where the provider gives it back."""
    known = Q(pk=notice.reminder_id) if notice.reminder_id else Q(pk=None)
    if notice.message_id:
        known |= Q(provider_message_id=notice.message_id)
    rows = Reminder.objects.select_for_update().filter(known, channel=channel)
    return rows.order_by("pk").first()


def _note(row: Reminder, **what: str) -> None:
    Reminder.objects.filter(pk=row.pk).update(**what)


def _is_told_otherwise(row: Reminder) -> bool:
    """Whether another channel says the same to the same person, or is about to."""
    same = Reminder.objects.filter(
        subject_id=row.subject_id,
        program=row.program_id,
        kind=row.kind,
        due_on=row.due_on,
        step=row.step,
        recipient=row.recipient_id,
        status__in=[Reminder.Status.PLANNED, Reminder.Status.SENT],
    )
    return same.exclude(pk=row.pk).exclude(delivery=Reminder.Delivery.BOUNCED).exists()


def _ask_a_person(row: Reminder) -> None:
    """A task on the pharmacists' screen, from now on. Told twice of the same row it stays one."""
    at, pharmacy = read_clock(), the_pharmacy()
    zone = core.zone_named(pharmacy.time_zone if pharmacy else "America/New_York")
    Reminder.objects.get_or_create(
        subject_id=row.pk,
        program=row.program,
        kind=NOT_DELIVERED,
        due_on=core.local_date(at, zone),
        step=1,
        recipient=None,
        channel=Reminder.Channel.TASK,
        defaults={"patient": row.patient, "send_at": at},
    )
