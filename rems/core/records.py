"""The way back: facts written in the case format, so that a decision record can be replayed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rems.core.facts import (
    CREDENTIAL_ENDS,
    AgreementForm,
    CategoryProof,
    Confirmation,
    Facts,
    Hold,
    PregnancyTest,
    Prescription,
    PreviousSupply,
    Unit,
    instant,
)


def case_from_facts(facts: Facts, at: datetime) -> dict[str, Any]:
    """The case that `facts_from_case` reads back as exactly (`at`, `facts`); times in UTC.

    Only JSON values. Raises ValueError for a naive `at`.
    """
    case: dict[str, Any] = {"now": _time(instant(at)), "facts": _facts(facts)}
    if facts.category is None or facts.prescription is None:
        case["incomplete"] = True
    return case


def _facts(facts: Facts) -> dict[str, Any]:
    form, rx = facts.agreement_form, facts.prescription
    proof, supply, confirmation = (
        facts.category_proof,
        facts.previous_supply,
        facts.confirmation,
    )
    return {
        "tz": facts.time_zone,
        "cat": None if facts.category is None else facts.category.value,
        "dob": facts.born_on.isoformat(),
        "prescriber_certified": facts.prescriber_certified,
        "pharmacy_certified": facts.pharmacy_certified,
        "pharmacist_trained": facts.pharmacist_trained,
        "state_licensed": facts.state_licensed,
        "allergy": facts.severe_hypersensitivity,
        "exposure_report_open": facts.exposure_report_open,
        "ppaf": None if form is None else _agreement_form(form),
        "rx": None if rx is None else _prescription(rx),
        "first_rx": facts.first_prescription,
        "tests": [_test(test) for test in facts.pregnancy_tests],
        "fnrp": None if proof is None else _proof(proof),
        "prev": None if supply is None else _supply(supply),
        "surveys": [_time(at) for at in facts.surveys_completed_at],
        "holds": [_hold(hold) for hold in facts.holds],
        "therapy_start": _date_or_none(facts),
        "discontinued_at": _time(facts.discontinued_at),
        "conf": None if confirmation is None else _confirmation(confirmation),
        "mode": facts.release_mode.value,
        "counselled_at": _time(facts.counselled_at),
        "checklist": facts.checklist_complete,
        "medguide": facts.medication_guide_given,
        "approved_at": _time(facts.approved_at),
        "product": _unit(facts.unit),
        **_credential_ends(facts),
        **_for_advisories(facts),
    }


def _time(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _date_or_none(facts: Facts) -> str | None:
    started_on = facts.therapy_started_on
    return None if started_on is None else started_on.isoformat()


def _credential_ends(facts: Facts) -> dict[str, str | None]:
    """Those that are on file: a credential without an end has none."""
    ends = {name: getattr(facts, name) for name in CREDENTIAL_ENDS}
    return {name: _time(at) for name, at in ends.items() if at is not None}


def _for_advisories(facts: Facts) -> dict[str, Any]:
    given = {
        "indication": None if facts.indication is None else facts.indication.value,
        "strong_cyp1a2_inhibitor": facts.strong_cyp1a2_inhibitor,
        "hepatic_impairment": facts.hepatic_impairment,
        "on_dialysis": facts.on_dialysis,
        "takes_pembrolizumab": facts.takes_pembrolizumab,
        "blood_count_overdue": facts.blood_count_overdue,
    }
    return {key: value for key, value in given.items() if value}


def _agreement_form(form: AgreementForm) -> dict[str, Any]:
    return {
        "cat": form.category.value,
        "signed_at": _time(form.signed_at),
        "patient_sig": form.patient_signed,
        "guardian_sig": form.guardian_signed,
        "prescriber_sig": form.prescriber_signed,
        "status": form.status,
    }


def _prescription(prescription: Prescription) -> dict[str, Any]:
    written = {
        "written_at": _time(prescription.written_at),
        "days": prescription.days_supply,
        "qty": prescription.quantity,
        "refills": prescription.refills,
        "channel": prescription.channel.value,
        "cat": prescription.category.value,
        "auth_no": prescription.authorization_number,
        "auth_issued_at": _time(prescription.authorization_issued_at),
        "auth_used": prescription.authorization_used,
    }
    return {**written, "auto_ship": True} if prescription.automatic_shipping else written


def _test(test: PregnancyTest) -> dict[str, Any]:
    return {
        "at": _time(test.collected_at),
        "res": test.result.value,
        "sens": test.detection_limit,
        "verified": test.verified,
    }


def _proof(proof: CategoryProof) -> dict[str, Any]:
    return {"type": proof.type.value, "on": proof.on.isoformat()}


def _supply(supply: PreviousSupply) -> dict[str, Any]:
    return {
        "dispensed_at": _time(supply.dispensed_at),
        "start": supply.first_dose_on.isoformat(),
        "days": supply.days_supply,
    }


def _hold(hold: Hold) -> dict[str, Any]:
    return {
        "type": hold.type.value,
        "at": _time(hold.opened_at),
        "cleared_at": _time(hold.cleared_at),
    }


def _confirmation(confirmation: Confirmation) -> dict[str, Any]:
    return {"no": confirmation.number, "at": _time(confirmation.obtained_at)}


def _unit(unit: Unit) -> dict[str, Any]:
    written = {
        "expired": unit.expired,
        "recalled": unit.recalled,
        "suspect": unit.suspect,
        "identifier_captured": unit.identifier_captured,
    }
    last_day = unit.expires_on
    return written if last_day is None else {**written, "expires_on": last_day.isoformat()}
