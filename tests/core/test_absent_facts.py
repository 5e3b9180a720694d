"""A patient who has not come that far, and what cannot be judged at all: refused, kindly."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime

import pytest

from rems.core import (
    NO_UNIT_YET,
    RULES,
    AdvisoryCode,
    Facts,
    Gate,
    Indication,
    Outcome,
    Owner,
    Place,
    ReasonCode,
    ReleaseMode,
    Rule,
    answer_case,
    case_from_facts,
    decide,
    decide_all,
    facts_from_case,
)
from rems.core import decision as deciding
from tests.core.people import (
    DAY,
    EVERYBODY,
    NOON,
    PROGRAM,
    ana,
    answer,
    codes,
    confirmed,
    dan,
    gus,
    refused_by,
    with_prescription,
)

NOBODY_YET = replace(ana, category=None, agreement_form=None, prescription=None, confirmation=None)


def test_a_patient_who_never_enrolled_is_told_the_two_things_that_come_first() -> None:
    decision = answer(NOBODY_YET, Gate.CHECKOUT)
    assert [(x.rule, x.code) for x in decision.findings] == [
        ("R03", ReasonCode.CATEGORY_MISSING),
        ("R13", ReasonCode.PRESCRIPTION_MISSING),
    ]
    assert [(x.owner, x.where) for x in decision.findings] == [
        (Owner.PRESCRIBER, Place.PRESCRIBER_PORTAL),
        (Owner.PRESCRIBER, Place.PRESCRIBER_PORTAL),
    ]


@pytest.mark.parametrize("name", EVERYBODY)
def test_nobody_is_dispensed_to_without_a_prescription(name: str) -> None:
    assert codes(replace(EVERYBODY[name], prescription=None)) == ["PRESCRIPTION_MISSING"]


@pytest.mark.parametrize("name", EVERYBODY)
def test_nobody_is_dispensed_to_without_a_category(name: str) -> None:
    assert codes(replace(EVERYBODY[name], category=None)) == ["CATEGORY_MISSING"]


def test_what_is_not_given_has_not_happened() -> None:
    given = {
        name: getattr(dan, name)
        for name in ("time_zone", "category", "born_on", "agreement_form", "prescription")
    }
    certified = dict.fromkeys(
        ("prescriber_certified", "pharmacy_certified", "pharmacist_trained", "state_licensed"), True
    )
    without = dict.fromkeys(("severe_hypersensitivity", "exposure_report_open"), False)
    barely = Facts(**given, **certified, **without, first_prescription=True)
    assert refused_by(barely) == ["R48", "R43", "R44", "R47", "R40"]
    assert answer(barely).advisories == ()
    counselled = replace(barely, counselled_at=NOON)
    assert "CHECKLIST_INCOMPLETE" in codes(counselled)
    assert barely.release_mode is ReleaseMode.SHIP


def test_an_incomplete_record_replays_to_the_same_answer() -> None:
    for person in (NOBODY_YET, replace(ana, prescription=None), replace(ana, category=None)):
        record = json.loads(json.dumps({"id": "1", **case_from_facts(person, NOON)}))
        assert facts_from_case(record) == (NOON, person)
        assert answer_case(record)["deny"] == refused_by(person)


def test_everything_that_advises_survives_a_record() -> None:
    person = replace(
        with_prescription(dan, automatic_shipping=True),
        indication=Indication.KAPOSI_SARCOMA,
        strong_cyp1a2_inhibitor=True,
        hepatic_impairment=True,
        on_dialysis=True,
        takes_pembrolizumab=True,
        blood_count_overdue=True,
    )
    record = json.loads(json.dumps(case_from_facts(person, NOON)))
    assert facts_from_case(record) == (NOON, person)


def test_an_unknown_gate_refuses() -> None:
    decision = decide(ana, PROGRAM, "side-door", NOON)  # type: ignore[arg-type]
    assert decision.outcome is Outcome.REFUSE
    assert [x.code for x in decision.findings] == [ReasonCode.UNKNOWN_GATE]


def test_without_a_program_every_gate_refuses() -> None:
    for gate, decision in decide_all(ana, None, NOON).items():
        assert decision == decide(ana, None, gate, NOON)
        assert [x.code for x in decision.findings] == [ReasonCode.UNKNOWN_PROGRAM]
        assert decision.permitted_until is None
        assert decision.program_version is None


def test_facts_that_cannot_be_read_refuse_at_every_gate() -> None:
    broken = replace(ana, holds=("not a hold",))  # type: ignore[arg-type]
    for decision in decide_all(broken, PROGRAM, NOON).values():
        assert [(x.rule, x.code) for x in decision.findings] == [("CORE", ReasonCode.RULE_FAILED)]
        assert decision.findings[0].cure.startswith("Report it to support")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_that_raises_refuses(rule: Rule, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> None:
        raise ZeroDivisionError("a fault in the rule")

    faulty = tuple(replace(r, test=broken) if r.id == rule.id else r for r in RULES)
    monkeypatch.setattr(deciding, "RULES_AT", {Gate.DISPENSE: faulty})
    refused = decide(ana, PROGRAM, Gate.DISPENSE, NOON)
    assert [(x.rule, x.code) for x in refused.findings] == [(rule.id, ReasonCode.RULE_FAILED)]
    assert refused.permitted_until is None


def test_a_naive_time_is_never_accepted() -> None:
    with pytest.raises(ValueError, match="without an offset"):
        decide(ana, PROGRAM, Gate.CHECKOUT, datetime(2026, 10, 8, 12))  # noqa: DTZ001
    with pytest.raises(ValueError, match="without an offset"):
        replace(ana, approved_at=datetime(2026, 10, 8, 12))  # noqa: DTZ001
    with pytest.raises(ValueError, match="without an offset"):
        replace(ana, surveys_completed_at=(datetime(2026, 10, 8, 12),))  # noqa: DTZ001


def test_an_unknown_time_zone_is_never_accepted() -> None:
    for name in ("Mars/Olympus", "../etc/passwd", "America", ""):
        with pytest.raises(ValueError, match="unknown time zone"):
            replace(ana, time_zone=name)
    with pytest.raises(ValueError, match="unknown time zone"):
        replace(ana, time_zone=5)  # type: ignore[arg-type]


def test_what_the_pharmacy_adds_later_is_pending_there_and_not_the_patients_fault() -> None:
    before_the_pharmacy = replace(
        ana,
        confirmation=None,
        counselled_at=None,
        approved_at=None,
        medication_guide_given=False,
        unit=NO_UNIT_YET,
        pharmacist_trained=False,
        prescriber_certified=False,
    )
    pending = {x.rule: x.pending_at_pharmacy for x in answer(before_the_pharmacy).findings}
    patients = {rule for rule, at_pharmacy in pending.items() if not at_pharmacy}
    assert patients == {"R01"}
    assert set(pending) - patients == {"R05", "R48", "R43", "R44", "R47", "R40"}
    confirmed_too_early = answer(confirmed(ana, NOON - 2 * DAY)).findings
    assert {x.rule: x.pending_at_pharmacy for x in confirmed_too_early} == {
        "R41": True,
        "R42": True,
    }


def advised(decision_of: object) -> list[AdvisoryCode]:
    return [x.code for x in answer(decision_of).advisories]  # type: ignore[arg-type]


def test_advisories_stand_beside_a_permit_and_never_block() -> None:
    assert advised(ana) == []
    assert advised(gus) == [AdvisoryCode.PATIENT_UNDER_18]
    decision = answer(gus)
    assert decision.is_permit
    assert all(x.text and x.seen for x in decision.advisories)


@pytest.mark.parametrize(("capsules", "advice"), [(21, False), (22, True), (28, True)])
def test_more_than_one_cycle_is_advised_on(capsules: int, advice: bool) -> None:
    found = AdvisoryCode.QUANTITY_ABOVE_ONE_CYCLE in advised(
        with_prescription(ana, quantity=capsules)
    )
    assert found is advice
    assert refused_by(with_prescription(ana, quantity=capsules)) == []


def test_every_medical_advisory_appears_with_its_fact() -> None:
    everything = replace(
        ana,
        indication=Indication.KAPOSI_SARCOMA,
        strong_cyp1a2_inhibitor=True,
        hepatic_impairment=True,
        on_dialysis=True,
        takes_pembrolizumab=True,
        blood_count_overdue=True,
    )
    assert advised(everything) == [
        AdvisoryCode.KAPOSI_SARCOMA_AT_4_MG,
        AdvisoryCode.STRONG_CYP1A2_INHIBITOR,
        AdvisoryCode.HEPATIC_IMPAIRMENT_DOSE,
        AdvisoryCode.DIALYSIS_DOSE,
        AdvisoryCode.PEMBROLIZUMAB,
        AdvisoryCode.BLOOD_COUNT_OVERDUE,
    ]
    assert answer(everything).is_permit


def test_without_a_category_no_survey_is_asked_for() -> None:
    in_treatment = replace(dan, category=None, first_prescription=False)
    assert codes(in_treatment) == ["CATEGORY_MISSING"]


def test_a_prescription_written_this_very_instant_is_not_dated_ahead() -> None:
    just_written = with_prescription(dan, written_at=NOON, authorization_number=None)
    assert codes(just_written)[0] == "AUTHORIZATION_MISSING"
