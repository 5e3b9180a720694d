"""Send what is due: claim in one short transaction, send outside of it, write down what came of it.

At least once. A worker that dies at any point leaves a lease that runs out; the row is then
anybody's again. Two workers never hold the same row (SKIP LOCKED, lease).
"""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from accounts.clock import PharmacyClock, read_clock
from rems.channels import CHANNELS, Undeliverable
from rems.models import Reminder
from rems.outbox import still_needed

FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Sweep:
    """What came of one batch, in reminders."""

    claimed: int = 0
    sent: int = 0
    cancelled: int = 0
    postponed: int = 0
    failed: int = 0


def send_due(batch: int = 50) -> Sweep:
    """Send up to `batch` reminders whose time has come. Safe to run twice at once.

    Raises nothing for a reminder that cannot be sent: that is written on its row.
    """
    stop_at = time.monotonic() + settings.LEASE_SECONDS / 2
    rows = claim(batch)
    sweep = Sweep(claimed=len(rows))
    needed = still_needed(rows, read_clock()) if rows else set()
    for row in rows:
        if time.monotonic() > stop_at:
            _give_back(row)
        elif row.attempts > settings.REMINDER_ATTEMPTS:
            _fail(row, "Workers died while sending.", sweep)
        elif row.pk not in needed:
            _cancel(row, sweep)
        else:
            _send(row, sweep)
    return sweep


def claim(batch: int) -> Sequence[Reminder]:
    """Take up to `batch` due rows for LEASE_SECONDS. What another worker holds is passed over."""
    with transaction.atomic(durable=True):
        at = read_clock()
        due = Reminder.objects.filter(
            Q(lease_until__isnull=True) | Q(lease_until__lte=at),
            status=Reminder.Status.PLANNED,
            send_at__lte=at,
        )
        keys = due.order_by("send_at", "pk").select_for_update(skip_locked=True)
        taken = list(keys.values_list("pk", flat=True)[:batch])
        mine = Reminder.objects.filter(pk__in=taken)
        mine.update(lease_until=lease_end(at), attempts=F("attempts") + 1)
        return list(mine.select_related("recipient").order_by("send_at", "pk"))


def lease_end(at: datetime) -> datetime:
    """When a claim made at this instant runs out."""
    return at + timedelta(seconds=settings.LEASE_SECONDS)


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many failed attempts: doubling, with a cap."""
    doubled: timedelta = FIRST_PAUSE * 2 ** (attempts - 1)
    return min(doubled, LONGEST_PAUSE)


def _send(row: Reminder, sweep: Sweep) -> None:
    """The exception's own words may name the address, so only its kind is kept."""
    try:
        CHANNELS[row.channel](row)
    except Undeliverable as error:
        _fail(row, str(error), sweep)
    except Exception as error:
        _note_attempt(row, type(error).__name__, sweep)
    else:
        _record(row, status=Reminder.Status.SENT, sent_at=PharmacyClock(), failure="")
        sweep.sent += 1
        logger.info("reminder %s sent", row.pk)


def _note_attempt(row: Reminder, reason: str, sweep: Sweep) -> None:
    if row.attempts >= settings.REMINDER_ATTEMPTS:
        _fail(row, reason, sweep)
        return
    _record(row, send_at=read_clock() + pause_after(row.attempts), failure=reason)
    sweep.postponed += 1
    logger.warning("reminder %s not sent (attempt %s): %s", row.pk, row.attempts, reason)


def _fail(row: Reminder, reason: str, sweep: Sweep) -> None:
    _record(row, status=Reminder.Status.FAILED, failure=reason)
    sweep.failed += 1
    logger.error("reminder %s failed: %s", row.pk, reason)


def _cancel(row: Reminder, sweep: Sweep) -> None:
    _record(row, status=Reminder.Status.CANCELLED)
    sweep.cancelled += 1
    logger.info("reminder %s is no longer needed", row.pk)


def _give_back(row: Reminder) -> None:
    """The lease will not cover this one any more: an attempt that was none."""
    _record(row, attempts=row.attempts - 1)


def _record(row: Reminder, **outcome: object) -> None:
    """Write the outcome, unless the lease ran out and somebody else took the row.

    A row that was cancelled meanwhile stays cancelled, unless the truth is that it was sent.
    """
    mine = Reminder.objects.filter(pk=row.pk, lease_until=row.lease_until)
    was_sent = outcome.get("status") == Reminder.Status.SENT
    open_rows = mine if was_sent else mine.filter(status=Reminder.Status.PLANNED)
    if not (open_rows.update(lease_until=None, **outcome) or mine.update(lease_until=None)):
        logger.warning("reminder %s was taken over by another worker", row.pk)
