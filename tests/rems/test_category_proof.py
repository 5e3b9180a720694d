"""Why somebody cannot become pregnant (R08): the prescriber's word, signed; it ends the tests."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from rems.errors import DomainError, EntryRefused, NotAllowed, SignatureRefused
from rems.models import Patient, ReproductiveStatusProof
from rems.services import enrolling
from rems.services.corrections import correct_evidence
from rems.signatures import Signature
from tests.builders import Cleared, a_delegate, a_prescriber, now, prescriber_user, sign
from tests.cast import beth, pat
from tests.rems.asking import denying, nothing_recorded

pytestmark = pytest.mark.django_db(transaction=True)


def prove_today(patient: Patient, proof_type: str, **more: Any) -> ReproductiveStatusProof:
    user = prescriber_user(patient)
    signed = {"actor": user, "signature": sign(user, Role.PRESCRIBER)}
    asked = {"patient_id": patient.pk, "proof_type": proof_type, "since_on": date(2015, 5, 5)}
    return enrolling.record_reproductive_status(**{**asked, **signed, **more})


def beth_with_a_weak_proof() -> tuple[Cleared, ReproductiveStatusProof]:
    """Her prescriber wrote down what does not qualify."""
    cleared = beth()
    return cleared, prove_today(cleared.patient, "tubal_ligation")


@pytest.mark.parametrize("proof_type", ["tubal_ligation", "chemo_amenorrhoea", "other"])
def test_a_proof_that_does_not_qualify_is_kept_and_refused_until_one_qualifies(
    proof_type: str,
) -> None:
    cleared = beth()
    prove_today(cleared.patient, proof_type)
    assert denying(cleared.patient, cleared.prescription) == ("R08",)
    prove_today(cleared.patient, "hysterectomy")
    assert denying(cleared.patient, cleared.prescription) == ()


def test_a_proof_is_the_prescriber_s_own_word_freshly_signed() -> None:
    cleared, _ = beth_with_a_weak_proof()
    doctor, other = prescriber_user(cleared.patient), a_prescriber("Dr. Ada Else").user
    delegate = a_delegate(cleared.patient.prescriber)
    assert other is not None
    refused: list[tuple[type[DomainError], User, Signature]] = [
        (NotAllowed, delegate, sign(delegate, Role.DELEGATE)),
        (NotAllowed, pat().user, sign(pat().user, Role.PHARMACIST)),
        (NotAllowed, other, sign(other, Role.PRESCRIBER)),
        (SignatureRefused, doctor, sign(delegate, Role.PRESCRIBER)),
        (SignatureRefused, doctor, sign(doctor, Role.PRESCRIBER, age=timedelta(hours=1))),
    ]
    for error, actor, signature in refused:
        with nothing_recorded(), pytest.raises(error):
            prove_today(cleared.patient, "hysterectomy", actor=actor, signature=signature)
    assert denying(cleared.patient, cleared.prescription) == ("R08",)

    row = prove_today(cleared.patient, "hysterectomy")
    assert row.attestation is not None
    assert (row.attestation.signer, row.attestation.role) == (doctor, "prescriber")
    assert denying(cleared.patient, cleared.prescription) == ()


def test_a_proof_is_taken_back_by_the_prescriber_alone_signed() -> None:
    """Else a delegate could bring an older proof back to life."""
    cleared, row = beth_with_a_weak_proof()
    doctor, delegate = prescriber_user(cleared.patient), a_delegate(cleared.patient.prescriber)
    taken_back: dict[str, Any] = {"row": row, "replacement": None, "reason": "Misread."}
    refused: list[tuple[type[DomainError], User, Signature | None]] = [
        (NotAllowed, delegate, sign(delegate, Role.DELEGATE)),
        (DomainError, doctor, None),
    ]
    for error, actor, signature in refused:
        with nothing_recorded(), pytest.raises(error):
            correct_evidence(**taken_back, actor=actor, signature=signature)
    assert denying(cleared.patient, cleared.prescription) == ("R08",)
    correct_evidence(**taken_back, actor=doctor, signature=sign(doctor, Role.PRESCRIBER))
    assert denying(cleared.patient, cleared.prescription) == ()


def test_a_proof_from_the_future_is_refused() -> None:
    patient = beth().patient
    for since_on in (timezone.localdate(now()) + timedelta(days=1), date(1776, 7, 4)):
        with nothing_recorded(), pytest.raises(EntryRefused) as refusal:
            prove_today(patient, "hysterectomy", since_on=since_on)
        assert refusal.value.field == "since_on"
