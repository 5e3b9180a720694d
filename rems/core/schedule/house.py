"""What falls due in the pharmacy itself: credentials (R01, R02, R05, R53), lots, failures."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from rems.core.calendar import local_date
from rems.core.schedule.obligation import Kind, Obligation

Interval = tuple[datetime, datetime | None]


def credential_expiring(
    program_code: str | None, intervals: Iterable[Interval], zone: ZoneInfo, at: datetime
) -> Obligation | None:
    """The end of what covers `at` without a gap; None where nothing does, or it has no end.

    `intervals` are credentials of one kind: from the start, up to but not at the end. One that
    was renewed in time runs out when the renewal does.
    """
    ends_at: datetime | None = at
    for starts_at, until in sorted(intervals, key=lambda interval: interval[0]):
        if ends_at is not None and starts_at <= ends_at:
            ends_at = None if until is None else max(ends_at, until)
    if ends_at is None or ends_at <= at:
        return None
    on = local_date(ends_at, zone)
    return Obligation(program_code, Kind.CREDENTIAL_EXPIRING, on, due_at=ends_at, until=ends_at)


def lot_expiring(expires_on: date) -> Obligation:
    """A lot that is still on the shelf may not be dispensed after this day."""
    return Obligation(None, Kind.LOT_EXPIRING, expires_on)


def reminder_failed(program_code: str | None, due_on: date) -> Obligation:
    """A reminder of something due on this day did not arrive: a person tells it, at once."""
    return Obligation(program_code, Kind.REMINDER_FAILED, due_on, at_once=True)
