"""Category, agreement form, enrolment, stop, restart, and who acts for whom."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.roles import Role
from rems import core
from rems.errors import DomainError, EntryRefused, NotAllowed, SignatureRefused
from rems.models import EnrollmentEnd, PatientAccess
from rems.selectors import (
    active_enrollment,
    category_of,
)
from rems.services import enrolling, registration
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
from tests.cast import beth, carl
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


def test_an_overdue_survey_refuses_the_second_fill_until_it_is_done() -> None:
    cleared = carl()
    an_outside_supply(cleared.patient, days_left=2)
    assert "R30" in denying(cleared.patient, cleared.prescription, CHECKOUT)
    a_survey(cleared.patient)
    assert "R30" not in denying(cleared.patient, cleared.prescription, CHECKOUT)


def test_who_is_seventeen_signs_no_form_for_adults_though_tomorrow_is_the_birthday(
    clock: VirtualClock,
) -> None:
    soon = timezone.localdate(now()) + timedelta(days=10)
    patient = a_patient(
        "MALE_CHILD", "Dan Cole", born_on=date(soon.year - 18, soon.month, min(soon.day, 28))
    )
    birthday = PatientAccess.objects.get(patient=patient).ends_at
    assert birthday is not None
    login = a_user(Role.PATIENT, "Dan Cole")
    registration.grant_access(
        patient_id=patient.pk, user=login, relation="self", actor=the_store().user
    )
    clock.set(birthday - timedelta(minutes=1))
    assign(patient, "MALE_ADULT", reason="Turns 18.")
    form = enrolling.start_agreement_form(
        patient_id=patient.pk, program_code=PROGRAM, actor=prescriber_user(patient)
    )
    own = {"form_id": form.pk, "role": "patient", "actor": login}
    with nothing_recorded(), pytest.raises(EntryRefused, match="Until the 18th birthday"):
        enrolling.sign_agreement_form(**own, signature=sign(login, "patient"))
    clock.set(birthday)
    with nothing_recorded(), pytest.raises(EntryRefused, match="Until the 18th birthday"):
        enrolling.sign_agreement_form(
            **own, signature=sign(login, "patient"), signed_at=birthday - timedelta(seconds=1)
        )
    enrolling.sign_agreement_form(**own, signature=sign(login, "patient"))


def test_dana_turns_eighteen_and_goes_on_as_an_adult(clock: VirtualClock) -> None:
    soon = timezone.localdate(now()) + timedelta(days=10)
    patient = a_patient(
        "FRP_CHILD", "Dana Cole", born_on=date(soon.year - 18, soon.month, min(soon.day, 28))
    )
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
