"""The people of the core's tests. Each may be dispensed to at NOON; a test changes one thing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from rems.core import (
    PROGRAMS,
    AgreementForm,
    CategoryProof,
    Channel,
    Confirmation,
    Decision,
    Facts,
    Gate,
    Hold,
    HoldType,
    PregnancyTest,
    Prescription,
    PreviousSupply,
    ProofType,
    RiskCategory,
    TestResult,
    Unit,
    decide,
)

NEW_YORK = ZoneInfo("America/New_York")
PROGRAM = PROGRAMS[0]
MICROSECOND = timedelta(microseconds=1)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def at(text: str) -> datetime:
    """New York wall time, such as "2026-10-08 12:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK)


NOON = at("2026-10-08 12:00")
WRITTEN = at("2026-10-06 10:00")
ISSUED = at("2026-10-06 10:05")


def a_test(text: str, result: TestResult = TestResult.NEGATIVE, **changes: Any) -> PregnancyTest:
    given = {"detection_limit": 25, "verified": True} | changes
    return PregnancyTest(collected_at=at(text), result=result, **given)


def hold(kind: HoldType, opened: str, cleared: str | None = None) -> Hold:
    return Hold(
        type=kind, opened_at=at(opened), cleared_at=None if cleared is None else at(cleared)
    )


def _person(category: RiskCategory, born_on: date, **changes: Any) -> Facts:
    child = category.is_child
    facts = Facts(
        time_zone="America/New_York",
        category=category,
        born_on=born_on,
        prescriber_certified=True,
        pharmacy_certified=True,
        pharmacist_trained=True,
        state_licensed=True,
        severe_hypersensitivity=False,
        exposure_report_open=False,
        agreement_form=AgreementForm(
            category=category,
            signed_at=at("2026-09-20 10:00"),
            patient_signed=not child,
            guardian_signed=child,
            prescriber_signed=True,
        ),
        prescription=Prescription(
            written_at=WRITTEN,
            days_supply=28,
            quantity=21,
            refills=0,
            channel=Channel.E_RX,
            category=category,
            authorization_number="AUTH-1",
            authorization_issued_at=ISSUED,
        ),
        first_prescription=True,
        confirmation=Confirmation(number="CONF-1", obtained_at=at("2026-10-08 09:00")),
        counselled_at=at("2026-10-08 10:00"),
        checklist_complete=True,
        medication_guide_given=True,
        approved_at=at("2026-10-08 11:00"),
        unit=Unit(identifier_captured=True),
    )
    return replace(facts, **changes)


STARTING_TESTS = (a_test("2026-09-24 09:00"), a_test("2026-10-05 14:00"))

ana = _person(RiskCategory.FRP_ADULT, date(1984, 3, 2), pregnancy_tests=STARTING_TESTS)
"""Ana, FRP adult, her first fill, to be shipped."""

beth = replace(
    ana,
    first_prescription=False,
    pregnancy_tests=(a_test("2026-10-05 14:00"),),
    previous_supply=PreviousSupply(
        dispensed_at=at("2026-09-14 13:00"), first_dose_on=date(2026, 9, 16), days_supply=28
    ),
    surveys_completed_at=(at("2026-10-04 08:00"),),
    therapy_started_on=date(2026, 7, 20),
)
"""Beth, FRP adult, in treatment: 6 days left at NOON, survey since her previous dispense."""

carol = _person(
    RiskCategory.FNRP_ADULT,
    date(1960, 5, 5),
    category_proof=CategoryProof(type=ProofType.HYSTERECTOMY, on=date(2009, 5, 11)),
)
"""Carol, FNRP adult, her first fill."""

dan = _person(RiskCategory.MALE_ADULT, date(1970, 1, 1))
"""Dan, male adult, his first fill."""

ella = _person(RiskCategory.FRP_CHILD, date(2011, 2, 3), pregnancy_tests=STARTING_TESTS)
"""Ella, girl of reproductive potential, her first fill; her guardian signed."""

fay = _person(
    RiskCategory.FNRP_CHILD,
    date(2017, 2, 3),
    category_proof=CategoryProof(type=ProofType.PREPUBERTAL, on=date(2026, 9, 20)),
)
"""Fay, girl not of reproductive potential."""

gus = _person(RiskCategory.MALE_CHILD, date(2012, 2, 3))
"""Gus, boy."""

EVERYBODY = {
    "Ana": ana,
    "Beth": beth,
    "Carol": carol,
    "Dan": dan,
    "Ella": ella,
    "Fay": fay,
    "Gus": gus,
}


def with_prescription(person: Facts, **changes: Any) -> Facts:
    assert person.prescription is not None
    return replace(person, prescription=replace(person.prescription, **changes))


def with_form(person: Facts, **changes: Any) -> Facts:
    assert person.agreement_form is not None
    return replace(person, agreement_form=replace(person.agreement_form, **changes))


def answer(person: Facts, gate: Gate = Gate.DISPENSE, when: datetime = NOON) -> Decision:
    return decide(person, PROGRAM, gate, when)


def refused_by(person: Facts, when: datetime = NOON) -> list[str]:
    """The rules that refuse the dispense, in their order; empty for a permit."""
    return list(answer(person, Gate.DISPENSE, when).denying_rules)


def codes(person: Facts, when: datetime = NOON) -> list[str]:
    return [finding.code.value for finding in answer(person, Gate.DISPENSE, when).findings]


def letters(person: Facts, when: datetime = NOON) -> str:
    """May check out / approve / dispense / release, as Y or N."""
    return "".join("Y" if answer(person, gate, when).is_permit else "N" for gate in Gate)


def confirmed(person: Facts, when: datetime) -> Facts:
    return replace(person, confirmation=Confirmation(number="CONF-2", obtained_at=when))
