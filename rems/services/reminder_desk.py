"""What the pharmacy's people do about reminders by hand: try a failed one again, settle a task."""

from datetime import datetime
from uuid import UUID

from accounts.clock import read_clock
from accounts.models import User
from accounts.roles import Role
from rems.errors import NotAllowed, StaleForm
from rems.models import Reminder
from rems.outbox import SEND_DUE_REMINDERS, nudge_after_commit
from rems.transactions import mutation

ATTENDING = (Role.PHARMACIST, Role.TECHNICIAN)


def retry_reminder(*, reminder_id: UUID, actor: User) -> None:
    """Try a reminder that failed or came back again from now on, with all its attempts.

    Who asked stays on the row. Raises NotAllowed, StaleForm where it was seen to meanwhile,
    Reminder.DoesNotExist.
    """
    _require_attendant(actor)
    with mutation():
        row = _lock(reminder_id)
        if not _wants_a_person(row):
            raise StaleForm("This has been seen to meanwhile.")
        at = read_clock()
        row.status, row.attempts, row.lease_until = Reminder.Status.PLANNED, 0, None
        row.send_at, row.sent_at, row.delivery = at, None, ""
        _settle(row, actor, at)
        nudge_after_commit(SEND_DUE_REMINDERS)


def resolve_reminder(*, reminder_id: UUID, actor: User) -> None:
    """A task is done, or a failure was seen to in another way, such as by a call.

    Raises NotAllowed, StaleForm where somebody else was quicker or it is not due yet,
    Reminder.DoesNotExist.
    """
    _require_attendant(actor)
    with mutation():
        row = _lock(reminder_id)
        at = read_clock()
        if not (_wants_a_person(row) or _is_open_task(row, at)):
            raise StaleForm("This has been seen to meanwhile.")
        if row.status != Reminder.Status.SENT:
            row.status, row.lease_until = Reminder.Status.DONE, None
        _settle(row, actor, at)


def _wants_a_person(row: Reminder) -> bool:
    """It failed; or it came back, and nobody has seen to that."""
    came_back = row.delivery == Reminder.Delivery.BOUNCED and row.resolved_at is None
    return row.status == Reminder.Status.FAILED or came_back


def _is_open_task(row: Reminder, at: datetime) -> bool:
    is_task = row.channel == Reminder.Channel.TASK and row.status == Reminder.Status.PLANNED
    return is_task and row.send_at <= at


def _settle(row: Reminder, actor: User, at: datetime) -> None:
    """By whom and when; a task that was about this reminder is done with it."""
    row.resolved_by, row.resolved_at = actor, at
    row.save()
    about_it = Reminder.objects.filter(
        subject_id=row.pk, channel=Reminder.Channel.TASK, status=Reminder.Status.PLANNED
    )
    about_it.update(status=Reminder.Status.DONE, resolved_by=actor, resolved_at=at)


def _require_attendant(actor: User) -> None:
    if not any(actor.has_role(role) for role in ATTENDING):
        raise NotAllowed("Only the pharmacy's staff can do this.")


def _lock(reminder_id: UUID) -> Reminder:
    return Reminder.objects.select_for_update().get(pk=reminder_id)
