"""Category, agreement form, enrolment, stop, restart, and who acts for whom."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.roles import Role
from rems import core
from rems.errors import DomainError, EntryRefused, NotAllowed, SignatureRefused
from rems.models import AgreementForm, EnrollmentEnd, PatientAccess
from rems.selectors import (
    access_of,
    active_enrollment,
    category_of,
    own_patients,
    patients_acted_for,
    readable_patients,
)
from rems.services import enrolling, registration, surveying
from tests.builders import (
    PROGRAM,
    a_delegate,
    a_patient,
    a_prescriber,
    a_prescription,
    a_survey,
    a_user,
    acting_user,
    ago,
    an_auditor,
    an_outside_supply,
    assign,
    authorize,
    confirm,
    counsel,
    enroll,
    now,
    prescriber_user,
    prove,
    sign,
    the_store,
)
from tests.cast import ana, beth, carl, dana, ella
from tests.database import VirtualClock
from tests.rems.asking import denying, nothing_recorded

pytestmark = pytest.mark.django_db(transaction=True)

CHECKOUT = core.Gate.CHECKOUT


def test_a_change_of_category_ends_the_enrolment_and_needs_a_form_and_a_prescription() -> None:
    cleared = beth()
    assign(cleared.patient, "FRP_ADULT", reason="Bleeding was a period.")
    end = EnrollmentEnd.objects.get(patient=cleared.patient)
    assert end.cause == "replaced"
    assert {"R03", "R06"} <= set(denying(cleared.patient, cleared.prescription, CHECKOUT))
    enroll(cleared.patient)
    rules = denying(cleared.patient, cleared.prescription, CHECKOUT)
    assert "R03" in rules, "the form is later than the prescription"
    assert "R06" in rules


def test_a_new_form_and_a_new_prescription_cure_a_change_of_category() -> None:
    cleared = carl()
    assign(cleared.patient, "FNRP_ADULT", reason="Misclassified.")
    prove(cleared.patient, "hysterectomy")
    enroll(cleared.patient)
    prescription = a_prescription(cleared.patient, written_at=now())
    authorize(prescription, issued_at=now())
    counsel(prescription)
    confirm(prescription)
    assert denying(cleared.patient, prescription) == ()


def test_the_category_is_the_prescribers_alone() -> None:
    patient = carl().patient
    doctor, other = prescriber_user(patient), a_prescriber("Dr. Other Person").user
    assert other is not None
    for user in (a_delegate(patient.prescriber), the_store().user, acting_user(patient), other):
        with nothing_recorded(), pytest.raises(NotAllowed):
            enrolling.assign_category(
                patient_id=patient.pk,
                category="FNRP_ADULT",
                reason="Because.",
                actor=user,
                signature=sign(user, Role.PRESCRIBER),
            )
    with nothing_recorded(), pytest.raises(SignatureRefused):
        enrolling.assign_category(
            patient_id=patient.pk,
            category="FNRP_ADULT",
            reason="Because.",
            actor=doctor,
            signature=sign(other, Role.PRESCRIBER),
        )


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        ({"category": "ADULT"}, "category"),
        ({"category": "MALE_ADULT"}, "category"),
        ({"reason": " "}, "reason"),
        ({"assigned_at": "a year ago"}, "assigned_at"),
        ({"assigned_at": "tomorrow"}, "assigned_at"),
    ],
)
def test_a_senseless_change_of_category_is_refused(entry: dict[str, str], field: str) -> None:
    patient = carl().patient
    times = {"a year ago": ago(days=365), "tomorrow": ago(days=-1)}
    good = {"category": "FNRP_ADULT", "reason": "Misclassified."}
    with nothing_recorded(), pytest.raises(EntryRefused) as refusal:
        assign(patient, **{**good, **{k: times.get(v, v) for k, v in entry.items()}})  # type: ignore[arg-type]
    assert refusal.value.field == field


def test_enrolment_begins_with_the_last_signature_that_the_category_wants() -> None:
    patient = a_patient("MALE_ADULT", enrolled=False)
    doctor, user = prescriber_user(patient), acting_user(patient)
    form = enrolling.start_agreement_form(
        patient_id=patient.pk, program_code=PROGRAM, actor=a_delegate(patient.prescriber)
    )
    enrolling.sign_agreement_form(
        form_id=form.pk, role="patient", actor=user, signature=sign(user, "patient")
    )
    assert active_enrollment(patient.pk) is None
    enrolling.sign_agreement_form(
        form_id=form.pk, role="prescriber", actor=doctor, signature=sign(doctor, "prescriber")
    )
    assert active_enrollment(patient.pk) is not None


def test_a_second_form_waits_until_the_first_is_signed() -> None:
    patient = a_patient("MALE_ADULT", enrolled=False)
    doctor = prescriber_user(patient)
    enrolling.start_agreement_form(patient_id=patient.pk, program_code=PROGRAM, actor=doctor)
    with nothing_recorded(), pytest.raises(DomainError, match="already waiting"):
        enrolling.start_agreement_form(patient_id=patient.pk, program_code=PROGRAM, actor=doctor)


def test_nobody_signs_in_a_role_that_is_not_theirs() -> None:
    patient = a_patient("FRP_CHILD", "Dana Cole", enrolled=False)
    doctor, guardian = prescriber_user(patient), acting_user(patient)
    form = enrolling.start_agreement_form(patient_id=patient.pk, program_code=PROGRAM, actor=doctor)
    stranger = a_user(Role.PATIENT, "Some Stranger")
    for user, role in (
        (guardian, "patient"),
        (guardian, "prescriber"),
        (doctor, "guardian"),
        (stranger, "guardian"),
        (a_delegate(patient.prescriber), "prescriber"),
    ):
        with nothing_recorded(), pytest.raises(DomainError):
            enrolling.sign_agreement_form(
                form_id=form.pk, role=role, actor=user, signature=sign(user, role)
            )
    with nothing_recorded(), pytest.raises(EntryRefused):
        enrolling.sign_agreement_form(
            form_id=form.pk,
            role="guardian",
            actor=guardian,
            signature=sign(guardian, "guardian"),
            signed_at=ago(days=1),
        )


def test_a_form_for_a_category_that_is_over_cannot_be_signed() -> None:
    patient = a_patient("MALE_ADULT", enrolled=False)
    doctor = prescriber_user(patient)
    form = enrolling.start_agreement_form(patient_id=patient.pk, program_code=PROGRAM, actor=doctor)
    assign(patient, "FNRP_ADULT", reason="Misclassified.")
    with nothing_recorded(), pytest.raises(DomainError, match="has changed since"):
        enrolling.sign_agreement_form(
            form_id=form.pk, role="prescriber", actor=doctor, signature=sign(doctor, "prescriber")
        )


def test_without_a_category_there_is_no_form() -> None:
    patient = a_patient(None)
    with nothing_recorded(), pytest.raises(DomainError, match="choose the risk category first"):
        enrolling.start_agreement_form(
            patient_id=patient.pk, program_code=PROGRAM, actor=prescriber_user(patient)
        )
    assert category_of(patient.pk) is None


@pytest.mark.parametrize("proof_type", ["tubal_ligation", "chemo_amenorrhoea", "other"])
def test_a_proof_that_does_not_qualify_is_kept_and_refused_until_one_qualifies(
    proof_type: str,
) -> None:
    cleared = beth()
    prove_today(cleared.patient, proof_type)
    assert denying(cleared.patient, cleared.prescription) == ("R08",)
    prove_today(cleared.patient, "hysterectomy")
    assert denying(cleared.patient, cleared.prescription) == ()


def prove_today(patient: object, proof_type: str) -> None:
    enrolling.record_reproductive_status(
        patient_id=patient.pk,  # type: ignore[attr-defined]
        proof_type=proof_type,
        since_on=date(2015, 5, 5),
        actor=prescriber_user(patient),  # type: ignore[arg-type]
    )


def test_a_proof_from_the_future_is_refused() -> None:
    patient = beth().patient
    for since_on in (timezone.localdate(now()) + timedelta(days=1), date(1776, 7, 4)):
        with nothing_recorded(), pytest.raises(EntryRefused) as refusal:
            enrolling.record_reproductive_status(
                patient_id=patient.pk,
                proof_type="hysterectomy",
                since_on=since_on,
                actor=prescriber_user(patient),
            )
        assert refusal.value.field == "since_on"


def test_treatment_stops_and_restarts_under_the_same_form_within_a_year() -> None:
    cleared = carl()
    doctor = prescriber_user(cleared.patient)
    enrolling.discontinue_treatment(
        patient_id=cleared.patient.pk, reason="Side effects.", actor=doctor
    )
    assert "R03" in denying(cleared.patient, cleared.prescription, CHECKOUT)
    with nothing_recorded(), pytest.raises(DomainError, match="not enrolled"):
        enrolling.discontinue_treatment(
            patient_id=cleared.patient.pk, reason="Again.", actor=doctor
        )
    enrolling.restart_treatment(patient_id=cleared.patient.pk, actor=doctor)
    assert denying(cleared.patient, cleared.prescription) == ()
    with nothing_recorded(), pytest.raises(DomainError, match="is enrolled"):
        enrolling.restart_treatment(patient_id=cleared.patient.pk, actor=doctor)


def test_after_a_stop_of_twelve_months_a_new_form_is_needed(clock: VirtualClock) -> None:
    cleared = carl()
    doctor = prescriber_user(cleared.patient)
    enrolling.discontinue_treatment(
        patient_id=cleared.patient.pk, reason="Side effects.", actor=doctor
    )
    clock.shift(timedelta(days=367))
    with nothing_recorded(), pytest.raises(DomainError, match="too long ago"):
        enrolling.restart_treatment(patient_id=cleared.patient.pk, actor=doctor)
    assert "R04" in denying(cleared.patient, cleared.prescription, CHECKOUT)
    enroll(cleared.patient)
    assert not {"R03", "R04"} & set(
        denying(cleared.patient, a_prescription(cleared.patient, written_at=now()), CHECKOUT)
    )


def test_a_replaced_enrolment_is_not_restarted() -> None:
    cleared = beth()
    assign(cleared.patient, "FRP_ADULT", reason="Bleeding was a period.")
    with nothing_recorded(), pytest.raises(DomainError, match="was not stopped"):
        enrolling.restart_treatment(
            patient_id=cleared.patient.pk, actor=prescriber_user(cleared.patient)
        )


def test_a_guardian_acts_until_the_eighteenth_birthday_begins(clock: VirtualClock) -> None:
    patient = ella("checkout").patient
    access = PatientAccess.objects.get(patient=patient)
    local_end = access.ends_at.astimezone(core.zone_named("America/New_York"))  # type: ignore[union-attr]
    assert (local_end.month, local_end.day) == (patient.born_on.month, patient.born_on.day)
    assert local_end.year == patient.born_on.year + 18
    assert (local_end.hour, local_end.minute) == (0, 0)
    clock.set(access.ends_at - timedelta(seconds=1))  # type: ignore[operator]
    assert list(patients_acted_for(access.user)) == [patient]
    clock.tick(1)
    assert list(patients_acted_for(access.user)) == []
    assert access_of(access.user, patient.pk, now()) is None
    with nothing_recorded(), pytest.raises(NotAllowed):
        a_survey(patient)


def test_an_adult_gets_no_guardian() -> None:
    patient = carl().patient
    with nothing_recorded(), pytest.raises(EntryRefused):
        registration.grant_access(
            patient_id=patient.pk,
            user=a_user(Role.PATIENT, "Some Parent"),
            relation="guardian",
            actor=the_store().user,
        )


def test_access_is_granted_and_ended_by_a_pharmacist_alone() -> None:
    patient = carl().patient
    helper = a_user(Role.PATIENT, "Second Login")
    with nothing_recorded(), pytest.raises(NotAllowed):
        registration.grant_access(
            patient_id=patient.pk, user=helper, relation="self", actor=acting_user(patient)
        )
    access = registration.grant_access(
        patient_id=patient.pk, user=helper, relation="self", actor=the_store().user
    )
    assert patient in patients_acted_for(helper)
    with pytest.raises(NotAllowed):
        registration.end_access(access_id=access.pk, actor=helper)
    registration.end_access(access_id=access.pk, actor=the_store().user)
    assert list(patients_acted_for(helper)) == []


def test_the_survey_is_the_patients_or_for_a_child_the_guardians() -> None:
    girl = dana("checkout").patient
    own_login = a_user(Role.PATIENT, "Dana Cole")
    registration.grant_access(
        patient_id=girl.pk, user=own_login, relation="self", actor=the_store().user
    )
    for user, role in ((own_login, "patient"), (prescriber_user(girl), "guardian")):
        with nothing_recorded(), pytest.raises(NotAllowed):
            surveying.record_survey(
                patient_id=girl.pk, answers={}, actor=user, signature=sign(user, role)
            )
    a_survey(girl)


def test_an_overdue_survey_refuses_the_second_fill_until_it_is_done() -> None:
    cleared = carl()
    an_outside_supply(cleared.patient, days_left=2)
    assert "R30" in denying(cleared.patient, cleared.prescription, CHECKOUT)
    a_survey(cleared.patient)
    assert "R30" not in denying(cleared.patient, cleared.prescription, CHECKOUT)


def test_each_reader_reads_their_own_patients() -> None:
    mine, other = carl().patient, a_prescriber("Dr. Other Person")
    theirs = a_patient(name="Hal Own", prescriber=other)
    delegate = a_delegate(mine.prescriber)
    assert other.user is not None
    for reader in (prescriber_user(mine), delegate):
        assert list(own_patients(reader)) == [mine]
        assert list(readable_patients(reader)) == [mine]
    assert list(readable_patients(other.user)) == [theirs]
    assert list(readable_patients(acting_user(mine))) == [mine]
    assert set(readable_patients(an_auditor())) == {mine, theirs}
    assert not readable_patients(a_user(Role.EDITOR, "Edna Marsh")).exists()


def test_a_prescriber_who_hands_the_patient_on_loses_the_record() -> None:
    patient = ana("checkout").patient
    before = prescriber_user(patient)
    patient.prescriber = a_prescriber("Dr. Other Person")
    patient.save(update_fields=["prescriber"])
    assert not own_patients(before).exists()
    with nothing_recorded(), pytest.raises(NotAllowed):
        enrolling.start_agreement_form(patient_id=patient.pk, program_code=PROGRAM, actor=before)
    assert AgreementForm.objects.filter(patient=patient).count() == 1


def test_a_patient_is_brought_in_by_the_office_or_a_pharmacist() -> None:
    prescriber = a_prescriber()
    details = {
        "name": "New Person",
        "born_on": date(1980, 2, 29),
        "phone": "+12125550133",
        "street": "1 Oak Street",
        "city": "Albany",
        "state": "NY",
        "zip_code": "12207",
        "prescriber": prescriber,
    }
    other = a_prescriber("Dr. Other Person").user
    with pytest.raises(NotAllowed):
        registration.register_patient(**details, actor=other)  # type: ignore[arg-type]
    with pytest.raises(EntryRefused):
        registration.register_patient(
            **{**details, "born_on": date(2999, 1, 1)},  # type: ignore[arg-type]
            actor=the_store().user,
        )
    patient = registration.register_patient(**details, actor=the_store().user)  # type: ignore[arg-type]
    assert patient.number


@pytest.mark.parametrize("npi", ["1234567893", "1245319599"])
def test_a_right_npi_is_known(npi: str) -> None:
    assert registration.is_npi(npi)


@pytest.mark.parametrize("npi", ["1234567890", "123456789", "12345678933", "123456789x", ""])
def test_a_wrong_npi_is_known(npi: str) -> None:
    assert not registration.is_npi(npi)


def test_dana_turns_eighteen_and_goes_on_as_an_adult(clock: VirtualClock) -> None:
    soon = timezone.localdate(now()) + timedelta(days=10)
    patient = a_patient("FRP_CHILD", "Dana Cole", born_on=soon.replace(year=soon.year - 18))
    birthday = PatientAccess.objects.get(patient=patient).ends_at
    assert birthday is not None
    clock.set(birthday + timedelta(hours=12))
    rules = denying(patient, a_prescription(patient), CHECKOUT)
    assert "R09" in rules
    login = a_user(Role.PATIENT, "Dana Cole")
    registration.grant_access(
        patient_id=patient.pk, user=login, relation="self", actor=the_store().user
    )
    assign(patient, "FRP_ADULT", reason="Turned 18.")
    form = enrolling.start_agreement_form(
        patient_id=patient.pk, program_code=PROGRAM, actor=prescriber_user(patient)
    )
    for user, role in ((prescriber_user(patient), "prescriber"), (login, "patient")):
        enrolling.sign_agreement_form(
            form_id=form.pk, role=role, actor=user, signature=sign(user, role)
        )
    assert not {"R03", "R06", "R09"} & set(
        denying(patient, a_prescription(patient, written_at=now()), CHECKOUT)
    )
