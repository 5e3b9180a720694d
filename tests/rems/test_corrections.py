"""Credentials that end, and entries that were wrong: superseded, never overwritten."""

from datetime import timedelta

import pytest

from accounts.roles import Role
from rems import core
from rems.errors import DomainError, EntryRefused, NotAllowed
from rems.models import Authorization, Hold, PregnancyTest, PrescriberCertification, StateLicence
from rems.selectors import current, open_holds, open_prescriptions
from rems.services import corrections, credentials
from tests.builders import (
    PROGRAM,
    Cleared,
    a_patient,
    a_pharmacist,
    a_positive_test,
    a_prescriber,
    a_technician,
    a_test,
    ago,
    now,
    prescriber_user,
    sign,
    the_store,
)
from tests.cast import ana, carl
from tests.rems.asking import denying, nothing_recorded

pytestmark = pytest.mark.django_db(transaction=True)

CHECKOUT = core.Gate.CHECKOUT


# Credentials ------------------------------------------------------------------------------------


def test_a_revoked_certification_refuses_until_there_is_a_new_one() -> None:
    cleared = carl()
    user = the_store().user
    signature = sign(user, Role.PHARMACIST)
    certification = cleared.patient.prescriber.certifications.get()
    credentials.revoke_credential(
        credential=certification, reason="Withdrew.", actor=user, signature=signature
    )
    assert denying(cleared.patient, cleared.prescription) == ("R01",)
    with pytest.raises(DomainError, match="already ended"):
        credentials.revoke_credential(
            credential=certification, reason="Again.", actor=user, signature=signature
        )
    credentials.record_prescriber_certification(
        prescriber_id=cleared.patient.prescriber_id,
        program_code=PROGRAM,
        proof="New letter",
        actor=user,
        signature=signature,
    )
    assert denying(cleared.patient, cleared.prescription) == ()


def test_each_credential_of_the_store_is_asked_for() -> None:
    cleared = carl()
    store = the_store()
    signature = sign(store.user, Role.PHARMACIST)
    for credential, rule in (
        (store.pharmacy.certifications.get(), "R02"),
        (store.pharmacist.trainings.get(), "R05"),
        (StateLicence.objects.get(), "R53"),
    ):
        credentials.revoke_credential(
            credential=credential, reason="Lapsed.", actor=store.user, signature=signature
        )
        assert rule in denying(cleared.patient, cleared.prescription)
    assert denying(cleared.patient, cleared.prescription) == ("R02", "R53", "R05")


def test_only_a_pharmacist_records_a_credential() -> None:
    prescriber = a_prescriber(certified=False)
    for user in (a_technician(), prescriber.user):
        assert user is not None
        with nothing_recorded(), pytest.raises(NotAllowed):
            credentials.record_prescriber_certification(
                prescriber_id=prescriber.pk,
                program_code=PROGRAM,
                proof="Letter",
                actor=user,
                signature=sign(user, Role.PHARMACIST),
            )
    pharmacist = a_pharmacist().user
    with nothing_recorded(), pytest.raises(EntryRefused) as refusal:
        credentials.record_prescriber_certification(
            prescriber_id=prescriber.pk,
            program_code=PROGRAM,
            proof="Letter",
            valid_until=ago(days=1),
            actor=pharmacist,
            signature=sign(pharmacist, Role.PHARMACIST),
        )
    assert refusal.value.field == "valid_until"


# Corrections ------------------------------------------------------------------------------------


def test_a_wrong_result_is_corrected_and_both_rows_stay() -> None:
    cleared = ana()
    doctor = prescriber_user(cleared.patient)
    wrong = a_test(cleared.patient, ago(minutes=20))
    corrections.correct_evidence(
        row=wrong,
        replacement=PregnancyTest(result="pos", detection_limit=25, occurred_at=wrong.occurred_at),
        reason="Read wrongly.",
        actor=doctor,
        signature=sign(doctor, Role.PRESCRIBER),
    )
    assert PregnancyTest.objects.filter(patient=cleared.patient).count() == 4
    assert current(PregnancyTest).filter(patient=cleared.patient, result="pos").count() == 1
    assert open_holds(cleared.patient.pk).get().hold_type == "positive_test"
    assert "R23" in denying(cleared.patient, cleared.prescription, CHECKOUT)


