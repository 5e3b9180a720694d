"""People and evidence for tests, made through the services with real commits.

Times in the past are late entries: `ago(days=3)` counts back from the database's clock, so no test
has to move it. Use with `@pytest.mark.django_db(transaction=True)`.

The store (`the_store()`), Dr. Okafor (`a_prescriber()`) and every patient are made when first
asked for. `a_cleared_patient(category)` has everything that a fill needs.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from accounts.models import User
from accounts.roles import Role
from rems import core
from rems.checklists import counseling_items, quiet_answers
from rems.models import (
    Authorization,
    Confirmation,
    CounselingRecord,
    Hold,
    Patient,
    PregnancyTest,
    Prescriber,
    Prescription,
    Supply,
)
from rems.selectors import category_of
from rems.services import (
    changes,
    counter,
    enrolling,
    prescribing,
    registration,
    supplies,
    surveying,
    testing,
)
from tests.remembering import remembered
from tests.store import (
    PASSWORD,
    PROGRAM,
    Store,
    a_delegate,
    a_pharmacist,
    a_pharmacy,
    a_prescriber,
    a_technician,
    a_user,
    ago,
    an_auditor,
    certify,
    certify_pharmacy,
    now,
    sign,
    sign_in,
    the_store,
    train,
)

__all__ = [
    "PASSWORD",
    "PROGRAM",
    "Cleared",
    "Store",
    "a_cleared_patient",
    "a_delegate",
    "a_hold",
    "a_patient",
    "a_pharmacist",
    "a_pharmacy",
    "a_positive_test",
    "a_prescriber",
    "a_prescription",
    "a_survey",
    "a_technician",
    "a_test",
    "a_user",
    "acting_user",
    "ago",
    "an_auditor",
    "an_outside_supply",
    "assign",
    "authorize",
    "certify",
    "certify_pharmacy",
    "clear",
    "clear_for",
    "confirm",
    "counsel",
    "enroll",
    "is_child",
    "now",
    "prescriber_user",
    "prove",
    "sign",
    "sign_in",
    "signer_role",
    "the_store",
    "train",
]


def is_child(category: str) -> bool:
    """Whether the category is one for children."""
    return core.RiskCategory(category).is_child


def signer_role(category: str) -> str:
    """Who signs beside the prescriber."""
    return "guardian" if is_child(category) else "patient"


@remembered
def a_patient(
    category: str | None = "MALE_ADULT",
    name: str = "Carl Berg",
    prescriber: Prescriber | None = None,
    born_on: date | None = None,
    enrolled: bool = True,
    state: str = "NY",
) -> Patient:
    """A patient who acts alone or through a guardian, enrolled a fortnight ago if asked.

    `category=None`: nobody chose a category yet.
    """
    the_store()
    prescriber = prescriber or a_prescriber()
    child = category is not None and is_child(category)
    guardian = a_user(Role.PATIENT, f"Guardian Of {name}") if child else None
    patient = registration.register_patient(
        name=name,
        born_on=born_on or (_years_ago(11) if child else date(1971, 3, 14)),
        phone="+12125550122",
        street="4 Elm Street",
        city="Albany",
        state=state,
        zip_code="12207",
        prescriber=prescriber,
        actor=_user(prescriber),
        user=None if child else a_user(Role.PATIENT, name),
        guardian=guardian,
    )
    if category is not None:
        assign(patient, category, assigned_at=ago(days=14))
        if core.RiskCategory(category).is_fnrp:
            prove(patient, "prepubertal" if child else "menopause")
        if enrolled:
            enroll(patient, signed_at=ago(days=13))
    return patient


def acting_user(patient: Patient) -> User:
    """Who signs in for the patient: the patient, or the guardian."""
    return patient.accesses.select_related("user").order_by("pk")[0].user


def prescriber_user(patient: Patient) -> User:
    """How the patient's prescriber signs in."""
    return _user(patient.prescriber)


def by_prescriber(patient: Patient) -> dict[str, Any]:
    """The patient's prescriber, who acts and signs."""
    user = prescriber_user(patient)
    return {"actor": user, "signature": sign(user, Role.PRESCRIBER)}


def assign(patient: Patient, category: str, **more: Any) -> None:
    """The prescriber puts the patient into the category."""
    enrolling.assign_category(
        patient_id=patient.pk, category=category, **by_prescriber(patient), **more
    )


def prove(patient: Patient, proof_type: str, since_on: date | None = None) -> None:
    """Why the patient is not of reproductive potential."""
    enrolling.record_reproductive_status(
        patient_id=patient.pk,
        proof_type=proof_type,
        since_on=since_on or _years_ago(5),
        **by_prescriber(patient),
        recorded_on=ago(days=14),
    )


def enroll(patient: Patient, signed_at: datetime | None = None) -> None:
    """Prescriber and patient (or guardian) sign a form for the patient's category."""
    form = enrolling.start_agreement_form(
        patient_id=patient.pk,
        program_code=PROGRAM,
        actor=prescriber_user(patient),
        started_at=signed_at,
    )
    for role, user in (
        ("prescriber", prescriber_user(patient)),
        (signer_role(form.category), acting_user(patient)),
    ):
        enrolling.sign_agreement_form(
            form_id=form.pk, role=role, actor=user, signature=sign(user, role), signed_at=signed_at
        )


def a_test(
    patient: Patient,
    collected_at: datetime | None = None,
    result: str = "neg",
    detection_limit: int = 25,
    verified: bool = True,
) -> PregnancyTest:
    """A pregnancy test, signed by the prescriber or, unverified, typed by the pharmacist."""
    user = prescriber_user(patient) if verified else the_store().user
    return testing.record_pregnancy_test(
        patient_id=patient.pk,
        result=result,
        detection_limit=detection_limit,
        collected_at=collected_at,
        laboratory="Hudson Laboratory",
        actor=user,
        signature=sign(user, Role.PRESCRIBER) if verified else None,
    )


