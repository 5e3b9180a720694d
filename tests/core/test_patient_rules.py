"""Every rule at its edge, told about people. Each test changes one thing about a person who may be
dispensed to, and names the rules that refuse then; an empty list is a permit."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, timedelta

import pytest

from rems.core import (
    CategoryProof,
    Facts,
    Gate,
    HoldType,
    ProofType,
    RiskCategory,
    case_from_facts,
    facts_from_case,
)
from tests.core.people import (
    DAY,
    EVERYBODY,
    HOUR,
    MICROSECOND,
    NOON,
    WRITTEN,
    ana,
    answer,
    at,
    beth,
    carol,
    codes,
    dan,
    ella,
    fay,
    gus,
    hold,
    letters,
    refused_by,
    with_form,
    with_prescription,
)


@pytest.mark.parametrize("name", EVERYBODY)
def test_everybody_in_the_cast_may_be_dispensed_to(name: str) -> None:
    assert letters(EVERYBODY[name]) == "YYYY"


# R01, R02, R53, R05: who may take part


@pytest.mark.parametrize(
    ("missing", "rule", "expected"),
    [
        ("prescriber_certified", "R01", "NNNN"),
        ("pharmacy_certified", "R02", "NNNN"),
        ("state_licensed", "R53", "NNNN"),
        ("pharmacist_trained", "R05", "YNNN"),
        ("medication_guide_given", "R44", "YYNN"),
    ],
)
def test_ana_is_refused_where_a_participant_or_the_guide_is_missing(
    missing: str, rule: str, expected: str
) -> None:
    without = replace(ana, **{missing: False})
    assert refused_by(without) == [rule]
    assert letters(without) == expected


@pytest.mark.parametrize(
    ("credential", "rule", "gate"),
    [
        ("prescriber_certified", "R01", Gate.CHECKOUT),
        ("pharmacy_certified", "R02", Gate.CHECKOUT),
        ("state_licensed", "R53", Gate.CHECKOUT),
        ("pharmacist_trained", "R05", Gate.APPROVE),
    ],
)
def test_a_permit_ends_with_the_credential_that_ends_first(
    credential: str, rule: str, gate: Gate
) -> None:
    ends_at = NOON + timedelta(hours=1)
    ending = replace(dan, **{f"{credential}_until": ends_at})
    assert answer(ending, gate).permitted_until == ends_at - MICROSECOND
    assert letters(ending, ends_at - MICROSECOND) == "YYYY"
    assert refused_by(ending, ends_at) == [rule] == refused_by(ending, ends_at + MICROSECOND)
    assert facts_from_case(case_from_facts(ending, NOON)) == (NOON, ending)


def test_a_training_that_ends_does_not_end_what_a_checkout_was_permitted() -> None:
    ending = replace(dan, pharmacist_trained_until=NOON + timedelta(hours=1))
    assert (
        answer(ending, Gate.CHECKOUT).permitted_until == answer(dan, Gate.CHECKOUT).permitted_until
    )


def test_dan_with_a_severe_allergy_on_file_is_refused() -> None:
    assert refused_by(replace(dan, severe_hypersensitivity=True)) == ["R52"]


def test_an_unreported_exposure_stops_dan_at_approval() -> None:
    exposed = replace(dan, exposure_report_open=True)
    assert (refused_by(exposed), letters(exposed)) == (["R51"], "YNNN")


# R03, R04: the agreement form


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"status": "withdrawn"}, "AGREEMENT_FORM_NOT_ACTIVE"),
        ({"status": "Active"}, "AGREEMENT_FORM_NOT_ACTIVE"),
        ({"status": ""}, "AGREEMENT_FORM_NOT_ACTIVE"),
        ({"category": RiskCategory.MALE_ADULT}, "AGREEMENT_FORM_FOR_OTHER_CATEGORY"),
        ({"patient_signed": False}, "PATIENT_SIGNATURE_MISSING"),
        ({"prescriber_signed": False}, "PRESCRIBER_SIGNATURE_MISSING"),
        ({"signed_at": WRITTEN + MICROSECOND}, "AGREEMENT_FORM_AFTER_PRESCRIPTION"),
        ({"signed_at": NOON + MICROSECOND}, "AGREEMENT_FORM_MISSING"),
    ],
)
def test_anas_form_must_be_whole(change: dict[str, object], code: str) -> None:
    changed = with_form(ana, **change)
    assert (refused_by(changed), codes(changed)) == (["R03"], [code])


def test_anas_form_may_be_signed_at_the_very_instant_of_the_prescription() -> None:
    assert refused_by(with_form(ana, signed_at=WRITTEN)) == []


def test_ana_without_any_form_is_asked_for_one() -> None:
    assert codes(replace(ana, agreement_form=None)) == ["AGREEMENT_FORM_MISSING"]


@pytest.mark.parametrize("child", [ella, fay, gus])
def test_a_childs_form_wants_the_guardians_signature_not_the_childs(child: Facts) -> None:
    childs_own = with_form(child, guardian_signed=False, patient_signed=True)
    assert codes(childs_own) == ["GUARDIAN_SIGNATURE_MISSING"]


def test_an_adult_cannot_be_signed_for_by_a_guardian() -> None:
    assert refused_by(with_form(dan, patient_signed=False, guardian_signed=True)) == ["R03"]


def stopped(person: Facts, text: str) -> Facts:
    return replace(person, discontinued_at=at(text))


def test_dan_who_stopped_twelve_months_ago_to_the_minute_needs_a_new_form() -> None:
    assert refused_by(stopped(dan, "2025-10-08 12:00")) == ["R04"]


def test_dan_who_stopped_a_minute_less_than_twelve_months_ago_needs_none() -> None:
    assert refused_by(stopped(dan, "2025-10-08 12:01")) == []


def test_dans_form_signed_at_the_end_of_the_twelve_months_is_new_enough() -> None:
    assert refused_by(stopped(dan, "2025-09-20 10:00")) == []
    assert refused_by(
        with_form(stopped(dan, "2025-09-20 10:00"), signed_at=at("2026-09-20 09:59"))
    ) == ["R04"]


def test_a_stop_on_29_february_counts_to_28_february() -> None:
    lapsed = stopped(with_form(dan, signed_at=at("2025-01-01 12:00")), "2024-02-29 12:00")
    late = with_prescription(
        lapsed,
        written_at=at("2025-02-28 11:00"),
        authorization_issued_at=at("2025-02-28 11:00"),
    )
    assert "R04" in refused_by(late, at("2025-02-28 12:00"))
    assert "R04" not in refused_by(late, at("2025-02-28 12:00") - MICROSECOND)


# R06, R07, R08, R09: the category


def test_a_prescription_for_another_category_is_refused() -> None:
    assert refused_by(with_prescription(ana, category=RiskCategory.MALE_ADULT)) == ["R06"]


def test_carol_under_category_review_is_refused_until_it_is_closed() -> None:
    opened, closed = "2026-10-07 10:00", "2026-10-08 12:00"
    assert refused_by(replace(carol, holds=(hold(HoldType.CATEGORY_REVIEW, opened),))) == ["R07"]
    reviewed = replace(carol, holds=(hold(HoldType.CATEGORY_REVIEW, opened, closed),))
    assert refused_by(reviewed, NOON) == []
    assert refused_by(reviewed, NOON - MICROSECOND) == ["R07"]


@pytest.mark.parametrize("kind", sorted(set(ProofType) - {ProofType.MENOPAUSE}))
def test_only_surgery_on_both_sides_or_of_the_womb_proves_carols_category(kind: ProofType) -> None:
    proven = replace(carol, category_proof=CategoryProof(type=kind, on=date(2009, 5, 11)))
    qualifies = kind in (ProofType.HYSTERECTOMY, ProofType.BILATERAL_OOPHORECTOMY)
    assert refused_by(proven) == ([] if qualifies else ["R08"])


def test_carols_menopause_counts_from_24_months_on_the_day_of_the_form() -> None:
    def last_period(on: date) -> Facts:
        return replace(carol, category_proof=CategoryProof(type=ProofType.MENOPAUSE, on=on))

    assert refused_by(last_period(date(2024, 9, 20))) == []
    assert codes(last_period(date(2024, 9, 21))) == ["MENOPAUSE_TOO_RECENT"]
    late = last_period(date(2024, 12, 21))
    assert carol.agreement_form is not None
    ahead = replace(carol.agreement_form, signed_at=NOON + MICROSECOND)
    # A form dated ahead counts as none: there is no day to count to.
    assert refused_by(replace(late, agreement_form=ahead)) == ["R03"]
    today = replace(carol.agreement_form, signed_at=NOON)
    assert "R08" in refused_by(replace(late, agreement_form=today))


def test_carol_without_a_proof_or_with_one_dated_tomorrow_is_refused() -> None:
    assert codes(replace(carol, category_proof=None)) == ["CATEGORY_PROOF_MISSING"]
    ahead = CategoryProof(type=ProofType.HYSTERECTOMY, on=date(2026, 10, 9))
    assert codes(replace(carol, category_proof=ahead)) == ["CATEGORY_PROOF_MISSING"]
    today = CategoryProof(type=ProofType.HYSTERECTOMY, on=date(2026, 10, 8))
    assert refused_by(replace(carol, category_proof=today)) == []


def test_a_girl_is_not_proven_by_surgery_and_a_woman_not_by_her_age() -> None:
    surgery = CategoryProof(type=ProofType.HYSTERECTOMY, on=date(2026, 9, 1))
    assert refused_by(replace(fay, category_proof=surgery)) == ["R08"]


def test_ana_needs_no_proof() -> None:
    assert ana.category_proof is None
    assert refused_by(ana) == []


def test_gus_is_a_child_until_the_last_microsecond_before_his_birthday() -> None:
    nearly_18 = replace(gus, born_on=date(2008, 10, 9))
    at_midnight = at("2026-10-09 00:00")
    assert refused_by(nearly_18, at_midnight - MICROSECOND) == []
    assert refused_by(nearly_18, at_midnight) == ["R09"]


def test_dan_is_an_adult_from_his_birthday_on() -> None:
    assert refused_by(replace(dan, born_on=date(2008, 10, 8))) == []
    assert refused_by(replace(dan, born_on=date(2008, 10, 9))) == ["R09"]


def test_a_leapling_comes_of_age_on_28_february() -> None:
    leapling = replace(gus, born_on=date(2008, 2, 29))
    assert "R09" not in refused_by(leapling, at("2026-02-27 23:59"))
    assert "R09" in refused_by(leapling, at("2026-02-28 00:00"))


def test_a_form_signed_this_very_instant_is_there() -> None:
    all_at_noon = with_prescription(
        with_form(dan, signed_at=NOON), written_at=NOON, authorization_issued_at=NOON
    )
    assert refused_by(all_at_noon) == ["R43"]


def test_dans_permit_ends_a_microsecond_before_his_twelve_months_are_over() -> None:
    nearly_lapsed = stopped(dan, "2025-10-08 12:01")
    until = answer(nearly_lapsed).permitted_until
    assert until == at("2026-10-08 12:01") - MICROSECOND
    assert refused_by(nearly_lapsed, until) == []
    assert refused_by(nearly_lapsed, at("2026-10-08 12:01")) == ["R04"]


def test_guss_permit_ends_with_the_last_instant_before_he_comes_of_age() -> None:
    nearly_18 = replace(gus, born_on=date(2008, 10, 9))
    assert answer(nearly_18).permitted_until == at("2026-10-09 00:00") - MICROSECOND


def test_a_hold_on_file_for_later_ends_the_permit_a_microsecond_before_it_opens() -> None:
    held_at_one = replace(dan, holds=(hold(HoldType.CATEGORY_REVIEW, "2026-10-08 13:00"),))
    assert answer(held_at_one).permitted_until == at("2026-10-08 13:00") - MICROSECOND


def test_a_survey_on_file_for_later_carries_the_permit_on() -> None:
    ends = NOON.astimezone(UTC) + 10 * HOUR
    soon_old = ends - 30 * DAY
    person = replace(beth, previous_supply=None, surveys_completed_at=(soon_old,))
    assert answer(person, Gate.CHECKOUT).permitted_until == ends
    renewed = replace(person, surveys_completed_at=(soon_old, ends + MICROSECOND))
    assert answer(renewed, Gate.CHECKOUT).permitted_until == at("2026-10-12 14:00")
    too_late = replace(person, surveys_completed_at=(soon_old, ends + 2 * MICROSECOND))
    assert answer(too_late, Gate.CHECKOUT).permitted_until == ends
