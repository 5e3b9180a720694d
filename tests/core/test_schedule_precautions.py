"""The precautions are told with every cycle of treatment, paused or not, and once before it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given

from rems.core import (
    ADVISORY,
    STEPS,
    Audience,
    Course,
    Kind,
    Quiet,
    RiskCategory,
    Step,
    obligations_of,
    steps_to_tell,
    zone_named,
)
from tests.core.courses import COURSES, INSTANTS, NEW_YORK, NOON, START, capsules, course
from tests.core.versions import with_limit

DAY, MICROSECOND = timedelta(days=1), timedelta(microseconds=1)
FRP, MALE, FNRP = RiskCategory.FRP_ADULT, RiskCategory.MALE_ADULT, RiskCategory.FNRP_ADULT
EVENING = datetime(2026, 10, 8, 2, 30, tzinfo=UTC)  # still the seventh in New York
WAITING = {"supplies": (), "had_capsules": False, "form_signed_at": EVENING}


def told(found: Course, at: datetime = NOON) -> list[date]:
    """The days on which the precautions are told."""
    kind = Kind.PRECAUTIONS_IN_FORCE
    return [each.due_on for each in obligations_of(found, at) if each.kind is kind]


def days(*numbers: int) -> list[date]:
    return [START + number * DAY for number in numbers]


@pytest.mark.parametrize("category", [*RiskCategory, None])
def test_everyone_in_treatment_is_told_on_the_first_day_and_with_every_cycle(
    category: RiskCategory | None,
) -> None:
    found = replace(course(MALE), category=category)
    assert told(found)[:3] == days(0, 28, 56)
    assert {after - before for before, after in pairwise(told(found))} == {28 * DAY}


def test_they_are_told_on_the_day_to_the_patient_and_cannot_be_switched_off() -> None:
    assert STEPS[Kind.PRECAUTIONS_IN_FORCE] == (Step(Audience.PATIENT),)
    assert Kind.PRECAUTIONS_IN_FORCE not in ADVISORY


def test_a_pause_does_not_stop_them_for_as_long_as_a_form_outlasts_a_stop() -> None:
    """No fact comes in a pause: all of it is planned with the supply, up to and with its last day."""
    carl = course(MALE)
    assert told(carl) == days(*range(0, 365, 28))
    assert told(carl, NOON + 100 * DAY) == days(*range(112, 365, 28))
    for months, last in ((12, 364), (3, 84), (1, 28)):
        shorter = replace(carl, program=with_limit("new_form_after_stop", months))
        assert told(shorter)[-1] == START + last * DAY
    to_the_day = (replace(capsules(), started_on=date(2027, 2, 1)),)
    february = replace(carl, supplies=to_the_day, program=with_limit("new_form_after_stop", 1))
    assert told(february) == [date(2027, 2, 1), date(2027, 3, 1)]


def test_another_supply_moves_no_day_and_only_adds_to_them() -> None:
    carl = course(MALE)
    refilled = replace(carl, supplies=(capsules(33), capsules()))
    assert told(refilled)[:14] == told(carl)
    assert told(refilled)[14:] == days(392)


def test_a_first_day_that_is_not_on_record_may_move_so_the_first_word_waits_a_week() -> None:
    begun = capsules(is_recorded=False)
    carl = course(MALE, supplies=(begun,))
    assert told(carl)[:2] == days(7, 28)
    # What a later supply has on record says nothing of the first day, nor the other way round.
    assert told(replace(carl, supplies=(begun, capsules(28))))[:2] == days(7, 28)
    later = capsules(28, is_recorded=False)
    assert told(replace(carl, supplies=(capsules(), later)))[:2] == days(0, 28)
    # Of two that began on one day, one on record is enough, whichever is read first.
    for supplies in ((begun, capsules()), (capsules(), begun)):
        assert told(replace(carl, supplies=supplies))[:2] == days(0, 28)


def test_what_came_late_is_told_for_a_week() -> None:
    last = datetime.combine(START + 7 * DAY, time.max, tzinfo=NEW_YORK)
    assert told(course(MALE), last)[0] == START
    assert told(course(MALE), last.astimezone(UTC) + MICROSECOND)[0] == START + 28 * DAY


@pytest.mark.parametrize("category", [x for x in RiskCategory if x.is_frp])
def test_who_can_get_pregnant_keeps_them_for_four_weeks_before_and_is_told_halfway(
    category: RiskCategory,
) -> None:
    ana = course(category, **WAITING)
    assert told(ana) == days(14)
    assert told(replace(ana, form_signed_at=None)) == []
    # With the first capsule the days of treatment take its place.
    assert told(replace(ana, supplies=(capsules(10),)))[:2] == days(10, 38)


def test_ana_who_begins_anew_under_her_old_form_is_told_two_weeks_after_the_new_start() -> None:
    stopped_at = NOON + 30 * DAY
    ana = replace(course(FRP, **WAITING), stopped_at=stopped_at, enrolled_at=NOON + 40 * DAY)
    assert told(ana, ana.enrolled_at or NOON) == days(54)
    # A form that was signed since, or in its place, is the newer beginning.
    signed = replace(ana, form_signed_at=stopped_at + MICROSECOND)
    assert told(signed, NOON + 40 * DAY) == days(44)
    assert told(replace(ana, form_signed_at=stopped_at), NOON + 40 * DAY) == days(54)
    # Whoever never stopped began with the form, whenever that was written down.
    assert told(replace(ana, stopped_at=None), NOON) == days(14)
    assert told(replace(ana, form_signed_at=None), NOON) == []


@pytest.mark.parametrize("category", [*(x for x in RiskCategory if not x.is_frp), None])
def test_all_others_who_have_only_been_enrolled_are_told_nothing(
    category: RiskCategory | None,
) -> None:
    assert told(replace(course(MALE, **WAITING), category=category)) == []


def test_after_the_stop_the_four_weeks_after_the_last_dose_take_their_place() -> None:
    stopped = course(FNRP, is_active=False, stopped_at=NOON, form_signed_at=NOON - DAY)
    assert told(stopped) == []
    kinds = {each.kind for each in obligations_of(stopped, NOON)}
    assert Kind.PRECAUTIONS in kinds


@pytest.mark.parametrize("zone_name", ["Pacific/Honolulu", "America/Los_Angeles", "Pacific/Guam"])
@pytest.mark.parametrize("begins", range(24))
def test_no_word_of_theirs_is_over_before_its_recipient_may_be_told(
    zone_name: str, begins: int
) -> None:
    """Carl works at night, west of the pharmacy: his day ends after its own."""
    zone, quiet = zone_named(zone_name), Quiet(time(begins), time((begins + 12) % 24))
    stopped = course(MALE, is_active=False, stopped_at=NOON)
    waits = course(FRP, **WAITING)
    words = [each for one in (stopped, waits, course(MALE)) for each in obligations_of(one, NOON)]
    for each in words:
        if each.kind in (Kind.PRECAUTIONS, Kind.PRECAUTIONS_IN_FORCE):
            numbers = range(1, len(STEPS[each.kind]) + 1)
            told_at = [at for _, at in steps_to_tell(each, numbers, zone, quiet, NOON)]
            assert told_at
            assert all(map(each.is_open, told_at)), each


def test_who_begins_anew_is_told_of_the_last_four_weeks_until_there_is_a_next_dose() -> None:
    again = course(MALE, supplies=(), stopped_at=NOON, form_signed_at=NOON + 7 * DAY)
    found = obligations_of(again, NOON + 7 * DAY)
    assert [(each.kind, each.due_on) for each in found] == [(Kind.PRECAUTIONS, START + 28 * DAY)]
    assert obligations_of(replace(again, had_capsules=False), NOON + 7 * DAY) == ()
    begun = replace(again, supplies=(capsules(10),))
    kinds = {each.kind for each in obligations_of(begun, NOON + 10 * DAY)}
    assert Kind.PRECAUTIONS not in kinds
    assert Kind.PRECAUTIONS_IN_FORCE in kinds


@given(COURSES, INSTANTS)
def test_whatever_the_facts_nobody_in_treatment_goes_without_them_for_longer_than_a_cycle(
    found: Course, at: datetime
) -> None:
    supply = found.newest
    if not found.is_active or supply is None:
        return
    on = found.on(at)
    begun = found.started_on
    assert begun is not None
    ahead = [each for each in told(found, at) if each >= on]
    if on <= supply.started_on + 300 * DAY:
        assert ahead[0] <= max(on, begun + 7 * DAY) + 28 * DAY
    assert all(after - before >= 21 * DAY for before, after in pairwise(told(found, at)))
