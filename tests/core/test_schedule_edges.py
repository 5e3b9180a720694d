"""What falls due at the edges: nothing on file, nothing to wait for, who is told, and when."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from rems.core import (
    NEVER_QUIET,
    PROGRAMS,
    Course,
    Kind,
    Obligation,
    OpenAuthorization,
    OpenOrder,
    Quiet,
    RiskCategory,
    Step,
    moment_of,
    obligations_of,
    sendable,
)
from rems.core.schedule.falling_due import exposure_report_due
from rems.core.schedule.house import lot_expiring, reminder_failed
from rems.core.schedule.leads import Audience, numbers_for
from rems.core.schedule.moments import AT_ONCE, steps_to_tell
from tests.core.courses import NEW_YORK, NOON, START, capsules, course
from tests.core.versions import deciding

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
FRP, MALE = RiskCategory.FRP_ADULT, RiskCategory.MALE_ADULT


def kinds(found: Course, at: datetime = NOON) -> set[Kind]:
    return {each.kind for each in obligations_of(found, at)}


def test_an_exposure_report_is_due_by_its_instant_and_told_at_once() -> None:
    late = datetime(2026, 10, 8, 3, 59, tzinfo=UTC)  # still the seventh in New York
    assert exposure_report_due(late, NEW_YORK) == Obligation(
        None, Kind.EXPOSURE_REPORT_OPEN, START, at_once=True, due_at=late
    )


def test_nothing_falls_due_for_who_has_nothing_on_file() -> None:
    empty: dict[str, Any] = {"supplies": (), "had_capsules": False}
    assert kinds(course(FRP, **empty)) == set()
    assert kinds(course(FRP, **empty, is_active=False)) == set()
    assert kinds(course(FRP, **empty, is_active=False, stopped_at=NOON)) == set()
    assert kinds(course(FRP, is_active=False)) == set()
    assert Course(PROGRAMS[0], NEW_YORK).had_capsules is False


def test_an_authorization_without_a_test_or_a_category_has_no_end_to_tell() -> None:
    untested = OpenAuthorization(NOON, None)
    assert kinds(course(FRP, supplies=(), authorization=untested)) == set()
    unknown = Course(PROGRAMS[0], NEW_YORK, authorization=OpenAuthorization(NOON, NOON))
    assert kinds(unknown) == set()


def test_a_supply_without_a_category_asks_for_what_all_are_asked_for() -> None:
    unknown = Course(PROGRAMS[0], NEW_YORK, supplies=(capsules(),), last_test_at=NOON)
    assert kinds(unknown) == {
        *(Kind.REFILL_WINDOW, Kind.TREATMENT_DAYS, Kind.BLOOD_COUNT_DUE, Kind.PRECAUTIONS_IN_FORCE)
    }


def test_decision_d1_gives_the_authorization_its_whole_last_local_day() -> None:
    to_midnight = deciding("D1", "end_of_local_day")
    held = OpenAuthorization(NOON, None)
    waiting = Course(to_midnight, NEW_YORK, category=MALE, authorization=held)
    (found,) = obligations_of(waiting, NOON)
    last = datetime.combine(START + 30 * DAY, time.max, tzinfo=NEW_YORK)
    assert (found.due_on, found.due_at) == (START + 30 * DAY, last)


def test_a_supply_without_capsules_has_no_last_day_with_one() -> None:
    none_given = course(MALE, supplies=(capsules(quantity=0),))
    days = [x.due_on for x in obligations_of(none_given, NOON) if x.kind is Kind.TREATMENT_DAYS]
    assert days == [START + 28 * DAY]


def test_an_order_that_waits_for_its_confirmation_is_told_as_waiting_alone() -> None:
    ordered = course(MALE, supplies=(), orders=(OpenOrder("1", NOON, True, None),))
    (found,) = obligations_of(ordered, NOON)
    assert (found.kind, found.due_at, found.about) == (Kind.ORDER_WAITING, NOON, "1")


def test_what_somebody_has_to_do_is_told_until_it_is_done() -> None:
    long_after = NOON + 400 * DAY
    ana = course(FRP, last_test_at=NOON)
    assert kinds(ana, long_after) == {
        *(Kind.PREGNANCY_TEST_DUE, Kind.TEST_OVERDUE, Kind.SURVEY_DUE, Kind.REFILL_WINDOW)
    }
    ordered = course(MALE, supplies=(), orders=(OpenOrder("1", NOON, True, NOON),))
    assert kinds(ordered, long_after) == {Kind.ORDER_WAITING, Kind.CONFIRMATION_LAPSING}


def test_lots_and_failed_reminders_are_the_pharmacys() -> None:
    assert lot_expiring(START) == Obligation(None, Kind.LOT_EXPIRING, START)
    failed = reminder_failed("P", START)
    assert failed == Obligation("P", Kind.REMINDER_FAILED, START, at_once=True)


def test_a_missed_test_is_told_to_the_prescriber_first_and_then_to_the_pharmacists() -> None:
    assert numbers_for(Kind.TEST_OVERDUE, Audience.PRESCRIBER) == {1}
    assert numbers_for(Kind.TEST_OVERDUE, Audience.PHARMACISTS) == {2}
    assert numbers_for(Kind.TEST_OVERDUE, Audience.PATIENT) == set()


def test_a_step_counts_from_the_instant_where_one_is_named_and_else_comes_at_once() -> None:
    waiting = Obligation("P", Kind.ORDER_WAITING, START, due_at=NOON)
    after = Step(Audience.PHARMACISTS, after=24 * HOUR)
    assert moment_of(after, waiting, NEW_YORK) == NOON + 24 * HOUR
    with pytest.raises(AssertionError, match="has no instant"):
        moment_of(after, Obligation("P", Kind.ORDER_WAITING, START), NEW_YORK)
    failed = reminder_failed("P", START)
    for days in (-2, 0):
        assert moment_of(Step(Audience.PHARMACISTS, days), failed, NEW_YORK) == AT_ONCE
    assert moment_of(Step(Audience.PHARMACISTS, 1), failed, NEW_YORK) > AT_ONCE


def test_of_the_steps_whose_time_has_come_only_the_last_one_is_told() -> None:
    due = Obligation("P", Kind.PREGNANCY_TEST_DUE, date(2026, 10, 9))
    nine = datetime(2026, 10, 7, 13, tzinfo=UTC)  # nine o'clock in New York, two days before
    times = [nine, nine + 2 * DAY, nine + 3 * DAY]

    def told(at: datetime) -> list[tuple[int, datetime]]:
        return steps_to_tell(due, {1, 2, 3}, NEW_YORK, NEVER_QUIET, at)

    assert told(nine - HOUR) == list(enumerate(times, start=1))
    assert told(nine) == list(enumerate(times, start=1))
    assert told(times[1] + HOUR) == [(2, times[1] + HOUR), (3, times[2])]
    assert steps_to_tell(due, {3}, NEW_YORK, NEVER_QUIET, nine) == [(3, times[2])]


def test_what_comes_up_when_it_is_quiet_already_waits_for_the_morning() -> None:
    night = Quiet(time(21), time(8))
    half_past_nine = datetime(2026, 6, 2, 1, 30, tzinfo=UTC)
    ten, morning = half_past_nine + HOUR / 2, datetime(2026, 6, 2, 12, tzinfo=UTC)
    assert sendable(ten, half_past_nine, NEW_YORK, night) == morning
