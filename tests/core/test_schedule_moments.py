"""When a reminder goes out: on the recipient's wall clock, outside of quiet hours, on the day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rems.core import (
    NEVER_QUIET,
    STEPS,
    Kind,
    Obligation,
    Quiet,
    Step,
    moment_of,
    numbers_for,
    sendable,
    steps_to_tell,
    zone_named,
)
from rems.core.schedule.leads import Audience
from rems.core.schedule.moments import AT_ONCE

DAY = timedelta(days=1)
NEW_YORK = zone_named("America/New_York")
NIGHT = Quiet(time(21), time(8))
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
TWO_DAYS_BEFORE = Step(Audience.PATIENT, -2)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "told_on", "sent_at"),
    [
        ("America/New_York", date(2026, 10, 30), "2026-10-30T13:00"),
        # The night of 1 November 2026 the clocks go back: nine o'clock stays nine o'clock.
        ("America/New_York", date(2026, 11, 1), "2026-11-01T14:00"),
        # The night of 8 March 2026 they go forward.
        ("America/New_York", date(2026, 3, 7), "2026-03-07T14:00"),
        ("America/New_York", date(2026, 3, 8), "2026-03-08T13:00"),
        ("America/Los_Angeles", date(2026, 10, 30), "2026-10-30T16:00"),
        ("Pacific/Honolulu", date(2026, 3, 8), "2026-03-08T19:00"),
    ],
)
def test_it_goes_out_at_nine_by_the_recipients_own_clock(
    zone: str, told_on: date, sent_at: str
) -> None:
    obligation = Obligation("P", Kind.PREGNANCY_TEST_DUE, told_on + 2 * DAY)
    assert moment_of(TWO_DAYS_BEFORE, obligation, zone_named(zone)) == utc(sent_at)


def test_a_wall_time_that_does_not_exist_and_one_that_comes_twice_have_one_instant() -> None:
    due = Obligation("P", Kind.REFILL_WINDOW, date(2026, 3, 8))
    assert moment_of(Step(Audience.PATIENT, 0, time(2, 30)), due, NEW_YORK) == utc(
        "2026-03-08T07:30"
    )
    due = Obligation("P", Kind.REFILL_WINDOW, date(2026, 11, 1))
    assert moment_of(Step(Audience.PATIENT, 0, time(1, 30)), due, NEW_YORK) == utc(
        "2026-11-01T05:30"
    )


@pytest.mark.parametrize(
    ("begins", "ends", "quiet", "not_quiet"),
    [
        ("21:00", "08:00", ("21:00", "00:00", "07:59:59.999999"), ("20:59:59.999999", "08:00")),
        ("12:00", "14:00", ("12:00", "13:59:59.999999"), ("11:59:59.999999", "14:00", "20:00")),
        ("09:00", "09:00", (), ("08:59:59.999999", "09:00", "00:00")),
    ],
)
def test_it_is_quiet_from_the_first_hour_up_to_but_not_at_the_second(
    begins: str, ends: str, quiet: tuple[str, ...], not_quiet: tuple[str, ...]
) -> None:
    hours = Quiet(time.fromisoformat(begins), time.fromisoformat(ends))
    assert all(hours.covers(time.fromisoformat(wall)) for wall in quiet)
    assert not any(hours.covers(time.fromisoformat(wall)) for wall in not_quiet)


@pytest.mark.parametrize(
    ("quiet", "wanted", "sent"),
    [
        (NIGHT, "2026-06-01T13:00", "2026-06-01T13:00"),
        # 07:30 in New York waits for eight o'clock, 22:00 goes out at 20:00 instead.
        (NIGHT, "2026-06-01T11:30", "2026-06-01T12:00"),
        (NIGHT, "2026-06-02T02:00", "2026-06-02T00:00"),
        # Exactly at the end it is no longer quiet; exactly at the start it is.
        (NIGHT, "2026-06-01T12:00", "2026-06-01T12:00"),
        (NIGHT, "2026-06-02T01:00", "2026-06-02T00:00"),
        (Quiet(time(8), time(12)), "2026-06-01T13:00", "2026-06-01T16:00"),
        # Nine in the evening, which is the second of June in UTC: at eleven the same evening.
        (Quiet(time(18), time(23)), "2026-06-02T01:00", "2026-06-02T03:00"),
        (NEVER_QUIET, "2026-06-01T06:00", "2026-06-01T06:00"),
        # Quiet hours that end in the hour that the clock skips, and in the one it repeats.
        (Quiet(time(22), time(2, 30)), "2026-03-08T06:45", "2026-03-08T07:00"),
        (Quiet(time(0), time(2, 59)), "2026-03-08T06:01", "2026-03-08T07:00"),
        (Quiet(time(22), time(1, 30)), "2026-11-01T04:30", "2026-11-01T05:30"),
        (Quiet(time(22), time(1, 30)), "2026-11-01T06:15", "2026-11-01T06:30"),
    ],
)
def test_what_falls_into_quiet_hours_moves_within_the_day(
    quiet: Quiet, wanted: str, sent: str
) -> None:
    assert sendable(utc(wanted), LONG_AGO, NEW_YORK, quiet) == utc(sent)


def test_what_is_said_before_the_night_has_an_hour_for_further_attempts() -> None:
    moment, planned_at = utc("2026-06-02T02:00"), utc("2026-06-01T12:00")
    eight = utc("2026-06-02T00:00")
    assert sendable(moment, planned_at, NEW_YORK, NIGHT) == eight
    for minutes in (1, 20, 59):
        later = eight + timedelta(minutes=minutes)
        assert sendable(moment, later, NEW_YORK, NIGHT) == later
    # One that could not be sent until nine waits for the morning.
    assert sendable(moment, utc("2026-06-02T01:00"), NEW_YORK, NIGHT) == utc("2026-06-02T12:00")


def test_who_is_awake_for_less_than_an_hour_is_told_when_they_wake() -> None:
    hours = Quiet(time(21), time(20, 30))
    assert sendable(utc("2026-06-02T02:00"), LONG_AGO, NEW_YORK, hours) == utc("2026-06-02T00:30")


def test_what_is_late_goes_at_once_and_at_night_in_the_morning() -> None:
    due = utc("2026-06-01T13:00")
    noon, midnight = utc("2026-06-03T16:00"), utc("2026-06-04T04:00")
    assert sendable(due, noon, NEW_YORK, NIGHT) == noon
    assert sendable(due, midnight, NEW_YORK, NIGHT) == utc("2026-06-04T12:00")
    assert sendable(AT_ONCE, noon, NEW_YORK, NIGHT) == noon


MINUTES = st.integers(min_value=0, max_value=24 * 60 - 1)
ZONES = st.sampled_from(
    ["America/New_York", "America/Los_Angeles", "Pacific/Honolulu", "Australia/Lord_Howe"]
)
INSTANTS = st.integers(min_value=0, max_value=2 * 365 * 24 * 60).map(
    lambda minutes: utc("2026-01-01") + timedelta(minutes=minutes)
)
# The nights of the changes, which a year has but few of.
CHANGES = st.builds(
    lambda day, minute: utc(day) + timedelta(minutes=minute),
    st.sampled_from(["2026-03-08", "2026-11-01", "2026-04-05", "2026-10-04"]),
    st.integers(min_value=-600, max_value=1800),
)
AT = st.one_of(INSTANTS, CHANGES)


def wall_time(minute: int) -> time:
    return time(minute // 60 % 24, minute % 60)


@given(AT, AT, ZONES, MINUTES, st.integers(min_value=0, max_value=12 * 60))
def test_it_is_never_before_its_turn_never_in_quiet_hours_and_never_moved_by_a_day(
    moment: datetime, at: datetime, zone_name: str, begins: int, lasts: int
) -> None:
    zone, quiet = zone_named(zone_name), Quiet(wall_time(begins), wall_time(begins + lasts))
    sent = sendable(moment, at, zone, quiet)
    assert sent >= at
    assert not quiet.covers(sent.astimezone(zone).time())
    assert abs(sent - max(moment, at)) < DAY


@given(AT, AT, ZONES, MINUTES, st.integers(min_value=0, max_value=12 * 60))
def test_asking_again_before_its_time_gives_the_same_time(
    moment: datetime, at: datetime, zone_name: str, begins: int, lasts: int
) -> None:
    zone, quiet = zone_named(zone_name), Quiet(wall_time(begins), wall_time(begins + lasts))
    sent = sendable(moment, at, zone, quiet)
    if sent > at:
        between = at + (sent - at) / 2
        assert sendable(moment, between, zone, quiet) == sent


HALF_A_DAY = st.integers(min_value=0, max_value=12 * 60)  # as long as quiet hours may be


@given(AT, st.integers(min_value=1, max_value=40), ZONES, MINUTES, HALF_A_DAY)
def test_what_is_planned_ahead_is_moved_but_within_its_day(
    moment: datetime, days: int, zone_name: str, begins: int, lasts: int
) -> None:
    zone, quiet = zone_named(zone_name), Quiet(wall_time(begins), wall_time(begins + lasts))
    sent = sendable(moment, moment - days * DAY, zone, quiet)
    assert sent.astimezone(zone).date() == moment.astimezone(zone).date()
    assert not quiet.covers(sent.astimezone(zone).time())
    if not quiet.covers(moment.astimezone(zone).time()):
        assert sent == moment


@given(AT, AT, ZONES, MINUTES, HALF_A_DAY)
def test_only_what_comes_due_in_the_night_or_is_late_leaves_its_day(
    moment: datetime, at: datetime, zone_name: str, begins: int, lasts: int
) -> None:
    zone, quiet = zone_named(zone_name), Quiet(wall_time(begins), wall_time(begins + lasts))
    sent = sendable(moment, at, zone, quiet)
    if sent.astimezone(zone).date() != moment.astimezone(zone).date():
        asleep = quiet.covers(at.astimezone(zone).time())
        assert moment <= at or asleep


@given(
    st.sampled_from(sorted(set(Kind) - {Kind.REMINDER_FAILED})),
    st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    ZONES,
    MINUTES,
    HALF_A_DAY,
)
def test_no_step_for_a_person_leaves_its_day_whatever_hours_they_keep(
    kind: Kind, due_on: date, zone_name: str, begins: int, lasts: int
) -> None:
    zone, quiet = zone_named(zone_name), Quiet(wall_time(begins), wall_time(begins + lasts))
    due_at = datetime(due_on.year, due_on.month, due_on.day, 15, tzinfo=UTC)
    obligation = Obligation("P", kind, due_on, due_at=due_at)
    numbers = {n for who in set(Audience) - {Audience.PHARMACISTS} for n in numbers_for(kind, who)}
    told = steps_to_tell(obligation, numbers, zone, quiet, LONG_AGO)
    days = {STEPS[kind][number - 1].days: sent.astimezone(zone).date() for number, sent in told}
    assert all(day == due_on + ahead * DAY for ahead, day in days.items())
