"""No obligation without a reminder in time; no reminder without an obligation: whatever the facts."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from uuid6 import uuid7

from rems.core import (
    ADVISORY,
    NEVER_QUIET,
    STEPS,
    Audience,
    Course,
    Kind,
    Obligation,
    Quiet,
    moment_of,
    obligations_of,
    zone_named,
)
from rems.obligations import Contact, Standing
from rems.outbox.wanted import Key, Wanted, wanted_of
from tests.core.courses import COURSES, INSTANTS, NEW_YORK, NOON, START, course

DAY = timedelta(days=1)
ANA, DR_OKAFOR, CLAIRE = uuid7(), uuid7(), uuid7()
PATIENT = uuid7()
NIGHT = Quiet(time(21), time(8))
WEST = zone_named("America/Los_Angeles")


def contact(user_id: UUID = ANA, **more: object) -> Contact:
    given_ = {"channels": ("email",), "zone": NEW_YORK, "quiet": NIGHT}
    return Contact(user_id, **{**given_, **more})


def standing(found: Course, at: datetime, *patients: Contact, prescriber: bool = True) -> Standing:
    doctor = (contact(DR_OKAFOR),) if prescriber else ()
    return Standing(
        NEW_YORK,
        obligations_of(found, at),
        PATIENT,
        {Audience.PATIENT: patients, Audience.PRESCRIBER: doctor},
    )


def wanted(found: Standing, at: datetime) -> dict[Key, Wanted]:
    return wanted_of({PATIENT: found}, at)


def test_ana_is_told_by_each_of_her_channels_and_a_person_when_she_did_not_come() -> None:
    ana = course(last_test_at=NOON)
    found = wanted(standing(ana, NOON, contact(channels=("email", "sms"))), NOON)
    told = {
        (key.kind, key.step, key.recipient_id, key.channel)
        for key in found
        if key.kind in {"pregnancy_test_due", "test_overdue"}
    }
    assert told == {
        *(("pregnancy_test_due", step, ANA, way) for step in (1, 2, 3) for way in ("email", "sms")),
        ("test_overdue", 1, DR_OKAFOR, "email"),
        ("test_overdue", 2, None, "task"),
    }


def test_each_is_told_on_their_own_clock_outside_of_their_own_quiet_hours() -> None:
    ana = course(last_test_at=NOON)
    late_riser = contact(CLAIRE, zone=WEST, quiet=Quiet(time(0), time(11)))
    found = wanted(standing(ana, NOON, contact(), late_riser), NOON)
    first = {
        key.recipient_id: one.send_at
        for key, one in found.items()
        if (key.kind, key.step) == ("pregnancy_test_due", 1)
    }
    assert first[ANA].astimezone(NEW_YORK).time() == time(9)
    assert first[CLAIRE].astimezone(WEST).time() == time(11)


def test_who_wants_no_advice_gets_none_and_nobody_is_bothered_instead() -> None:
    carl = course(last_test_at=NOON)
    found = wanted(standing(carl, NOON, contact(is_advised=False)), NOON)
    assert not {key.kind for key in found} & {kind.value for kind in ADVISORY}
    assert {key.kind for key in found} >= {"pregnancy_test_due", "refill_window", "survey_due"}


def test_without_anybody_to_tell_a_person_has_to_call() -> None:
    found = wanted(standing(course(last_test_at=NOON), NOON, prescriber=False), NOON)
    assert {(key.recipient_id, key.channel) for key in found} == {(None, "task")}
    assert not {key.kind for key in found} & {kind.value for kind in ADVISORY}


def test_after_the_guardians_last_day_a_person_is_told_instead() -> None:
    due_on = START + 7 * DAY
    dana = course(last_test_at=NOON)
    until = NOON + 6 * DAY
    found = wanted(standing(dana, NOON, contact(until=until)), NOON)
    steps = {key.step: key for key in found if key.kind == "pregnancy_test_due"}
    assert {key.due_on for key in steps.values()} == {due_on}
    assert steps[1].recipient_id == ANA
    assert (steps[2].recipient_id, steps[2].channel) == (None, "task")


def test_two_things_of_one_kind_on_one_day_are_one_reminder_when_the_first_is_due() -> None:
    later, sooner = (
        Obligation(None, Kind.EXPOSURE_REPORT_OPEN, START, at_once=True, due_at=NOON + hours)
        for hours in (timedelta(hours=9), timedelta(hours=8))
    )
    found = wanted(Standing(NEW_YORK, (later, sooner), PATIENT), NOON)
    assert min(one.send_at for one in found.values()) == NOON
    assert sorted(key.step for key in found) == [1, 2, 3]
    assert found == wanted(Standing(NEW_YORK, (sooner, later), PATIENT), NOON)


@st.composite
def standings(draw: st.DrawFn) -> tuple[Standing, Course, datetime]:
    found, at = draw(COURSES), draw(INSTANTS)
    contacts = [
        contact(
            user_id,
            zone=draw(st.sampled_from([NEW_YORK, WEST])),
            channels=draw(st.sampled_from([("email",), ("sms",), ("email", "sms")])),
            quiet=draw(st.sampled_from([NIGHT, NEVER_QUIET, Quiet(time(8), time(20))])),
            is_advised=draw(st.booleans()),
            until=draw(st.one_of(st.none(), INSTANTS)),
        )
        for user_id in draw(st.lists(st.sampled_from([ANA, CLAIRE]), unique=True, max_size=2))
    ]
    return standing(found, at, *contacts, prescriber=draw(st.booleans())), found, at


def in_time(obligation: Obligation, at: datetime) -> datetime:
    """The latest instant for the first word of it: its first step, or now; a day for the night."""
    first = min(
        moment_of(step, obligation, WEST)
        for step in STEPS[obligation.kind]
        if not obligation.at_once or step.days <= 0
    )
    return max(first, at) + DAY


@given(standings())
def test_no_obligation_is_without_a_reminder_in_time(
    made_up: tuple[Standing, Course, datetime],
) -> None:
    found, _, at = made_up
    rows = wanted(found, at)
    for obligation in found.obligations:
        if obligation.kind in ADVISORY:
            continue
        about = UUID(obligation.about) if obligation.about else PATIENT
        sent = [
            one.send_at
            for key, one in rows.items()
            if (key.subject_id, key.kind, key.due_on) == (about, obligation.kind, obligation.due_on)
        ]
        first_step = min(moment_of(step, obligation, WEST) for step in STEPS[obligation.kind])
        if obligation.is_open(max(first_step, at)):
            assert sent, obligation
            assert min(sent) <= in_time(obligation, at), obligation


@given(standings())
def test_no_reminder_is_without_an_obligation(made_up: tuple[Standing, Course, datetime]) -> None:
    found, _, at = made_up
    asked = {
        (UUID(each.about) if each.about else PATIENT, each.kind.value, each.due_on)
        for each in found.obligations
    }
    for key, one in wanted(found, at).items():
        assert (key.subject_id, key.kind, key.due_on) in asked
        assert one.send_at >= at
        assert (key.channel == "task") == (key.recipient_id is None)


@given(standings())
def test_each_person_is_told_each_thing_once_at_a_time(
    made_up: tuple[Standing, Course, datetime],
) -> None:
    """However late: of the steps that have passed, one is left for each person and channel."""
    found, _, at = made_up
    now = [
        (key.subject_id, key.kind, key.due_on, key.recipient_id, key.channel)
        for key, one in wanted(found, at).items()
        if one.send_at == at
    ]
    assert len(now) == len(set(now))


@given(standings())
def test_what_was_planned_is_still_wanted_when_its_time_comes_or_something_newer_is(
    made_up: tuple[Standing, Course, datetime],
) -> None:
    found, facts, at = made_up
    rows = wanted(found, at)
    for key, one in rows.items():
        later = replace(found, obligations=obligations_of(facts, one.send_at))
        then = wanted(later, one.send_at)
        still_open = any(
            (each.kind, each.due_on) == (key.kind, key.due_on) for each in later.obligations
        )
        newer = [
            other
            for other in then
            if (other.subject_id, other.kind, other.due_on)
            == (key.subject_id, key.kind, key.due_on)
            and other.step >= key.step
        ]
        assert newer or not still_open, key


@pytest.mark.parametrize("kind", [kind for kind in Kind if len(STEPS[kind]) > 1])
def test_the_steps_of_a_kind_follow_each_other_for_each_audience(kind: Kind) -> None:
    due = Obligation(None, kind, START, due_at=NOON)
    for audience in Audience:
        steps = [step for step in STEPS[kind] if step.audience is audience]
        moments = [moment_of(step, due, NEW_YORK) for step in steps]
        assert moments == sorted(set(moments))
