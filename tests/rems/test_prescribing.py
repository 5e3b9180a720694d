"""Prescriptions, numbers, counseling, supplies, credentials and corrections."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from uuid6 import uuid7

from accounts.roles import Role
from rems import core
from rems.errors import EntryRefused, GuardRefused, NotAllowed, SignatureRefused
from rems.models import Patient, Prescription
from rems.services import counter, prescribing, supplies
from rems.services.verify import faults
from tests.builders import (
    PROGRAM,
    a_delegate,
    a_patient,
    a_prescriber,
    a_prescription,
    a_survey,
    a_technician,
    acting_user,
    ago,
    an_outside_supply,
    authorize,
    by_prescriber,
    clear_for,
    confirm,
    counsel,
    now,
    prescriber_user,
    sign,
    the_store,
)
from tests.cast import ana, carl
from tests.database import VirtualClock
from tests.rems.asking import denying, nothing_recorded

pytestmark = pytest.mark.django_db(transaction=True)

CHECKOUT = core.Gate.CHECKOUT


def transcribe(patient: Patient, **changed: object) -> Prescription:
    store, second = the_store(), a_technician()
    entry: dict[str, object] = {
        "patient_id": patient.pk,
        "product_id": store.product.pk,
        "channel": "fax",
        "sig": "One capsule daily",
        "days_supply": 28,
        "quantity": 21,
        "category": "MALE_ADULT",
        "written_at": ago(hours=2),
        "actor": store.user,
        "signature": sign(store.user, Role.PHARMACIST),
        "checker": second,
        "check_signature": sign(second, Role.TECHNICIAN, "I checked this transcription."),
        "image": ContentFile(b"the fax", name="fax.png"),
    }
    return prescribing.transcribe_prescription(**{**entry, **changed})  # type: ignore[arg-type]


def test_a_faxed_prescription_is_typed_by_one_and_checked_by_another() -> None:
    patient = a_patient()
    prescription = transcribe(patient)
    authorize(prescription)
    assert denying(patient, prescription, CHECKOUT) == ()
    signed = prescription.attestation
    assert signed is not None
    assert prescription.transcription_checked_by == a_technician()


@pytest.mark.parametrize("harm", ["changed", "removed", "none"])
def test_the_fax_itself_is_vouched_for_by_the_seal(harm: str) -> None:
    patient = a_patient()
    transcribe(patient, image=ContentFile(b"another fax", name="fax.png"))
    image = Path(transcribe(patient).image.path)
    if harm == "changed":
        image.write_bytes(b"28 capsules, not 21")
    elif harm == "removed":
        image.unlink()
    said = {"changed": ["the file was changed"], "removed": ["the file is missing"], "none": []}
    assert [fault.what for fault in faults()] == said[harm]


def test_a_scan_of_before_that_is_kept_under_its_row_s_key_is_no_fault(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    key = uuid7()
    monkeypatch.setattr(prescribing, "digest_of_file", lambda image: str(key))
    monkeypatch.setattr(Prescription._meta.pk, "_get_default", lambda: key)
    prescription = transcribe(a_patient())
    assert prescription.pk == key
    assert list(faults()) == []
    Path(prescription.image.path).unlink()
    assert [fault.what for fault in faults()] == ["the file is missing"]


def test_a_transcription_needs_a_second_person_and_the_image() -> None:
    patient = a_patient()
    pharmacist = the_store().user
    with nothing_recorded(), pytest.raises(NotAllowed):
        transcribe(patient, checker=pharmacist, check_signature=sign(pharmacist, "pharmacist"))
    outsider = acting_user(patient)
    with nothing_recorded(), pytest.raises(NotAllowed):
        transcribe(patient, checker=outsider, check_signature=sign(outsider, "technician"))
    with nothing_recorded(), pytest.raises(EntryRefused) as refusal:
        transcribe(patient, image=None)
    assert refusal.value.field == "image"
    with nothing_recorded(), pytest.raises(NotAllowed):
        transcribe(patient, actor=acting_user(patient))


@pytest.mark.parametrize("category", ["", "FRP"])
def test_the_category_on_a_faxed_prescription_is_typed_and_never_guessed(category: str) -> None:
    patient = a_patient()
    with nothing_recorded(), pytest.raises(EntryRefused) as refusal:
        transcribe(patient, category=category)
    assert refusal.value.field == "category"
    other = transcribe(patient, category="FRP_ADULT")
    authorize(other)
    assert "R06" in denying(patient, other, CHECKOUT)


def test_a_telephoned_prescription_is_kept_and_refused() -> None:
    patient = a_patient()
    prescription = transcribe(patient, channel="phone", image=None)
    authorize(prescription)
    assert denying(patient, prescription, CHECKOUT) == ("R12",)


@pytest.mark.parametrize(
    ("entry", "rule"),
    [
        ({"days_supply": 29, "quantity": 28}, "R10"),
        ({"refills_authorized": 1}, "R11"),
        ({"days_supply": 20, "quantity": 21}, "R46"),
        ({"category": "MALE_CHILD"}, "R06"),
    ],
)
def test_a_prescription_beyond_the_program_is_kept_and_refused_until_written_anew(
    entry: dict[str, object], rule: str
) -> None:
    patient = a_patient()
    wrong = a_prescription(patient, **entry)  # type: ignore[arg-type]
    authorize(wrong)
    assert rule in denying(patient, wrong)
    right = clear_for(patient)
    assert denying(patient, right.prescription) == ()


def test_only_the_treating_prescriber_prescribes() -> None:
    patient = a_patient()
    other = a_prescriber("Dr. Other Person").user
    assert other is not None
    for user in (a_delegate(patient.prescriber), other, the_store().user):
        with nothing_recorded(), pytest.raises(NotAllowed):
            prescribing.write_prescription(
                patient_id=patient.pk,
                product_id=the_store().product.pk,
                sig="One daily",
                days_supply=28,
                quantity=21,
                actor=user,
                signature=sign(user, Role.PRESCRIBER),
            )


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        ({"sig": " "}, "sig"),
        ({"days_supply": 0}, "days_supply"),
        ({"quantity": -1}, "quantity"),
        ({"category": "ADULT"}, "category"),
        ({"product_id": "of nothing"}, "product_id"),
    ],
)
def test_a_senseless_prescription_is_refused_beside_its_field(
    entry: dict[str, object], field: str
) -> None:
    patient = a_patient()
    user = prescriber_user(patient)
    if field == "product_id":
        entry = {"product_id": patient.pk}
    good: dict[str, object] = {
        "patient_id": patient.pk,
        "product_id": the_store().product.pk,
        "sig": "One daily",
        "days_supply": 28,
        "quantity": 21,
    }
    with nothing_recorded(), pytest.raises(EntryRefused) as refusal:
        prescribing.write_prescription(
            actor=user,
            signature=sign(user, Role.PRESCRIBER),
            **{**good, **entry},  # type: ignore[arg-type]
        )
    assert refusal.value.field == field


def test_an_authorization_number_belongs_to_one_prescription() -> None:
    cleared = carl("checkout")
    second = a_prescription(cleared.patient)
    with nothing_recorded(), pytest.raises(GuardRefused, match="another prescription"):
        authorize(second, cleared.authorization.number.lower())
    with nothing_recorded(), pytest.raises(GuardRefused, match="already has"):
        authorize(cleared.prescription, "A-OTHER")
    for number in ("", "  ", "A 1!", "Ä1"):
        with nothing_recorded(), pytest.raises(EntryRefused):
            prescribing.record_authorization(
                prescription_id=second.pk, number=number, **by_prescriber(cleared.patient)
            )


def test_a_number_is_signed_by_the_prescriber_or_by_the_pharmacist_who_copies_it() -> None:
    patient = a_patient()
    prescriber, pat = prescriber_user(patient), the_store().user
    for user, role in ((prescriber, Role.PRESCRIBER), (pat, Role.PHARMACIST)):
        prescription = a_prescription(patient)
        number = prescribing.record_authorization(
            prescription_id=prescription.pk,
            number=f"A-{role}",
            actor=user,
            signature=sign(user, role, "The program gave this number."),
        )
        signed = number.attestation
        assert signed is not None
        assert (signed.signer, signed.role) == (user, role)


def test_a_number_is_not_taken_on_the_word_of_a_delegate_or_under_another_s_signature() -> None:
    patient = a_patient()
    prescription = a_prescription(patient)
    prescriber, pat = prescriber_user(patient), the_store().user
    delegate, stranger = a_delegate(patient.prescriber), a_prescriber("Dr. Ines Roy").user
    assert stranger is not None
    for user, signature, refusal in (
        (delegate, sign(prescriber, Role.PRESCRIBER), NotAllowed),
        (stranger, sign(stranger, Role.PRESCRIBER), NotAllowed),
        (prescriber, sign(pat, Role.PHARMACIST), SignatureRefused),
        (pat, sign(pat, Role.PRESCRIBER), SignatureRefused),
    ):
        with nothing_recorded(), pytest.raises(refusal):
            prescribing.record_authorization(
                prescription_id=prescription.pk, number="A-1", actor=user, signature=signature
            )


def test_an_authorization_runs_out_and_a_new_prescription_has_a_new_one(
    clock: VirtualClock,
) -> None:
    cleared = carl()
    clock.shift(timedelta(days=31))
    assert denying(cleared.patient, cleared.prescription, CHECKOUT) == ("R15",)
    renewed = clear_for(cleared.patient)
    assert denying(renewed.patient, renewed.prescription) == ()


def test_anas_authorization_runs_out_a_week_after_her_test(clock: VirtualClock) -> None:
    cleared = ana()
    clock.shift(timedelta(days=8))
    assert denying(cleared.patient, cleared.prescription, CHECKOUT) == ("R14",)
    renewed = clear_for(cleared.patient)
    assert denying(renewed.patient, renewed.prescription) == ()


def test_only_a_pharmacist_confirms_and_counsels() -> None:
    cleared = carl("checkout")
    for user in (a_technician(), prescriber_user(cleared.patient), acting_user(cleared.patient)):
        with nothing_recorded(), pytest.raises(NotAllowed):
            counter.record_confirmation(
                prescription_id=cleared.prescription.pk,
                number="C1",
                source="portal",
                actor=user,
                signature=sign(user, Role.PHARMACIST),
            )
        with nothing_recorded(), pytest.raises(NotAllowed):
            counter.record_counseling(
                prescription_id=cleared.prescription.pk,
                checklist={},
                medication_guide_id=None,
                actor=user,
                signature=sign(user, Role.PHARMACIST),
            )


def test_confirmation_and_counseling_are_asked_for_one_by_one() -> None:
    cleared = carl("checkout")
    assert denying(cleared.patient, cleared.prescription) == ("R43", "R44", "R40")
    counsel(cleared.prescription, complete=False, with_guide=False)
    assert denying(cleared.patient, cleared.prescription) == ("R43", "R44", "R40")
    counsel(cleared.prescription)
    assert denying(cleared.patient, cleared.prescription) == ("R40",)
    confirm(cleared.prescription, obtained_at=ago(hours=25))
    assert denying(cleared.patient, cleared.prescription) == ("R41",)
    confirm(cleared.prescription, "C-NEW")
    assert denying(cleared.patient, cleared.prescription) == ()


def test_a_confirmation_is_for_one_prescription_and_never_from_the_future() -> None:
    cleared, other = carl(), a_prescription(a_patient(name="Hal Own"))
    number = cleared.prescription.confirmations.get().number
    with nothing_recorded(), pytest.raises(GuardRefused, match="another prescription"):
        confirm(other, number)
    with nothing_recorded(), pytest.raises(EntryRefused) as refusal:
        confirm(other, obtained_at=ago(minutes=-5))
    assert refusal.value.field == "obtained_at"


def test_eight_days_left_of_a_supply_from_elsewhere_are_one_too_many() -> None:
    cleared = carl()
    supply = an_outside_supply(cleared.patient, days_left=8, dispensed_at=ago(days=21))
    a_survey(cleared.patient)
    assert denying(cleared.patient, cleared.prescription) == ("R45",)
    user = the_store().user
    supplies.end_outside_supply(
        supply_id=supply.pk,
        cause="lost",
        note="Left on a train.",
        actor=user,
        signature=sign(user, Role.PHARMACIST),
    )
    assert denying(cleared.patient, cleared.prescription) == ()


def test_the_first_dose_is_told_by_those_who_know() -> None:
    patient = carl().patient
    user = the_store().user
    supply = supplies.record_outside_supply(
        patient_id=patient.pk,
        program_code=PROGRAM,
        days_supply=28,
        quantity=28,
        dispensed_at=ago(days=3),
        actor=user,
        signature=sign(user, Role.PHARMACIST),
    )
    today = timezone.localdate(now(), core.zone_named("America/New_York"))
    for wrong in (today + timedelta(days=1), today - timedelta(days=9)):
        with nothing_recorded(), pytest.raises(EntryRefused) as refusal:
            supplies.record_first_dose(
                supply_id=supply.pk, started_on=wrong, actor=acting_user(patient)
            )
        assert refusal.value.field == "started_on"
    with nothing_recorded(), pytest.raises(NotAllowed):
        supplies.record_first_dose(supply_id=supply.pk, started_on=today, actor=a_technician())
    supplies.record_first_dose(supply_id=supply.pk, started_on=today, actor=acting_user(patient))
    with nothing_recorded(), pytest.raises(GuardRefused):
        supplies.record_first_dose(
            supply_id=supply.pk, started_on=today, actor=acting_user(patient)
        )
