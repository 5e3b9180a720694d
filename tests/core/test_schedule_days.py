"""On which day it falls due: the pharmacy's own, of the right supply, by the calendar."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

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
from tests.core.versions import deciding, with_limit

CODE = PROGRAMS[0].program_code
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
MALE, FRP, FNRP = RiskCategory.MALE_ADULT, RiskCategory.FRP_ADULT, RiskCategory.FNRP_ADULT
# Half past ten in the evening of the start: in UTC it is the next day already.
EVENING = datetime(2026, 10, 8, 2, 30, tzinfo=UTC)
CARL = course(MALE)
BETH = course(FNRP, form_signed_at=NOON)
ANA = course(FRP)
CARL_SURVEYED = replace(CARL, surveyed_at=EVENING)
CARL_STOPPED = replace(CARL, is_active=False, stopped_at=EVENING, form_signed_at=NOON)
CARL_WAITS = course(MALE, supplies=(), authorization=OpenAuthorization(EVENING, None))
ANA_WAITS = course(FRP, supplies=(), authorization=OpenAuthorization(NOON, NOON))
# Confirmed in the evening: to be fetched, and to be sent.
FETCHED = (OpenOrder("1", NOON, False, EVENING),)
SENT = (OpenOrder("1", EVENING, True, EVENING),)


def found(of: Course, kind: Kind, at: datetime = NOON) -> list[Obligation]:
    return [one for one in obligations_of(of, at) if one.kind is kind]


def days(of: Course, kind: Kind) -> list[date]:
    return [one.due_on for one in found(of, kind)]


@pytest.mark.parametrize(
    ("kind", "of", "due_on"),
    [
        (Kind.PREGNANCY_TEST_DUE, replace(ANA, last_test_at=EVENING), START + 7 * DAY),
        (Kind.PREGNANCY_TEST_DUE, replace(ANA, reported_at=EVENING), START),
        (Kind.SURVEY_DUE, CARL_SURVEYED, START + 30 * DAY),
        (Kind.SURVEY_DUE, replace(BETH, surveyed_at=EVENING), date(2027, 4, 7)),
        (Kind.PRECAUTIONS, CARL_STOPPED, START + 28 * DAY),
        (Kind.AGREEMENT_LAPSING, CARL_STOPPED, date(2027, 10, 7)),
        (Kind.ORDER_WAITING, replace(CARL, orders=SENT), START),
        (Kind.CONFIRMATION_LAPSING, replace(ANA, orders=SENT), START),
    ],
)
def test_what_happened_in_the_evening_counts_from_the_pharmacys_own_day(
    kind: Kind, of: Course, due_on: date
) -> None:
    assert days(of, kind) == [due_on]


def test_by_decision_d1_an_evenings_authorization_has_30_days_after_its_own() -> None:
    to_midnight = replace(CARL_WAITS, program=deciding("D1", "end_of_local_day"))
    assert days(to_midnight, Kind.AUTHORIZATION_LAPSING) == [START + 30 * DAY]


def test_after_anas_late_period_a_test_is_due_at_once_and_the_others_wait_for_their_days() -> None:
    ana = replace(ANA, last_test_at=NOON, reported_at=NOON + 3 * DAY)
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


@pytest.mark.parametrize(
    ("limit", "value", "of", "kind", "due_on"),
    [
        ("max_days_left", 5, CARL, Kind.REFILL_WINDOW, START + 23 * DAY),
        ("max_days_left", 5, CARL, Kind.SURVEY_DUE, START + 23 * DAY),
        ("survey_life", 20, CARL_SURVEYED, Kind.SURVEY_DUE, START + 20 * DAY),
        ("fnrp_adult_survey_period", 3, BETH, Kind.SURVEY_DUE, date(2027, 1, 7)),
        ("one_cycle_quantity", 14, CARL, Kind.TREATMENT_DAYS, START + 13 * DAY),
        ("new_form_after_stop", 6, CARL_STOPPED, Kind.AGREEMENT_LAPSING, date(2027, 4, 7)),
        ("confirmation_life", 1, replace(CARL, orders=SENT), Kind.CONFIRMATION_LAPSING, START),
        ("frp_authorization_life", 3, ANA_WAITS, Kind.AUTHORIZATION_LAPSING, START + 3 * DAY),
        ("other_authorization_life", 9, CARL_WAITS, Kind.AUTHORIZATION_LAPSING, START + 9 * DAY),
    ],
)
def test_it_falls_due_by_the_limits_of_the_version(
    limit: str, value: int, of: Course, kind: Kind, due_on: date
) -> None:
    assert days(of, kind)[0] != due_on
    assert days(replace(of, program=with_limit(limit, value)), kind)[0] == due_on


@pytest.mark.parametrize(
    ("limit", "value", "tested_on", "cycles", "due_on"),
    [
        ("first_weeks", 14, "2026-10-21", CycleRegularity.REGULAR, "2026-11-18"),
        ("first_weeks_test_interval", 3, "2026-10-21", CycleRegularity.REGULAR, "2026-10-24"),
        ("regular_test_interval", 21, "2026-11-04", CycleRegularity.REGULAR, "2026-11-25"),
        ("irregular_test_interval", 10, "2026-11-04", CycleRegularity.IRREGULAR, "2026-11-14"),
    ],
)
def test_the_next_test_falls_due_by_the_limits_of_the_version(
    limit: str, value: int, tested_on: str, cycles: CycleRegularity, due_on: str
) -> None:
    tested_at = datetime.fromisoformat(f"{tested_on}T16:00+00:00")
    version = with_limit(limit, value)
    ana = replace(ANA, last_test_at=tested_at, cycles=cycles, program=version)
    assert days(ana, Kind.PREGNANCY_TEST_DUE) == [date.fromisoformat(due_on)]


def test_what_is_fetched_lapses_a_day_after_its_confirmation_whatever_the_orders_last_step() -> (
    None
):
    (lapsing,) = found(replace(ANA, orders=FETCHED), Kind.CONFIRMATION_LAPSING)
    assert lapsing.due_at == EVENING + 24 * HOUR


def test_it_is_told_to_the_end_of_a_day_of_25_hours() -> None:
    begun = replace(capsules(), started_on=date(2026, 10, 3))
    next_cycle = found(course(MALE, supplies=(begun,)), Kind.TREATMENT_DAYS)[-1]
    assert next_cycle.due_on == date(2026, 10, 31)
    assert next_cycle.until == datetime(2026, 11, 2, 4, 59, 59, 999999, tzinfo=UTC)