def test_a_positive_test_entered_in_error_is_taken_back_by_the_prescriber_alone() -> None:
    cleared = ana()
    doctor, pharmacist = prescriber_user(cleared.patient), the_store().user
    wrong = a_positive_test(cleared.patient, ago(minutes=20))
    with nothing_recorded(), pytest.raises(NotAllowed):
        _take_back(wrong, pharmacist)
    with nothing_recorded(), pytest.raises(DomainError, match="has to be signed"):
        corrections.correct_evidence(
            row=wrong, replacement=None, reason="Another patient's.", actor=doctor
        )
    with nothing_recorded(), pytest.raises(DomainError, match="Take the test back first"):
        _take_back(Hold.objects.get(), doctor)
    _take_back(wrong, doctor)
    assert "R23" in denying(cleared.patient, cleared.prescription), "the hold is still open"
    _take_back(Hold.objects.get(), doctor)
    assert denying(cleared.patient, cleared.prescription) == ()
    with nothing_recorded(), pytest.raises(DomainError, match="corrected before"):
        _take_back(wrong, doctor)


def _take_back(row: object, user: object) -> None:
    role = Role.PRESCRIBER
    corrections.correct_evidence(
        row=row,  # type: ignore[type-var]
        replacement=None,
        reason="Another patient's.",
        actor=user,  # type: ignore[arg-type]
        signature=sign(user, role),  # type: ignore[arg-type]
    )


def test_a_correction_cannot_move_a_row_to_another_patient_or_into_the_future() -> None:
    cleared, other = carl("checkout"), a_patient(name="Hal Own")
    user = prescriber_user(cleared.patient)
    row = cleared.authorization
    moved = corrections.correct_evidence(
        row=row,
        replacement=Authorization(patient=other, number="A-RIGHT", occurred_at=row.occurred_at),
        reason="Typed wrongly.",
        actor=user,
        signature=sign(user, Role.PRESCRIBER),
    )
    assert moved.patient_id == cleared.patient.pk
    assert moved.prescription_id == cleared.prescription.pk
    with nothing_recorded(), pytest.raises(EntryRefused):
        corrections.correct_evidence(
            row=moved,
            replacement=Authorization(number="A-3", occurred_at=ago(hours=-1)),
            reason="Typed wrongly.",
            actor=user,
            signature=sign(user, Role.PRESCRIBER),
        )


def test_what_is_ours_to_dispense_or_whose_enrolment_it_is_is_not_corrected_here() -> None:
    from rems.selectors import active_enrollment

    cleared: Cleared = carl("checkout")
    enrollment = active_enrollment(cleared.patient.pk)
    assert enrollment is not None
    with nothing_recorded(), pytest.raises(DomainError, match="cannot be corrected here"):
        _take_back(enrollment, prescriber_user(cleared.patient))


def test_a_withdrawn_prescription_is_no_prescription() -> None:
    cleared = carl("checkout")
    _take_back(cleared.prescription, prescriber_user(cleared.patient))
    assert not open_prescriptions(cleared.patient.pk).exists()
    assert "R13" in denying(cleared.patient, cleared.prescription, CHECKOUT)


def test_a_revocation_ends_every_row_of_the_same_credential_also_one_that_begins_later() -> None:
    """A renewal recorded beside the first letter must not outlive a decertification."""
    cleared = carl()
    prescriber, user = cleared.patient.prescriber, the_store().user
    by_pat = {"actor": user, "signature": sign(user, Role.PHARMACIST)}
    first = prescriber.certifications.get()
    for begins in (ago(days=1), now() + timedelta(days=9)):
        credentials.record_prescriber_certification(
            prescriber_id=prescriber.pk,
            program_code=PROGRAM,
            proof="Renewal letter",
            valid_from=begins,
            **by_pat,
        )
    credentials.revoke_credential(credential=first, reason="Decertified.", **by_pat)

    assert denying(cleared.patient, cleared.prescription) == ("R01",)
    standing = current(PrescriberCertification).filter(prescriber=prescriber)
    assert standing.count() == 3
    assert not standing.exclude(valid_until__lte=now()).exists()
    assert all(row.attestation is not None for row in standing)


def test_a_licence_for_another_state_outlives_the_one_that_was_revoked() -> None:
    store = the_store()
    by_pat = {"actor": store.user, "signature": sign(store.user, Role.PHARMACIST)}
    credentials.record_state_licence(
        pharmacy_id=store.pharmacy.pk, state="NJ", proof="Board", **by_pat
    )
    credentials.revoke_credential(
        credential=StateLicence.objects.get(state="NY"), reason="Lapsed.", **by_pat
    )
    in_force = current(StateLicence).filter(valid_until__isnull=True)
    assert [row.state for row in in_force] == ["NJ"]
