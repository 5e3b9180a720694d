"""Send what is due: claim in one short transaction, send outside of it, write down what came of it.

At least once. A worker that dies at any point leaves a lease that runs out; the row is then
anybody's again. Two workers never hold the same row (SKIP LOCKED, lease). That the provider is
about to be called is written before it is: what may have left twice can be known by its row.
"""

import logging
import time
from collections.abc import Iterator, Sequence

from django.conf import settings

from accounts.clock import read_clock
from rems.channels import CHANNELS, OurOwnFault, TryLater, Undeliverable
from rems.models import Reminder
from rems.services.reminder_claims import claim, give_back, needed, overtaken
from rems.services.reminder_outcomes import (
    Sweep,
    begin,
    note_attempt,
    note_cancelled,
    note_failed,
    note_quiet,
    note_sent,
)

BATCH = 50
OVERTAKEN = "A newer one of the same kind was due as well."

logger = logging.getLogger(__name__)


def send_due(batch: int = BATCH, patience: float | None = None, on_the_way: int = 1) -> Sweep:
    """Send up to `batch` reminders whose time has come. Safe to run twice at once.

    After `patience` seconds (at most half a lease) what was not tried is given back. `on_the_way`
    messages may have left before that is noted: a worker's death repeats at most so many.
    Raises nothing for a reminder that cannot be sent: that is written on its row.
    """
    longest = settings.LEASE_SECONDS / 2
    stop_at = time.monotonic() + min(longest if patience is None else patience, longest)
    rows = claim(batch)
    sweep = Sweep(claimed=len(rows))
    wanted = _lay_aside_obsolete(rows, sweep) if rows else []
    for start in range(0, len(wanted), on_the_way):
        if time.monotonic() > stop_at:
            give_back(wanted[start:])
            break
        _send_together(wanted[start : start + on_the_way], sweep)
    return sweep


def send_until(stop_at: float, most: int) -> Sweep:
    """Batch after batch until none is due, `most` are sent or time.monotonic() is `stop_at`."""
    total = Sweep()
    while (left := stop_at - time.monotonic()) > 0 and total.claimed < most:
        batch = min(BATCH, most - total.claimed)
        sweep = send_due(batch, left)
        _add(total, sweep)
        if sweep.claimed < batch:
            break
    return total


def _add(total: Sweep, sweep: Sweep) -> None:
    for name in Sweep.__slots__:
        setattr(total, name, getattr(total, name) + getattr(sweep, name))


def _lay_aside_obsolete(rows: Sequence[Reminder], sweep: Sweep) -> list[Reminder]:
    """Those that are worth sending now; the others are cancelled, given up, or wait for the end of
    the quiet hours."""
    at = read_clock()
    asked_for, unanswered = needed(rows, at)
    superfluous = overtaken(rows, at, {row.pk for row in rows} - asked_for.keys())
    note_cancelled([row for row in rows if row.pk in superfluous], OVERTAKEN, sweep)
    rest = list(_not_given_up([row for row in rows if row.pk not in superfluous], sweep))
    for row in rest:
        if row.pk in unanswered and begin([row]):
            note_attempt(row, unanswered[row.pk], sweep, left=False)
    answered = [row for row in rest if row.pk not in unanswered]
    note_cancelled([row for row in answered if row.pk not in asked_for], "", sweep)
    wanted = [row for row in answered if row.pk in asked_for]
    note_quiet([row for row in wanted if asked_for[row.pk] > at], asked_for, sweep)
    return [row for row in wanted if asked_for[row.pk] <= at]


def _not_given_up(rows: Sequence[Reminder], sweep: Sweep) -> Iterator[Reminder]:
    for row in rows:
        if row.attempts >= settings.REMINDER_ATTEMPTS:
            note_failed(row, "Workers died while sending.", sweep)
        else:
            yield row


def _send_together(rows: Sequence[Reminder], sweep: Sweep) -> None:
    """Begin, send each, and note those that left in one statement."""
    left: list[Reminder] = []
    message_ids = {}
    for row in begin(rows):
        message_id = _send(row, sweep)
        if message_id is not None:
            left.append(row)
            message_ids[row.pk] = message_id
    note_sent(left, message_ids, sweep)


def _send(row: Reminder, sweep: Sweep) -> str | None:
    """The provider's key of the message, or None where it did not leave, which is then noted.

    The exception's own words may name the address, so only its kind is kept.
    """
    try:
        return CHANNELS[row.channel](row) or ""
    except Undeliverable as error:
        note_failed(row, str(error), sweep, send_started_at=None)
    except TryLater as error:
        if isinstance(error, OurOwnFault):
            logger.error("messages go out to nobody", extra={"reason": str(error)})
        note_attempt(row, str(error), sweep, left=False)
    except Exception as error:
        note_attempt(row, type(error).__name__, sweep)
    return None
