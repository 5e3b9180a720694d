"""Days, months and ends of days on the pharmacy's wall clock (rule sheet, section 15).

Instants are aware datetimes in UTC; dates are calendar dates of an IANA zone.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

MICROSECOND = timedelta(microseconds=1)
SATURDAY = 5
# Files of the machine that hosts the zones, and no places on Earth.
NO_PLACES = frozenset({"localtime", "posixrules", "Factory"})
LAST_INSTANT = datetime.max.replace(tzinfo=UTC)


@lru_cache(maxsize=1024)
def zone_named(name: str) -> ZoneInfo:
    """The IANA zone of that name. Raises ValueError when there is none."""
    try:
        if name not in NO_PLACES:
            return ZoneInfo(name)
    except (KeyError, OSError, ValueError, TypeError):
        pass
    raise ValueError(f"unknown time zone: {name!r}")


def local_date(at: datetime, zone: ZoneInfo) -> date:
    """The calendar date on the wall in `zone` at the instant `at`; no date before the first or
    after the last that there is."""
    try:
        return at.astimezone(zone).date()
    except OverflowError:
        return at.date()


def add_calendar_months(on: date, months: int) -> date:
    """`months` later; a day that does not exist falls back to the month's last day, and what lies
    beyond the calendar's end to its last."""
    years, month_index = divmod(on.month - 1 + months, 12)
    year, month = on.year + years, month_index + 1
    if year > date.max.year:
        return date.max
    return date(year, month, min(on.day, monthrange(year, month)[1]))


def months_later(at: datetime, months: int, zone: ZoneInfo) -> datetime:
    """The instant `months` calendar months later by the wall clock of `zone`.

    A wall time that does not exist takes the offset before the change; one that comes twice is
    taken the first time (the sooner, stricter reading).
    """
    wall = at.astimezone(zone)
    return instant_on_wall(add_calendar_months(wall.date(), months), wall.time(), zone)


def start_of_day(on: date, zone: ZoneInfo) -> datetime:
    """The first instant of the local day `on` or, where the zone skipped it, of the next one."""
    return instant_on_wall(on, time.min, zone)


def end_of_day(on: date, zone: ZoneInfo) -> datetime:
    """The last instant (microsecond) before the local day after `on` begins."""
    if on == date.max:
        return LAST_INSTANT
    return start_of_day(on + timedelta(days=1), zone) - MICROSECOND


def end_of_business_day(at: datetime, zone: ZoneInfo) -> datetime:
    """The last instant of the local day of `at` or, on a Saturday or Sunday, of the next Monday.

    Holidays are not known here: they count as business days, which is the stricter reading.
    """
    on = local_date(at, zone)
    days_to_monday = 7 - on.weekday() if on.weekday() >= SATURDAY else 0
    return end_of_day(on + timedelta(days=days_to_monday), zone)


def start_of_birthday(born_on: date, months: int, zone: ZoneInfo) -> datetime:
    """The first instant of the local day on which somebody is `months` calendar months old."""
    return start_of_day(add_calendar_months(born_on, months), zone)


def instant_on_wall(on: date, wall: time, zone: ZoneInfo) -> datetime:
    """The instant at which the clock on the wall in `zone` shows this day and time, in UTC.

    A time that does not exist takes the offset before the change; of two equal ones the first.
    """
    # fold=0 is both readings that we want: zoneinfo then takes the offset before a gap,
    # and the first of two equal wall times.
    moment = datetime.combine(on, wall.replace(fold=0), tzinfo=zone)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return moment.replace(tzinfo=UTC)
