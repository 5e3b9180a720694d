"""People and evidence for tests, made through the services with real commits.

Times in the past are late entries: `ago(days=3)` counts back from the database's clock, so no test
has to move it. Use with `@pytest.mark.django_db(transaction=True)`.

The store (`the_store()`), Dr. Okafor (`a_prescriber()`) and every patient are made when first
asked for. `a_cleared_patient(category)` has everything that a fill needs.
"""

import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from allauth.account.internal.flows import login
from allauth.account.internal.userkit import user_id_to_str
from django.test import Client

from accounts.clock import read_clock
from accounts.models import User
from accounts.roles import STAFF_ROLES, Role
from accounts.services import grant_role
from catalog.models import Lot, MedicationGuide, Package, Product
from catalog.services import load_content, put_on_sale, read_content
from rems import core
from rems.checklists import counseling_items
from rems.models import (
    Authorization,
    Confirmation,
    CounselingRecord,
    Hold,
    Patient,
    Pharmacist,
    Pharmacy,
    PregnancyTest,
    Prescriber,
    Prescription,
    Supply,
)
from rems.services import (
    changes,
    counter,
    credentials,
    enrolling,
    prescribing,
    registration,
    supplies,
    surveying,
    testing,
)
from rems.signatures import Signature

CONTENT = Path(__file__).resolve().parents[1] / "catalog/content/pomalidomide-4-mg-capsules.toml"
PROGRAM = "PS-POMALIDOMIDE"
PASSWORD = "a long passphrase"
_NPI_STEM = "123456"


def now() -> datetime:
    """What the database's clock says."""
    return read_clock()


def ago(**duration: float) -> datetime:
    """An instant before now: `ago(days=3, hours=2)`."""
    return read_clock() - timedelta(**duration)


# People who sign in -----------------------------------------------------------------------------


def a_user(role: Role, name: str) -> User:
    """The user of that name, made with the role when first asked for."""
    email = f"{name.lower().replace(' ', '.').replace('..', '.')}@example.com"
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email, PASSWORD, name=name, is_staff=role in STAFF_ROLES)
        grant_role(user, role)
    return user


def sign(
    user: User,
    role: Role | str,
    meaning: str = "I confirm that this is right.",
    age: timedelta = timedelta(seconds=5),
) -> Signature:
    """The user's signature, by somebody who typed the password a moment ago."""
    return Signature(user, user.name, meaning, str(role), age)


