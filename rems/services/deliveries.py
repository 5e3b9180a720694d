"""What became of a message after it had left: noted on its row; one that came back is taken over."""

import logging

from django.db.models import Q

from accounts.clock import read_clock
from rems.channels.notices import Notice
from rems.locks import lock_for_reference
from rems.models import Reminder
from rems.outbox import plan_for_new_failure
from rems.transactions import mutation

CAME_BACK = "The message came back."

logger = logging.getLogger(__name__)


def note_outcome(channel: str, notice: Notice) -> None:
    """Note that a message arrived or came back, once, whatever the order in which we are told.

    One that came back stays so, and a person takes over: a task stands on the pharmacists' screen,
    planned in the same transaction. Other channels go on as planned. Unknown ones are passed over.
    """
    with mutation():
        row = _row_of(channel, notice)
        if row is None or row.delivery == Reminder.Delivery.BOUNCED:
            return
        if notice.has_arrived:
            _note(row, delivery=Reminder.Delivery.DELIVERED)
            return
        _note_bounced(row)
        plan_for_new_failure(row.pk, read_clock())
    logger.warning("reminder came back", extra={"reminder_id": row.pk})


def _row_of(channel: str, notice: Notice) -> Reminder | None:
    """The row, locked after its patient: by the provider's id, or by ours where the provider gives
    it back."""
    known = Q(pk=notice.reminder_id) if notice.reminder_id else Q(pk=None)
    if notice.message_id:
        known |= Q(provider_message_id=notice.message_id)
    found = Reminder.objects.filter(known, channel=channel).order_by("pk").first()
    if found is None:
        return None
    lock_for_reference([found.patient_id])
    return Reminder.objects.select_for_update().get(pk=found.pk)


def _note_bounced(row: Reminder) -> None:
    """Nobody has seen to it yet, though somebody may have had it tried again before; what was told
    in another way stays settled."""
    anew = {} if row.status == Reminder.Status.DONE else {"resolved_by": None, "resolved_at": None}
    _note(row, delivery=Reminder.Delivery.BOUNCED, failure=CAME_BACK, **anew)


def _note(row: Reminder, **what: object) -> None:
    Reminder.objects.filter(pk=row.pk).update(**what)
