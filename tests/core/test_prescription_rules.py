"""The prescription, its authorization and the survey at their edges (see test_patient_rules)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from rems.core import (
    Channel,
    Facts,
)
from tests.core.people import (
    DAY,
    HOUR,
    ISSUED,
    MICROSECOND,
    NOON,
    a_test,
    ana,
    at,
    beth,
    carol,
    codes,
    confirmed,
    dan,
    ella,
    fay,
    gus,
    refused_by,
    with_form,
    with_prescription,
)

# R10 to R16: the prescription and its authorization


@pytest.mark.parametrize(("days", "rules"), [(0, ["R10", "R46"]), (1, []), (28, []), (29, ["R10"])])
def test_a_prescription_covers_1_to_28_days(days: int, rules: list[str]) -> None:
    assert refused_by(with_prescription(dan, days_supply=days, quantity=1)) == rules


@pytest.mark.parametrize(("refills", "rules"), [(-1, ["R11"]), (0, []), (1, ["R11"])])
def test_a_prescription_has_no_refills(refills: int, rules: list[str]) -> None:
    assert refused_by(with_prescription(dan, refills=refills)) == rules


def test_nothing_is_sent_automatically() -> None:
    automatic = with_prescription(dan, automatic_shipping=True)
    assert codes(automatic) == ["AUTOMATIC_SHIPPING_NOT_ALLOWED"]


@pytest.mark.parametrize("channel", list(Channel))
def test_only_a_telephoned_prescription_is_refused(channel: Channel) -> None:
    refused = ["R12"] if channel is Channel.PHONE else []
    assert refused_by(with_prescription(dan, channel=channel)) == refused


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"authorization_number": None}, "AUTHORIZATION_MISSING"),
        ({"authorization_number": ""}, "AUTHORIZATION_MISSING"),
        ({"authorization_number": "  "}, "AUTHORIZATION_MISSING"),
        ({"authorization_number": "\u200b\ufeff\u2060"}, "AUTHORIZATION_MISSING"),
        ({"authorization_number": "--"}, "AUTHORIZATION_MISSING"),
        ({"authorization_issued_at": None}, "AUTHORIZATION_MISSING"),
        ({"authorization_issued_at": NOON + MICROSECOND}, "AUTHORIZATION_DATED_AHEAD"),
    ],
)
def test_the_authorization_is_a_number_and_its_time(change: dict[str, object], code: str) -> None:
    changed = with_prescription(dan, **change)
    assert (refused_by(changed), codes(changed)) == (["R13"], [code])


def test_an_authorization_issued_this_very_instant_counts() -> None:
    assert refused_by(with_prescription(dan, authorization_issued_at=NOON)) == []


def test_a_prescription_dated_ahead_counts_as_absent() -> None:
    ahead = with_prescription(dan, written_at=NOON + MICROSECOND)
    assert refused_by(ahead) == ["R13", "R43"]
    assert codes(ahead)[0] == "PRESCRIPTION_DATED_AHEAD"


def test_an_authorization_is_used_once() -> None:
    assert refused_by(with_prescription(dan, authorization_used=True)) == ["R16"]


def test_anas_authorization_lives_168_hours_from_her_test() -> None:
    ends = at("2026-10-05 14:00") + 7 * DAY
    assert refused_by(confirmed(ana, ends), ends) == []
    late = ends + MICROSECOND
    assert refused_by(confirmed(ana, late), late) == ["R14"]


def test_168_hours_are_elapsed_across_the_clock_change() -> None:
    tested = at("2026-10-28 08:00")
    person = with_prescription(
        replace(beth, pregnancy_tests=(a_test("2026-10-28 08:00"),)),
        written_at=tested + HOUR,
        authorization_issued_at=tested + HOUR,
    )
    by_the_wall = at("2026-11-04 08:00")  # 169 hours later: the clocks went back
    assert "R14" in refused_by(person, by_the_wall)
    assert "R14" not in refused_by(person, at("2026-11-04 07:00"))


def test_a_test_after_the_authorization_does_not_renew_it() -> None:
    later = replace(beth, pregnancy_tests=(*beth.pregnancy_tests, a_test("2026-10-07 09:00")))
    after = at("2026-10-12 14:00") + MICROSECOND
    assert "R14" in refused_by(later, after)


def test_a_test_at_the_instant_of_the_authorization_counts() -> None:
    on_issue = replace(a_test("2026-10-05 14:00"), collected_at=ISSUED)
    person = replace(beth, pregnancy_tests=(on_issue,))
    assert "R14" not in refused_by(person, ISSUED + 7 * DAY)


def test_beth_without_any_test_before_the_authorization_is_refused() -> None:
    assert codes(replace(beth, pregnancy_tests=())) == ["AUTHORIZATION_WITHOUT_TEST"]


@pytest.mark.parametrize("person", [carol, dan, gus, fay])
def test_other_authorizations_live_720_hours_from_their_issue(person: Facts) -> None:
    ends = ISSUED.astimezone(UTC) + 30 * DAY  # elapsed: the clocks go back in between
    assert refused_by(confirmed(person, ends), ends) == []
    late = ends + MICROSECOND
    assert refused_by(confirmed(person, late), late) == ["R15"]


# R30: the survey


def surveyed(person: Facts, *times: datetime) -> Facts:
    return replace(person, surveys_completed_at=times)


def test_beths_survey_must_be_later_than_her_previous_dispense() -> None:
    assert beth.previous_supply is not None
    dispensed = beth.previous_supply.dispensed_at
    for too_soon in (dispensed, dispensed - DAY):
        assert codes(surveyed(beth, too_soon)) == ["SURVEY_BEFORE_PREVIOUS_DISPENSE"]
    assert refused_by(surveyed(beth, dispensed + MICROSECOND)) == []


def test_beths_survey_lives_720_hours() -> None:
    once_more = replace(beth, previous_supply=None)
    assert refused_by(surveyed(once_more, NOON - 30 * DAY)) == []
    assert codes(surveyed(once_more, NOON - 30 * DAY - MICROSECOND)) == ["SURVEY_EXPIRED"]


def test_a_survey_dated_ahead_does_not_count() -> None:
    assert codes(surveyed(beth, NOON + MICROSECOND)) == ["SURVEY_MISSING"]
    assert refused_by(surveyed(beth, NOON)) == []


def test_nobody_is_surveyed_before_a_first_fill() -> None:
    assert all(not person.surveys_completed_at for person in (ana, carol, dan, ella, fay, gus))
    assert codes(replace(dan, first_prescription=False)) == ["SURVEY_MISSING"]


def test_carols_survey_lives_six_calendar_months_from_the_last_or_from_the_form() -> None:
    again = replace(carol, first_prescription=False)
    assert refused_by(surveyed(again, at("2026-04-08 12:00"))) == []
    assert codes(surveyed(again, at("2026-04-08 12:00") - MICROSECOND)) == ["SURVEY_EXPIRED"]
    assert refused_by(with_form(again, signed_at=at("2026-04-08 12:00"))) == []
    old_form = with_form(again, signed_at=at("2026-04-08 11:59"))
    assert refused_by(old_form) == ["R30"]
    assert refused_by(replace(old_form, agreement_form=None)) == ["R03"]