def sign_in(client: Client, user: User, age: timedelta = timedelta(seconds=5)) -> Client:
    """Sign the user in on this client, with a password typed `age` ago."""
    client.force_login(user)
    session = client.session
    at = time.time() - age.total_seconds()
    session[login.AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": at}]
    session[login._AUTHENTICATION_METHODS_USER_SESSION_KEY] = user_id_to_str(user)
    session.save()
    return client


# The store and the professionals ----------------------------------------------------------------


@dataclass(frozen=True)
class Store:
    """The pharmacy, what it sells, and the pharmacist Pat Lee, all certified."""

    pharmacy: Pharmacy
    pharmacist: Pharmacist
    product: Product
    package: Package
    lot: Lot
    guide: MedicationGuide

    @property
    def user(self) -> User:
        """How Pat Lee signs in."""
        return self.pharmacist.user


def the_store() -> Store:
    """The store, opened when first asked for: certified, trained, licensed for New York."""
    pharmacy = Pharmacy.objects.order_by("pk").first()
    if pharmacy is None:
        pharmacy = a_pharmacy()
    product = Product.objects.first() or _a_product()
    package = product.packages.order_by("capsules").first()
    assert package is not None
    today = core.local_date(now(), core.zone_named(pharmacy.time_zone))
    lots = Lot.objects.filter(package=package, is_recalled=False, is_suspect=False)
    return Store(
        pharmacy=pharmacy,
        pharmacist=a_pharmacist("Pat Lee"),
        product=product,
        package=package,
        lot=lots.filter(expires_on__gt=today).order_by("expires_on")[0],
        guide=MedicationGuide.objects.filter(product=product)[0],
    )


def _a_product() -> Product:
    editor = a_user(Role.EDITOR, "Edna Marsh")
    product = load_content(read_content(CONTENT), editor)
    return put_on_sale(product.pk, editor)


def a_pharmacy(certified: bool = True, licensed_for: tuple[str, ...] = ("NY",)) -> Pharmacy:
    """A pharmacy in New York, with Pat Lee as its pharmacist."""
    pharmacy = registration.register_pharmacy(
        name="Foundry Specialty Pharmacy",
        time_zone="America/New_York",
        phone="+12125550100",
        address="12 Mill Street, Albany, NY 12207",
        state="NY",
    )
    by = _signed_by_pharmacist()
    if certified:
        certify_pharmacy(pharmacy)
    for state in licensed_for:
        credentials.record_state_licence(
            pharmacy_id=pharmacy.pk,
            state=state,
            proof="Board of Pharmacy",
            valid_from=ago(days=400),
            **by,
        )
    return pharmacy


def certify_pharmacy(pharmacy: Pharmacy) -> None:
    """The pharmacy is certified since 400 days."""
    credentials.record_pharmacy_certification(
        pharmacy_id=pharmacy.pk,
        program_code=PROGRAM,
        proof="Program letter",
        valid_from=ago(days=400),
        **_signed_by_pharmacist(),
    )


def a_pharmacist(name: str = "Pat Lee", trained: bool = True) -> Pharmacist:
    """The pharmacist of that name, at the store's pharmacy."""
    user = a_user(Role.PHARMACIST, name)
    found = Pharmacist.objects.filter(user=user).select_related("user").first()
    if found is not None:
        return found
    pharmacy = Pharmacy.objects.order_by("pk").first()
    if pharmacy is None:
        the_store()
        return a_pharmacist(name, trained)
    pharmacist = registration.register_pharmacist(
        user=user, pharmacy=pharmacy, name=name, license_number=f"NY-{user.pk.hex[-5:]}"
    )
    if trained:
        train(pharmacist)
    return pharmacist


def train(pharmacist: Pharmacist) -> None:
    """The pharmacist is trained since 400 days."""
    credentials.record_pharmacist_training(
        pharmacist_id=pharmacist.pk,
        program_code=PROGRAM,
        proof="Training certificate",
        valid_from=ago(days=400),
        actor=pharmacist.user,
        signature=sign(pharmacist.user, Role.PHARMACIST),
    )


def a_prescriber(name: str = "Dr. Chidi Okafor", certified: bool = True) -> Prescriber:
    """The prescriber of that name, who signs in."""
    user = a_user(Role.PRESCRIBER, name)
    found = Prescriber.objects.filter(user=user).select_related("user").first()
    if found is not None:
        return found
    prescriber = registration.register_prescriber(
        name=name, npi=_npi(), phone="+12125550111", user=user, actor=the_store().user
    )
    if certified:
        certify(prescriber)
    return prescriber


def certify(prescriber: Prescriber) -> None:
    """The prescriber is certified since 400 days."""
    credentials.record_prescriber_certification(
        prescriber_id=prescriber.pk,
        program_code=PROGRAM,
        proof="Program letter",
        valid_from=ago(days=400),
        **_signed_by_pharmacist(),
    )


def a_delegate(prescriber: Prescriber, name: str = "Noor Haddad") -> User:
    """Somebody who enters, but never signs, for the prescriber."""
    user = a_user(Role.DELEGATE, name)
    assert prescriber.user is not None
    registration.add_delegate(prescriber=prescriber, user=user, actor=prescriber.user)
    return user


def a_technician(name: str = "Tess Novak") -> User:
    """A technician."""
    return a_user(Role.TECHNICIAN, name)


def an_auditor(name: str = "Ari Stone") -> User:
    """An auditor."""
    return a_user(Role.AUDITOR, name)


def _signed_by_pharmacist() -> dict[str, Any]:
    user = a_pharmacist("Pat Lee").user
    return {"actor": user, "signature": sign(user, Role.PHARMACIST)}


def _npi() -> str:
    stem = f"{_NPI_STEM}{Prescriber.objects.count():03d}"
    return next(f"{stem}{d}" for d in "0123456789" if registration.is_npi(f"{stem}{d}"))


# Patients and their evidence --------------------------------------------------------------------


def is_child(category: str) -> bool:
    """Whether the category is one for children."""
    return core.RiskCategory(category).is_child


def signer_role(category: str) -> str:
    """Who signs beside the prescriber."""
    return "guardian" if is_child(category) else "patient"


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


def assign(patient: Patient, category: str, **more: Any) -> None:
    """The prescriber puts the patient into the category."""
    user = prescriber_user(patient)
    enrolling.assign_category(
        patient_id=patient.pk,
        category=category,
        actor=user,
        signature=sign(user, Role.PRESCRIBER),
        **more,
    )


def prove(patient: Patient, proof_type: str, since_on: date | None = None) -> None:
    """Why the patient is not of reproductive potential."""
    enrolling.record_reproductive_status(
        patient_id=patient.pk,
        proof_type=proof_type,
        since_on=since_on or _years_ago(5),
        actor=prescriber_user(patient),
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
    user = prescriber_user(hold.patient)
    changes.clear_hold(
        hold_id=hold.pk, reason="Examined.", actor=user, signature=sign(user, Role.PRESCRIBER)
    )


def a_survey(patient: Patient, completed_at: datetime | None = None) -> None:
    """The patient, or the guardian, completes the survey."""
    user = acting_user(patient)
    role = "guardian" if patient.accesses.filter(relation="guardian").exists() else "patient"
    surveying.record_survey(
        patient_id=patient.pk,
        answers={"understands_risk": "yes"},
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
    **more: Any,
) -> Prescription:
    """A prescription that the prescriber wrote in the portal two hours ago."""
    user = prescriber_user(patient)
    return prescribing.write_prescription(
        patient_id=patient.pk,
        product_id=the_store().product.pk,
        sig="Take one capsule by mouth once daily on days 1 to 21 of each 28-day cycle",
        days_supply=days_supply,
        quantity=quantity,
        written_at=written_at or ago(hours=2),
        actor=user,
        signature=sign(user, Role.PRESCRIBER),
        indication="multiple_myeloma",
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
        actor=prescriber_user(prescription.patient),
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