def a_positive_test(patient: Patient, collected_at: datetime | None = None) -> PregnancyTest:
    """A positive test, which stops everything."""
    return a_test(patient, collected_at, result="pos")


def a_hold(patient: Patient, change: str = "abnormal_bleeding", **more: Any) -> Hold:
    """The patient reports a change that opens a hold."""
    hold, _ = changes.report_change(
        patient_id=patient.pk, change=change, actor=acting_user(patient), **more
    )
    assert hold is not None
    return hold


def clear(hold: Hold) -> None:
    """The prescriber clears the hold."""
    changes.clear_hold(hold_id=hold.pk, reason="Examined.", **by_prescriber(hold.patient))


def a_survey(patient: Patient, completed_at: datetime | None = None) -> None:
    """The patient, or the guardian, completes the survey."""
    user = acting_user(patient)
    role = "guardian" if patient.accesses.filter(relation="guardian").exists() else "patient"
    surveying.record_survey(
        patient_id=patient.pk,
        answers=quiet_answers(core.RiskCategory(category_of(patient.pk).category)),
        actor=user,
        signature=sign(user, role),
        completed_at=completed_at,
    )


def an_outside_supply(
    patient: Patient,
    days_left: int = 8,
    days_supply: int = 28,
    dispensed_at: datetime | None = None,
) -> Supply:
    """A supply from elsewhere of which so many days are left today."""
    user = the_store().user
    today = core.local_date(now(), core.zone_named("America/New_York"))
    started_on = today - timedelta(days=days_supply - days_left)
    at = dispensed_at or ago(days=days_supply - days_left + 1)
    return supplies.record_outside_supply(
        patient_id=patient.pk,
        program_code=PROGRAM,
        days_supply=days_supply,
        quantity=days_supply,
        dispensed_at=at,
        started_on=started_on,
        actor=user,
        signature=sign(user, Role.PHARMACIST),
    )


def a_prescription(
    patient: Patient,
    written_at: datetime | None = None,
    days_supply: int = 28,
    quantity: int = 21,
    indication: str = "multiple_myeloma",
    **more: Any,
) -> Prescription:
    """A prescription that the prescriber wrote in the portal two hours ago."""
    return prescribing.write_prescription(
        patient_id=patient.pk,
        product_id=the_store().product.pk,
        sig="Take one capsule by mouth once daily on days 1 to 21 of each 28-day cycle",
        days_supply=days_supply,
        quantity=quantity,
        written_at=written_at or ago(hours=2),
        **by_prescriber(patient),
        indication=indication,
        **more,
    )


def authorize(
    prescription: Prescription, number: str | None = None, issued_at: datetime | None = None
) -> Authorization:
    """The program's authorization number of the prescription, issued an hour ago."""
    return prescribing.record_authorization(
        prescription_id=prescription.pk,
        number=number or f"A{prescription.pk.hex[-9:]}",
        issued_at=issued_at or ago(hours=1),
        **by_prescriber(prescription.patient),
    )


def confirm(
    prescription: Prescription, number: str | None = None, obtained_at: datetime | None = None
) -> Confirmation:
    """The program's confirmation number for a fill, obtained by Pat Lee just now."""
    user = the_store().user
    return counter.record_confirmation(
        prescription_id=prescription.pk,
        number=number or f"C{prescription.pk.hex[-9:]}",
        source="portal",
        obtained_at=obtained_at,
        actor=user,
        signature=sign(user, Role.PHARMACIST),
    )


def counsel(
    prescription: Prescription,
    complete: bool = True,
    with_guide: bool = True,
    counselled_at: datetime | None = None,
) -> CounselingRecord:
    """Pat Lee counsels the patient for this fill and gives the Medication Guide."""
    store = the_store()
    items = counseling_items(core.RiskCategory(prescription.category))
    return counter.record_counseling(
        prescription_id=prescription.pk,
        checklist={item.key: complete or item is not items[0] for item in items},
        medication_guide_id=store.guide.pk if with_guide else None,
        counselled_at=counselled_at,
        actor=store.user,
        signature=sign(store.user, Role.PHARMACIST),
    )


@dataclass(frozen=True)
class Cleared:
    """A patient with everything that a fill needs."""

    patient: Patient
    prescription: Prescription
    authorization: Authorization

    @property
    def user(self) -> User:
        """Who signs in for the patient."""
        return acting_user(self.patient)


@remembered
def a_cleared_patient(
    category: str = "MALE_ADULT",
    name: str = "Carl Berg",
    ready_for: str = "dispense",
    prescriber: Prescriber | None = None,
) -> Cleared:
    """A patient who can check out today and, `ready_for="dispense"`, also be dispensed to.

    `ready_for="checkout"` leaves out the confirmation number and the counseling.
    """
    return clear_for(a_patient(category, name, prescriber), ready_for)


def clear_for(patient: Patient, ready_for: str = "dispense") -> Cleared:
    """Tests (where wanted), a prescription and its numbers for an enrolled patient's first fill."""
    category = core.RiskCategory(enrolling.category_of(patient.pk).category)  # type: ignore[union-attr]
    if category.is_frp:
        a_test(patient, ago(days=12))
        a_test(patient, ago(hours=3))
    prescription = a_prescription(patient)
    authorization = authorize(prescription)
    if ready_for == "dispense":
        counsel(prescription)
        confirm(prescription)
    return Cleared(patient, prescription, authorization)


def _user(prescriber: Prescriber) -> User:
    assert prescriber.user is not None
    return prescriber.user


def _years_ago(years: int) -> date:
    return now().date() - timedelta(days=round(years * 365.25))
