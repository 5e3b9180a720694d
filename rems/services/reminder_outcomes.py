"""What came of an attempt, written on the reminder's row: by ids, in as few statements as possible.

Only the holder of the lease writes. A row that was cancelled meanwhile stays cancelled, unless
the truth is that it was sent.
"""

import json
import logging
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from accounts.clock import read_clock
from rems.locks import lock_for_reference
from rems.models import Reminder
from rems.outbox import plan_for_new_failure
from rems.services.reminder_claims import STILL_OURS, write_ours
from rems.transactions import mutation

FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)
# A pause is up to so much longer, by chance: those that failed together do not come back together.
JITTER = 0.2

# An earlier attempt that began and was never settled may have left the house.
_BEGIN = f"""{STILL_OURS}
UPDATE rems_reminder AS r SET attempts = attempts + 1, send_started_at = pharmacy_clock(),
  possible_duplicates = possible_duplicates + (send_started_at IS NOT NULL)::int
FROM ours WHERE r.id = ours.id AND r.status = 'planned'
RETURNING r.id, r.attempts
"""
# The planner cannot know how many rows are ours: beside a list to join it would read the whole list
# once for each of them.
_SENT = f"""{STILL_OURS}
UPDATE rems_reminder AS r SET status = 'sent', sent_at = pharmacy_clock(), lease_until = NULL,
  failure = CASE r.delivery WHEN 'bounced' THEN r.failure ELSE '' END,
  provider_message_id = %(message_ids)s::jsonb ->> r.id::text
FROM ours WHERE r.id = ours.id
RETURNING r.id
"""
_CANCEL = f"""{STILL_OURS}
UPDATE rems_reminder AS r SET status = 'cancelled', lease_until = NULL, failure = %(reason)s
FROM ours WHERE r.id = ours.id AND r.status = 'planned'
RETURNING r.id
"""
_WAIT = f"""{STILL_OURS}
UPDATE rems_reminder AS r SET lease_until = NULL,
  send_at = (%(ends)s::jsonb ->> r.id::text)::timestamptz
FROM ours WHERE r.id = ours.id AND r.status = 'planned'
RETURNING r.id
"""

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Sweep:
    """What came of one batch, in reminders."""

    claimed: int = 0
    sent: int = 0
    quiet: int = 0
    cancelled: int = 0
    postponed: int = 0
    failed: int = 0


def begin(rows: Sequence[Reminder]) -> list[Reminder]:
    """Write that the provider is about to be called. Returns those that may go: still planned, and
    still ours. All rows are of one claim."""
    attempts: dict[UUID, int] = dict(write_ours(_BEGIN, rows))
    for row in rows:
        row.attempts = attempts.get(row.pk, row.attempts)
    return [row for row in rows if row.pk in attempts]


def note_sent(rows: Sequence[Reminder], message_ids: Mapping[UUID, str], sweep: Sweep) -> None:
    """They have left; `message_ids` are the provider's. One statement for all."""
    if not rows:
        return
    theirs = {str(row.pk): _storable(message_ids[row.pk]) for row in rows}
    noted = {key for (key,) in write_ours(_SENT, rows, message_ids=json.dumps(theirs))}
    sweep.sent += len(noted)
    for row in rows:
        if row.pk in noted:
            logger.info("reminder sent", extra=_about(row, attempt=row.attempts))
        else:
            logger.warning("reminder taken over by another worker", extra=_about(row))


def _storable(message_id: str) -> str:
    """What the database can keep of it: a message that has left must not go out again for its name."""
    return "".join(filter(str.isprintable, message_id))[:200]


def note_attempt(row: Reminder, reason: str, sweep: Sweep, *, left: bool = True) -> None:
    """It did not work this time: the next attempt waits, or it has failed.

    `left` is False when it surely did not go out; else nobody knows, and the next attempt may be a
    second copy.
    """
    settled = {} if left else {"send_started_at": None}
    if row.attempts >= settings.REMINDER_ATTEMPTS:
        note_failed(row, reason, sweep, **settled)
        return
    _record(row, read_clock() + pause_after(row.attempts), failure=reason, **settled)
    sweep.postponed += 1
    why = _about(row, attempt=row.attempts, reason=reason)
    logger.warning("reminder not sent", extra=why)


def note_failed(row: Reminder, reason: str, sweep: Sweep, **more: object) -> None:
    """No further attempt: a task on the pharmacists' screen, in the same transaction."""
    outcome = {"status": Reminder.Status.FAILED, "failure": reason, **more}
    with mutation():
        lock_for_reference([row.patient_id])
        _record(row, None, resolved_by=None, resolved_at=None, **outcome)
        plan_for_new_failure(row.pk, read_clock())
    sweep.failed += 1
    logger.error("reminder failed", extra=_about(row, reason=reason))


def note_cancelled(rows: Sequence[Reminder], reason: str, sweep: Sweep) -> None:
    """They are not needed any more, for this reason. One statement for all."""
    if not rows:
        return
    sweep.cancelled += len(write_ours(_CANCEL, rows, reason=reason))
    for row in rows:
        logger.info("reminder cancelled", extra=_about(row, reason=reason or "no longer needed"))


def note_quiet(rows: Sequence[Reminder], ends: Mapping[UUID, datetime], sweep: Sweep) -> None:
    """It is quiet where they would arrive, up to these instants: nothing was tried, and they are
    not late. One statement for all."""
    if not rows:
        return
    theirs = {str(row.pk): ends[row.pk].isoformat() for row in rows}
    sweep.quiet += len(write_ours(_WAIT, rows, ends=json.dumps(theirs)))
    for row in rows:
        logger.info("reminder waits for the end of the quiet hours", extra=_about(row))


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many failed attempts: doubling, with a cap, and a little chance."""
    doubled = min(FIRST_PAUSE * 2 ** (attempts - 1), LONGEST_PAUSE)
    longer: timedelta = doubled * (1 + random.uniform(0, JITTER))
    return longer


def _about(row: Reminder, **more: object) -> dict[str, object]:
    """A log line's fields: the row's key, and nothing of what it says."""
    return {"reminder_id": row.pk, **more}


def _record(row: Reminder, not_before: object, **outcome: object) -> None:
    """Write the outcome where the row is still planned; in any case let go of it."""
    mine = Reminder.objects.filter(pk=row.pk, lease_until=row.lease_until)
    still_planned = mine.filter(status=Reminder.Status.PLANNED)
    written = still_planned.update(lease_until=not_before, **outcome)
    if not (written or mine.update(lease_until=None)):
        logger.warning("reminder taken over by another worker", extra=_about(row))
