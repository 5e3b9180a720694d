"""The pharmacy's own steps at their edges (see test_patient_rules)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from rems.core import (
    AgreementForm,
    Confirmation,
    Facts,
    PreviousSupply,
    ReleaseMode,
    RiskCategory,
    TestResult,
    Unit,
)
from tests.core.people import (
    DAY,
    MICROSECOND,
    NOON,
    STARTING_TESTS,
    WRITTEN,
    a_test,
    ana,
    answer,
    at,
    beth,
    codes,
    confirmed,
    dan,
    ella,
    letters,
    refused_by,
    with_prescription,
)

# R45, R46: how much


def supplied(days_supply: int, first_dose_on: date) -> PreviousSupply:
    return PreviousSupply(
        dispensed_at=at("2026-09-14 13:00"), first_dose_on=first_dose_on, days_supply=days_supply
    )


def test_beth_may_have_seven_days_left_but_not_eight() -> None:
    seven = replace(beth, previous_supply=supplied(28, date(2026, 9, 17)))
    eight = replace(beth, previous_supply=supplied(28, date(2026, 9, 18)))
    assert refused_by(seven) == []
    assert (refused_by(eight), letters(eight)) == (["R45"], "YNNN")
    assert refused_by(confirmed(eight, at("2026-10-09 00:00")), at("2026-10-09 00:00")) == []


def test_a_supply_dispensed_later_than_now_is_not_there_yet() -> None:
    assert beth.previous_supply is not None
    later = replace(beth.previous_supply, dispensed_at=NOON + MICROSECOND)
    full = replace(later, first_dose_on=date(2026, 10, 8))
    assert refused_by(replace(beth, previous_supply=full)) == []
    assert answer(replace(beth, previous_supply=full)).permitted_until == NOON
    just_now = replace(full, dispensed_at=NOON)
    person = replace(beth, previous_supply=just_now, surveys_completed_at=(NOON,))
    assert codes(person) == ["SURVEY_BEFORE_PREVIOUS_DISPENSE", "TOO_MUCH_SUPPLY_LEFT"]


@pytest.mark.parametrize(("capsules", "rules"), [(0, ["R46"]), (1, []), (28, []), (29, ["R46"])])
def test_dan_gets_no_more_than_a_capsule_a_day(capsules: int, rules: list[str]) -> None:
    assert refused_by(with_prescription(dan, quantity=capsules)) == rules


# R40 to R48: the pharmacy's steps


@pytest.mark.parametrize(
    ("confirmation", "code"),
    [
        (None, "CONFIRMATION_MISSING"),
        (Confirmation(number="", obtained_at=NOON), "CONFIRMATION_MISSING"),
        (Confirmation(number=None, obtained_at=NOON), "CONFIRMATION_MISSING"),
        (Confirmation(number="CONF-9", obtained_at=None), "CONFIRMATION_MISSING"),
        (
            Confirmation(number="CONF-9", obtained_at=NOON + MICROSECOND),
            "CONFIRMATION_DATED_AHEAD",
        ),
    ],
)
def test_the_confirmation_is_a_number_and_its_time(
    confirmation: Confirmation | None, code: str
) -> None:
    without = replace(ana, confirmation=confirmation)
    assert (codes(without), letters(without)) == ([code], "YYNN")


@pytest.mark.parametrize("person", [dan, replace(ana, release_mode=ReleaseMode.HAND)])
def test_a_confirmation_lives_24_hours(person: Facts) -> None:
    assert refused_by(confirmed(person, NOON - DAY)) == []
    assert refused_by(confirmed(person, NOON - DAY - MICROSECOND)) == ["R41"]


def test_anas_parcel_leaves_on_the_local_day_of_the_confirmation() -> None:
    midnight = at("2026-10-08 00:00")
    assert refused_by(confirmed(ana, midnight)) == []
    assert refused_by(confirmed(ana, midnight - MICROSECOND)) == ["R42"]
    by_hand = replace(ana, release_mode=ReleaseMode.HAND)
    assert refused_by(confirmed(by_hand, midnight - MICROSECOND)) == []
    assert refused_by(confirmed(dan, midnight - MICROSECOND)) == []


def test_the_local_day_is_the_pharmacys_and_not_utcs() -> None:
    evening = at("2026-10-08 23:30").astimezone(ZoneInfo("UTC"))
    assert evening.date() == date(2026, 10, 9)
    assert refused_by(ana, evening) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"counselled_at": None}, "COUNSELING_MISSING"),
        ({"counselled_at": NOON + MICROSECOND}, "COUNSELING_MISSING"),
        ({"counselled_at": WRITTEN}, "COUNSELING_BEFORE_PRESCRIPTION"),
        ({"checklist_complete": False}, "CHECKLIST_INCOMPLETE"),
    ],
)
def test_ana_is_counselled_for_this_fill(change: dict[str, object], code: str) -> None:
    changed = replace(ana, **change)
    assert (refused_by(changed), codes(changed), letters(changed)) == (["R43"], [code], "YYNN")


def test_counselling_a_microsecond_after_the_prescription_or_just_now_counts() -> None:
    assert refused_by(replace(ana, counselled_at=WRITTEN + MICROSECOND)) == []
    assert refused_by(replace(ana, counselled_at=NOON)) == []


@pytest.mark.parametrize(
    ("unit", "code"),
    [
        (Unit(expired=True, identifier_captured=True), "UNIT_EXPIRED"),
        (Unit(recalled=True, identifier_captured=True), "UNIT_RECALLED"),
        (Unit(suspect=True, identifier_captured=True), "UNIT_SUSPECT"),
        (Unit(identifier_captured=False), "UNIT_IDENTIFIER_MISSING"),
    ],
)
def test_the_package_is_in_order(unit: Unit, code: str) -> None:
    changed = replace(ana, unit=unit)
    assert (refused_by(changed), codes(changed)) == (["R47"], [code])


def test_a_package_may_be_dispensed_to_the_end_of_its_last_day() -> None:
    assert answer(dan).permitted_until > at("2026-10-09 00:00")
    last_day = replace(dan.unit, expires_on=date(2026, 10, 8))
    assert (
        answer(replace(dan, unit=last_day)).permitted_until == at("2026-10-09 00:00") - MICROSECOND
    )
    over = replace(dan, unit=replace(last_day, expires_on=date(2026, 10, 7)))
    assert (refused_by(over), codes(over)) == (["R47"], ["UNIT_EXPIRED"])
    plenty = replace(dan, unit=replace(last_day, expires_on=date(2027, 10, 7)))
    assert answer(plenty) == answer(dan)


def test_a_pharmacist_has_approved_by_now() -> None:
    assert codes(replace(ana, approved_at=None)) == ["APPROVAL_MISSING"]
    assert codes(replace(ana, approved_at=NOON + MICROSECOND)) == ["APPROVAL_MISSING"]
    assert refused_by(replace(ana, approved_at=NOON)) == []


def test_findings_stand_in_the_order_of_the_rule_sheet() -> None:
    everything = replace(
        ana,
        prescriber_certified=False,
        pharmacist_trained=False,
        approved_at=None,
        confirmation=None,
        severe_hypersensitivity=True,
        pregnancy_tests=(a_test("2026-10-05 14:00", TestResult.POSITIVE),),
    )
    expected = ["R23", "R52", "R01", "R20", "R05", "R48", "R40"]
    assert refused_by(everything) == expected


def test_an_adults_form_in_a_childs_name_is_refused_by_category() -> None:
    form = ella.agreement_form
    assert isinstance(form, AgreementForm)
    assert refused_by(
        replace(ella, agreement_form=replace(form, category=RiskCategory.FRP_ADULT))
    ) == ["R03"]


def test_beth_is_told_from_which_day_she_may_have_more() -> None:
    ten_left = replace(beth, previous_supply=supplied(28, date(2026, 9, 20)))
    (finding,) = answer(ten_left).findings
    assert finding.seen == "10 days left on 2026-10-08, allowed 7"
    assert finding.moment == date(2026, 10, 11)
    all_left = replace(beth, previous_supply=supplied(28, date(2026, 10, 8)))
    assert [x.moment for x in answer(all_left).findings] == [date(2026, 10, 29)]
    then = at("2026-10-11 00:00")
    assert refused_by(confirmed(ten_left, then), then) == []


def test_ana_is_told_how_many_days_before_the_prescription_her_tests_were() -> None:
    (finding,) = answer(replace(ana, pregnancy_tests=STARTING_TESTS[1:])).findings
    assert finding.seen == "tests 1 local days before the prescription"
    untested = answer(replace(ana, pregnancy_tests=())).findings
    assert "tests none local days before the prescription" in [x.seen for x in untested]
