"""On which day it falls due: the pharmacy's own, of the right supply, by the calendar."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from rems.core import (
    PROGRAMS,
    Course,
    CycleRegularity,
    Indication,
    Kind,
    Obligation,
    OpenAuthorization,
    OpenOrder,
    RiskCategory,
    credential_expiring,
    obligations_of,
)
from tests.core.courses import NEW_YORK, NOON, START, capsules, course
from tests.core.versions import deciding

CODE = PROGRAMS[0].program_code
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
MALE, FRP, FNRP = RiskCategory.MALE_ADULT, RiskCategory.FRP_ADULT, RiskCategory.FNRP_ADULT
# Half past ten in the evening of the start: in UTC it is the next day already.
EVENING = datetime(2026, 10, 8, 2, 30, tzinfo=UTC)
STOPPED: dict[str, Any] = {"is_active": False, "stopped_at": EVENING, "form_signed_at": NOON}


def found(of: Course, kind: Kind, at: datetime = NOON) -> list[Obligation]:
    return [one for one in obligations_of(of, at) if one.kind is kind]


def days(of: Course, kind: Kind) -> list[date]:
    return [one.due_on for one in found(of, kind)]


@pytest.mark.parametrize(
    ("kind", "of", "due_on"),
    [
        (Kind.PREGNANCY_TEST_DUE, course(FRP, last_test_at=EVENING), START + 7 * DAY),
        (Kind.PREGNANCY_TEST_DUE, course(FRP, reported_at=EVENING), START),
        (Kind.SURVEY_DUE, course(MALE, surveyed_at=EVENING), START + 30 * DAY),
        (Kind.SURVEY_DUE, course(FNRP, surveyed_at=EVENING), date(2027, 4, 7)),
        (Kind.PRECAUTIONS, course(MALE, **STOPPED), START + 28 * DAY),
        (Kind.AGREEMENT_LAPSING, course(MALE, **STOPPED), date(2027, 10, 7)),
        (
            Kind.ORDER_WAITING,
            course(MALE, orders=(OpenOrder("1", EVENING, True, None),)),
            START,
        ),
        (
            Kind.CONFIRMATION_LAPSING,
            course(FRP, orders=(OpenOrder("1", NOON, True, EVENING),)),
            START,
        ),
        (
            Kind.AUTHORIZATION_LAPSING,
            replace(
                course(MALE, supplies=(), authorization=OpenAuthorization(EVENING, None)),
                program=deciding("D1", "end_of_local_day"),
            ),
            START + 30 * DAY,
        ),
    ],
)
def test_what_happened_in_the_evening_counts_from_the_pharmacys_own_day(
    kind: Kind, of: Course, due_on: date
) -> None:
    assert days(of, kind) == [due_on]


def test_after_anas_late_period_a_test_is_due_at_once_and_the_others_wait_for_their_days() -> None:
    ana = course(FRP, last_test_at=NOON, reported_at=NOON + 3 * DAY)
    reported_on = START + 3 * DAY
    assert found(ana, Kind.PREGNANCY_TEST_DUE) == [
        Obligation(CODE, Kind.PREGNANCY_TEST_DUE, reported_on, at_once=True)
    ]
    assert found(ana, Kind.TEST_OVERDUE) == [Obligation(CODE, Kind.TEST_OVERDUE, reported_on)]


@pytest.mark.parametrize(
    ("cycles", "interval"), [(CycleRegularity.REGULAR, 28), (CycleRegularity.IRREGULAR, 14)]
)
def test_beths_tests_follow_her_cycles_from_her_first_supply_on(
    cycles: CycleRegularity, interval: int
) -> None:
    supplies = (capsules(22), capsules())
    beth = course(FRP, supplies=supplies, last_test_at=NOON + 30 * DAY, cycles=cycles)
    assert days(beth, Kind.PREGNANCY_TEST_DUE) == [START + (30 + interval) * DAY]


def test_the_supply_in_hand_is_the_one_that_was_dispensed_last() -> None:
    begun_late = replace(capsules(), started_on=START + 25 * DAY)
    carl = course(MALE, supplies=(capsules(22), begun_late))
    assert days(carl, Kind.REFILL_WINDOW) == [START + 43 * DAY]


def test_half_a_supply_opens_the_refill_window_two_weeks_sooner() -> None:
    carl = course(MALE, supplies=(capsules(days=14),))
    assert days(carl, Kind.REFILL_WINDOW) == days(carl, Kind.SURVEY_DUE) == [START + 7 * DAY]


def test_blood_counts_are_planned_from_the_supply_in_hand_and_counted_from_the_first() -> None:
    supplies = (capsules(28), capsules())
    carl = course(MALE, supplies=supplies, indication=Indication.MULTIPLE_MYELOMA)
    counts = [*range(7, 57, 7), 84]
    assert days(carl, Kind.BLOOD_COUNT_DUE) == [START + n * DAY for n in counts]


def test_a_form_lapses_on_the_same_day_of_the_next_year_leap_years_too() -> None:
    stopped_at = datetime(2027, 3, 1, 17, tzinfo=UTC)
    carl = course(MALE, is_active=False, stopped_at=stopped_at, form_signed_at=NOON)
    assert days(carl, Kind.AGREEMENT_LAPSING) == [date(2028, 3, 1)]


def test_on_a_day_of_25_hours_anas_confirmation_lapses_after_24() -> None:
    half_past_midnight = datetime(2026, 11, 1, 4, 30, tzinfo=UTC)
    order = OpenOrder("1", half_past_midnight, True, half_past_midnight)
    (lapsing,) = found(course(FRP, orders=(order,)), Kind.CONFIRMATION_LAPSING)
    assert (lapsing.due_on, lapsing.due_at) == (date(2026, 11, 1), half_past_midnight + 24 * HOUR)


def test_a_certificate_that_ends_in_the_evening_is_told_by_that_day_and_no_longer() -> None:
    covers = [(NOON - DAY, EVENING)]
    assert credential_expiring("P", covers, NEW_YORK, NOON) == Obligation(
        "P", Kind.CREDENTIAL_EXPIRING, START, due_at=EVENING, until=EVENING
    )
