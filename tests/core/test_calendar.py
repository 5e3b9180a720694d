"""Days and months on the wall clock, in zones whose clocks do odd things."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from rems.core.calendar import (
    MICROSECOND,
    add_calendar_months,
    end_of_business_day,
    end_of_day,
    instant_on_wall,
    local_date,
    months_later,
    start_of_birthday,
    start_of_day,
    zone_named,
)
from tests.core.generated import ZONES


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("on", "months", "expected"),
    [
        ("2026-08-31", 6, "2027-02-28"),
        ("2027-08-31", 6, "2028-02-29"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2008-02-29", 216, "2026-02-28"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2026-01-15", 0, "2026-01-15"),
        ("2026-11-30", 1, "2026-12-30"),
    ],
)
def test_a_month_later_is_the_same_day_or_the_last(on: str, months: int, expected: str) -> None:
    assert add_calendar_months(date.fromisoformat(on), months) == date.fromisoformat(expected)


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(min_value=0, max_value=300))
def test_months_agree_with_another_library(on: date, months: int) -> None:
    assert add_calendar_months(on, months) == on + relativedelta(months=months)


def test_a_wall_time_that_does_not_exist_takes_the_offset_before_the_change() -> None:
    new_york = zone_named("America/New_York")
    at = utc("2025-09-08T02:30:00-04:00")  # six months on: 8 March 2026, 02:30 is skipped
    assert months_later(at, 6, new_york) == utc("2026-03-08T02:30:00-05:00")


def test_a_wall_time_that_comes_twice_is_taken_the_first_time() -> None:
    new_york = zone_named("America/New_York")
    at = utc("2026-05-01T01:30:00-04:00")
    assert months_later(at, 6, new_york) == utc("2026-11-01T01:30:00-04:00")
    second = utc("2026-11-01T01:30:00-05:00")
    assert months_later(second, 0, new_york) == utc("2026-11-01T01:30:00-04:00")


def test_half_an_hours_change_on_lord_howe_island() -> None:
    lord_howe = zone_named("Australia/Lord_Howe")
    at = utc("2026-04-04T02:15:00+11:00")  # six months on: 4 October 2026, 02:15 is skipped
    assert months_later(at, 6, lord_howe) == utc("2026-10-04T02:15:00+10:30")


@pytest.mark.parametrize(
    ("zone", "on", "begins"),
    [
        ("America/New_York", "2026-10-08", "2026-10-08T00:00:00-04:00"),
        ("America/Santiago", "2026-09-06", "2026-09-06T01:00:00-03:00"),
        ("America/Havana", "2026-11-01", "2026-11-01T00:00:00-04:00"),
        ("Pacific/Apia", "2011-12-30", "2011-12-31T00:00:00+14:00"),
    ],
)
def test_a_day_begins_at_its_first_instant(zone: str, on: str, begins: str) -> None:
    assert start_of_day(date.fromisoformat(on), zone_named(zone)) == utc(begins)


MINUTES_OF_18_YEARS = st.integers(min_value=0, max_value=18 * 366 * 24 * 60)


@given(st.sampled_from(ZONES), MINUTES_OF_18_YEARS)
def test_a_local_day_ends_a_microsecond_before_the_next(zone: str, minutes: int) -> None:
    place, at = zone_named(zone), utc("2011-12-01T00:00:00Z") + timedelta(minutes=minutes)
    today = local_date(at, place)
    ends = end_of_day(today, place)
    assert at <= ends
    assert ends - at < timedelta(hours=26)
    assert local_date(ends, place) == today
    assert local_date(ends + MICROSECOND, place) > today


@pytest.mark.parametrize(
    ("on", "until"),
    [
        ("2026-10-08T09:00:00-04:00", "2026-10-08"),  # Thursday
        ("2026-10-09T23:59:59-04:00", "2026-10-09"),  # Friday
        ("2026-10-10T00:00:00-04:00", "2026-10-12"),  # Saturday
        ("2026-10-11T23:30:00-04:00", "2026-10-12"),  # Sunday, already Monday in UTC
        ("2026-10-12T00:00:00-04:00", "2026-10-12"),  # Monday
    ],
)
def test_a_business_day_ends_at_midnight_and_a_weekend_with_monday(on: str, until: str) -> None:
    new_york = zone_named("America/New_York")
    last = datetime.combine(date.fromisoformat(until), time.max, tzinfo=new_york)
    assert end_of_business_day(utc(on), new_york) == last


def test_a_birthday_begins_at_the_local_midnight() -> None:
    new_york = zone_named("America/New_York")
    begins = start_of_birthday(date(2008, 2, 29), 216, new_york)
    assert begins == utc("2026-02-28T00:00:00-05:00")


@pytest.mark.parametrize("name", ["localtime", "posixrules", "Factory", "Nowhere/Town", ""])
def test_what_is_no_place_is_no_time_zone(name: str) -> None:
    with pytest.raises(ValueError, match="unknown time zone"):
        zone_named(name)


def test_at_the_ends_of_the_calendar_time_stands_still() -> None:
    tokyo, new_york = zone_named("Asia/Tokyo"), zone_named("America/New_York")
    first, last = utc("0001-01-01T00:00:00+00:00"), utc("9999-12-31T23:00:00+00:00")
    assert local_date(first, new_york) == date.min
    assert local_date(last, tokyo) == date.max
    assert add_calendar_months(date(9998, 12, 5), 1) == date(9999, 1, 5)
    assert add_calendar_months(date(9998, 12, 31), 12) == date.max
    assert add_calendar_months(date(9998, 12, 31), 13) == date.max
    for last_day in (date.max, date(9999, 12, 31)):
        assert end_of_day(last_day, tokyo) == utc("9999-12-31T23:59:59.999999+00:00")
    assert instant_on_wall(date.max, time(23), new_york) == last
    assert instant_on_wall(date.min, time(0), tokyo) == first
