"""What falls due in a course of treatment, thing by thing (rule sheet, sections 3 to 8)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rems.core import (
    MET_BY_AN_ORDER,
    PROGRAMS,
    STEPS,
    Course,
    Indication,
    Kind,
    Obligation,
    OpenAuthorization,
    OpenOrder,
    RiskCategory,
    credential_expiring,
    obligations_of,
)
from rems.core.schedule.label import LABEL_FIGURES, count_days
from tests.core.courses import COURSES, INSTANTS, NEW_YORK, NOON, START, capsules, course
from tests.core.versions import with_limit

DAY, HOUR, MICROSECOND = timedelta(days=1), timedelta(hours=1), timedelta(microseconds=1)
MALE, FRP, FNRP = RiskCategory.MALE_ADULT, RiskCategory.FRP_ADULT, RiskCategory.FNRP_ADULT


def due(found: Course, kind: Kind, at: datetime = NOON) -> list[date]:
    """The days on which this kind falls due."""
    return [one.due_on for one in obligations_of(found, at) if one.kind is kind]


def one(found: Course, kind: Kind, at: datetime = NOON) -> Obligation:
    (only,) = [each for each in obligations_of(found, at) if each.kind is kind]
    return only


def test_anas_missed_test_is_told_to_others_by_its_own_day() -> None:
    ana = course(last_test_at=NOON)
    assert due(ana, Kind.PREGNANCY_TEST_DUE) == due(ana, Kind.TEST_OVERDUE) == [START + 7 * DAY]


def test_before_the_first_capsule_only_the_authorization_counts() -> None:
    ana = course(
        supplies=(), had_capsules=False, authorization=OpenAuthorization(NOON, NOON - HOUR)
    )
    kinds = {each.kind for each in obligations_of(ana, NOON)}
    assert kinds == {Kind.AUTHORIZATION_LAPSING}


@pytest.mark.parametrize(("category", "days"), [(FRP, 7), (MALE, 30), (FNRP, 30)])
def test_an_authorization_lapses_as_the_gate_says(category: RiskCategory, days: int) -> None:
    tested_at = NOON - DAY
    held = OpenAuthorization(NOON, tested_at)
    found = one(course(category, supplies=(), authorization=held), Kind.AUTHORIZATION_LAPSING)
    begins_at = tested_at if category.is_frp else NOON
    assert found.due_at == found.until == begins_at + days * DAY


@pytest.mark.parametrize(
    ("dispensed_after", "lapses_on"), [(-28, [START + 7 * DAY]), (0, []), (1, [])]
)
def test_a_supply_uses_up_the_authorization_unless_it_is_older(
    dispensed_after: int, lapses_on: list[date]
) -> None:
    held = OpenAuthorization(NOON, NOON - HOUR)
    ana = course(supplies=(capsules(dispensed_after),), authorization=held)
    assert due(ana, Kind.AUTHORIZATION_LAPSING) == lapses_on


def test_an_authorization_that_was_ordered_on_used_or_lapsed_is_nobodys_worry() -> None:
    held = OpenAuthorization(NOON, NOON - HOUR)
    waiting = course(supplies=(), authorization=held)
    assert due(waiting, Kind.AUTHORIZATION_LAPSING)
    assert {Kind.AUTHORIZATION_LAPSING, Kind.REFILL_WINDOW} == MET_BY_AN_ORDER
    ordered = replace(waiting, orders=(OpenOrder("1", NOON, True, None),))
    used = replace(waiting, supplies=(capsules(),))
    assert due(ordered, Kind.AUTHORIZATION_LAPSING) == due(used, Kind.AUTHORIZATION_LAPSING) == []
    assert due(waiting, Kind.AUTHORIZATION_LAPSING, NOON + 8 * DAY) == []


def test_the_refill_window_opens_with_seven_days_left_and_not_for_who_has_ordered() -> None:
    carl = course(MALE)
    assert due(carl, Kind.REFILL_WINDOW) == [START + 21 * DAY]
    order = OpenOrder("1", NOON, True, None)
    assert due(replace(carl, orders=(order,)), Kind.REFILL_WINDOW) == []
    refilled = replace(carl, supplies=(capsules(22), capsules()))
    assert due(refilled, Kind.REFILL_WINDOW) == [START + 43 * DAY]


def test_the_survey_is_due_before_the_next_fill_and_then_monthly() -> None:
    carl = course(MALE)
    assert due(carl, Kind.SURVEY_DUE) == [START + 21 * DAY]
    before = replace(carl, surveyed_at=NOON - HOUR)
    assert due(before, Kind.SURVEY_DUE) == [START + 21 * DAY]
    # At the very dispense is not later than it (R30).
    assert due(replace(carl, surveyed_at=NOON), Kind.SURVEY_DUE) == [START + 21 * DAY]
    soon_after = replace(carl, surveyed_at=NOON + MICROSECOND)
    assert due(soon_after, Kind.SURVEY_DUE) == [START + 30 * DAY]
    since = replace(carl, surveyed_at=NOON + 20 * DAY)
    assert due(since, Kind.SURVEY_DUE, NOON + 21 * DAY) == [START + 50 * DAY]


def test_beths_survey_is_due_half_a_year_after_the_last_or_the_form() -> None:
    beth = course(FNRP, form_signed_at=NOON)
    assert due(beth, Kind.SURVEY_DUE) == [date(2027, 4, 7)]
    surveyed = replace(beth, surveyed_at=NOON + 30 * DAY)
    assert due(surveyed, Kind.SURVEY_DUE) == [date(2027, 5, 6)]
    assert due(course(FNRP), Kind.SURVEY_DUE) == []


def test_the_calendar_tells_the_last_day_with_a_capsule_and_the_next_cycle() -> None:
    assert due(course(MALE), Kind.TREATMENT_DAYS) == [START + 20 * DAY, START + 28 * DAY]
    fewer = course(MALE, supplies=(capsules(quantity=14),))
    assert due(fewer, Kind.TREATMENT_DAYS) == [START + 13 * DAY, START + 28 * DAY]
    # Never later than the label's day 21, however many capsules there are.
    more = course(MALE, supplies=(capsules(quantity=28),))
    assert due(more, Kind.TREATMENT_DAYS) == [START + 20 * DAY, START + 28 * DAY]


def test_at_two_capsules_a_day_the_last_day_is_the_last_whole_one() -> None:
    carl = course(MALE)
    two_a_day = replace(carl, program=with_limit("capsules_per_day", 2))
    assert due(two_a_day, Kind.TREATMENT_DAYS) == [START + 9 * DAY, START + 28 * DAY]
    one_capsule = replace(two_a_day, supplies=(capsules(quantity=1),))
    assert due(one_capsule, Kind.TREATMENT_DAYS) == [START + 28 * DAY]


def test_the_first_day_is_asked_for_until_it_is_on_record() -> None:
    unknown = course(MALE, supplies=(capsules(is_recorded=False),))
    assert due(unknown, Kind.TREATMENT_START) == [START]
    assert due(course(MALE), Kind.TREATMENT_START) == []


@pytest.mark.parametrize(
    ("indication", "days"),
    [
        (Indication.MULTIPLE_MYELOMA, [7, 14, 21, 28, 35, 42, 49, 56, 84, 112]),
        (Indication.KAPOSI_SARCOMA, [14, 28, 42, 56, 70, 84, 112, 140]),
        (None, [7, 14, 21, 28, 35, 42, 49, 56, 70, 84, 112]),
    ],
)
def test_blood_counts_follow_the_diagnosis(indication: Indication | None, days: list[int]) -> None:
    counts = count_days(indication)
    assert [next(counts).days for _ in days] == days


def test_an_unknown_diagnosis_never_waits_longer_than_a_known_one_would() -> None:
    def some(indication: Indication | None) -> list[int]:
        counts = count_days(indication)
        return [next(counts).days for _ in range(30)]

    unknown = some(None)
    for indication in Indication:
        known = [day for day in some(indication) if day <= unknown[-1]]
        for earlier, later in pairwise([0, *known]):
            assert any(earlier < day <= later for day in unknown), (indication, later)


def test_blood_counts_are_planned_ahead_of_the_supply_in_hand_and_no_further() -> None:
    carl = course(MALE, indication=Indication.MULTIPLE_MYELOMA)
    assert due(carl, Kind.BLOOD_COUNT_DUE) == [START + 7 * n * DAY for n in range(1, 9)]
    for days, next_one in ((6, 7), (7, 7), (8, 14), (14, 14), (15, 21)):
        found = due(carl, Kind.BLOOD_COUNT_DUE, NOON + days * DAY)
        assert found == [START + n * DAY for n in range(next_one, 57, 7)], days


def test_after_the_stop_the_precautions_go_on_for_four_weeks_and_the_form_for_a_year() -> None:
    stopped = course(is_active=False, stopped_at=NOON, supplies=(), form_signed_at=NOON - DAY)
    assert due(stopped, Kind.PRECAUTIONS) == [START + 28 * DAY]
    assert due(stopped, Kind.AGREEMENT_LAPSING) == [date(2027, 10, 7)]
    assert {each.kind for each in obligations_of(stopped, NOON)} == {
        Kind.PRECAUTIONS,
        Kind.AGREEMENT_LAPSING,
    }
    never = replace(stopped, had_capsules=False)
    assert due(never, Kind.PRECAUTIONS) == []
    assert due(stopped, Kind.PRECAUTIONS, NOON + 30 * DAY) == []


@pytest.mark.parametrize(
    ("kind", "due_on", "last_day"),
    [
        (Kind.TREATMENT_START, START, START + 7 * DAY),
        (Kind.TREATMENT_DAYS, START + 20 * DAY, START + 21 * DAY),
        (Kind.TREATMENT_DAYS, START + 28 * DAY, START + 29 * DAY),
        (Kind.BLOOD_COUNT_DUE, START + 7 * DAY, START + 7 * DAY),
        (Kind.PRECAUTIONS, START + 28 * DAY, START + 29 * DAY),
        (Kind.AGREEMENT_LAPSING, date(2027, 10, 7), date(2027, 10, 7)),
    ],
)
def test_it_is_told_to_the_last_moment_of_its_last_local_day(
    kind: Kind, due_on: date, last_day: date
) -> None:
    carl = course(MALE, supplies=(capsules(is_recorded=False),), form_signed_at=NOON - DAY)
    if kind in (Kind.PRECAUTIONS, Kind.AGREEMENT_LAPSING):
        carl = replace(carl, is_active=False, stopped_at=NOON)
    last = datetime.combine(last_day, time.max, tzinfo=NEW_YORK)
    assert due_on in due(carl, kind, last)
    assert due_on not in due(carl, kind, last.astimezone(UTC) + MICROSECOND)


def test_a_confirmation_lapses_after_a_day_or_for_anas_parcel_with_its_day() -> None:
    order = OpenOrder("1", NOON, True, NOON)
    shipped = one(course(MALE, orders=(order,)), Kind.CONFIRMATION_LAPSING)
    assert (shipped.due_at, shipped.about) == (NOON + 24 * HOUR, "1")
    anas = one(course(FRP, orders=(order,)), Kind.CONFIRMATION_LAPSING)
    assert anas.due_on == START
    by_hand = one(
        course(FRP, orders=(replace(order, is_shipped=False),)), Kind.CONFIRMATION_LAPSING
    )
    assert by_hand.due_at == NOON + 24 * HOUR


@pytest.mark.parametrize(
    ("intervals", "days"),
    [
        ([], None),
        ([(-10, None)], None),
        ([(-10, 20)], 20),
        # Renewed in time, in whatever order it was recorded; with a gap it was not.
        ([(20, 50), (-10, 20)], 50),
        ([(-10, 20), (15, None)], None),
        ([(-10, None), (-10, 20), (15, 50)], None),
        ([(-10, 20), (21, 50)], 20),
        # The shorter of two that cover the same time takes nothing away.
        ([(-10, 50), (-5, 20)], 50),
        ([(-10, -1)], None),
        ([(5, 50)], None),
    ],
)
def test_a_credential_runs_out_where_its_cover_ends(
    intervals: list[tuple[int, int | None]], days: int | None
) -> None:
    given_ = [(NOON + a * DAY, None if b is None else NOON + b * DAY) for a, b in intervals]
    found = credential_expiring("P", given_, NEW_YORK, NOON)
    assert (found and found.due_at) == (None if days is None else NOON + days * DAY)


def test_every_kind_has_its_steps_and_every_figure_its_source() -> None:
    assert set(STEPS) == set(Kind)
    assert all(STEPS.values())
    assert all(figure.source and figure.confidence for figure in LABEL_FIGURES)


@given(COURSES, INSTANTS, st.integers(min_value=0, max_value=2**32))
def test_the_order_of_facts_does_not_matter(found: Course, at: datetime, seed: int) -> None:
    supplies = Random(seed).sample(found.supplies, len(found.supplies))
    again = replace(found, supplies=tuple(supplies))
    if len({supply.dispensed_at for supply in supplies}) == len(supplies):
        assert obligations_of(again, at) == obligations_of(found, at)


@given(COURSES, INSTANTS)
def test_whatever_the_facts_each_thing_falls_due_once_and_is_still_open(
    found: Course, at: datetime
) -> None:
    obligations = obligations_of(found, at)
    assert all(each.is_open(at) for each in obligations)
    assert len(set(obligations)) == len(obligations)
    assert {each.program_code for each in obligations} <= {PROGRAMS[0].program_code}
    if found.category is None or not found.category.is_frp or not found.is_active:
        assert not due(found, Kind.PREGNANCY_TEST_DUE, at)
    elif found.supplies:
        assert len(due(found, Kind.PREGNANCY_TEST_DUE, at)) == 1
