"""A category that was changed and changed back wants a form of its own."""

import pytest

from rems import core
from rems.errors import DomainError, EntryRefused
from rems.models import AgreementForm, CategoryAssignment, Patient
from rems.selectors import forms_awaiting_signature
from rems.services import enrolling
from rems.services.corrections import correct_evidence
from tests.builders import (
    PROGRAM,
    a_patient,
    acting_user,
    ago,
    assign,
    enroll,
    prescriber_user,
    sign,
)
from tests.cast import ana
from tests.rems.asking import denying, nothing_recorded

pytestmark = pytest.mark.django_db(transaction=True)


def change_and_change_back(patient: Patient) -> None:
    assign(patient, "FNRP_ADULT", reason="Taken for menopause.")
    assign(patient, "FRP_ADULT", reason="It was not menopause.")


def test_a_form_half_signed_before_the_change_is_not_signed_to_its_end_after_it() -> None:
    patient = a_patient("FRP_ADULT", "Ana Ruiz", enrolled=False)
    doctor, user = prescriber_user(patient), acting_user(patient)
    form = enrolling.start_agreement_form(patient_id=patient.pk, program_code=PROGRAM, actor=doctor)
    _sign(form, "prescriber", doctor)
    change_and_change_back(patient)
    with nothing_recorded(), pytest.raises(DomainError, match="Start a new form"):
        _sign(form, "patient", user)
    assert not forms_awaiting_signature(patient.pk).exists()
    enroll(patient)
    assert "R03" not in denying(patient, None, core.Gate.CHECKOUT)


def _sign(form: AgreementForm, role: str, user: object) -> None:
    enrolling.sign_agreement_form(
        form_id=form.pk,
        role=role,
        actor=user,  # type: ignore[arg-type]
        signature=sign(user, role),  # type: ignore[arg-type]
    )


def test_a_treatment_that_stopped_before_the_change_does_not_go_on_under_the_old_form() -> None:
    patient = a_patient("FRP_ADULT", "Ana Ruiz")
    doctor = prescriber_user(patient)
    enrolling.discontinue_treatment(patient_id=patient.pk, reason="A trip.", actor=doctor)
    change_and_change_back(patient)
    with nothing_recorded(), pytest.raises(DomainError, match="Start a new form"):
        enrolling.restart_treatment(patient_id=patient.pk, actor=doctor)


def test_the_new_form_is_not_dated_back_to_before_the_old_prescription() -> None:
    cleared = ana()
    change_and_change_back(cleared.patient)
    with nothing_recorded(), pytest.raises(EntryRefused) as refusal:
        enroll(cleared.patient, signed_at=ago(days=1))
    assert refusal.value.field == "started_at"
    enroll(cleared.patient)
    assert "R03" in denying(cleared.patient, cleared.prescription, core.Gate.CHECKOUT)


def test_a_category_that_was_taken_back_and_changed_ends_the_enrolment_as_a_change_does() -> None:
    cleared = ana()
    take_back_category(cleared.patient)
    assign(cleared.patient, "FNRP_ADULT")
    take_back_category(cleared.patient)
    assign(cleared.patient, "FRP_ADULT")
    assert "R03" in denying(cleared.patient, cleared.prescription, core.Gate.CHECKOUT)
    enroll(cleared.patient)
    assert "R03" not in denying(cleared.patient, None, core.Gate.CHECKOUT)


def test_a_slip_that_is_put_right_within_the_category_wants_no_new_form() -> None:
    cleared = ana()
    take_back_category(cleared.patient)
    assert "R03" in denying(cleared.patient, cleared.prescription, core.Gate.CHECKOUT)
    assign(cleared.patient, "FRP_ADULT")
    assert denying(cleared.patient, cleared.prescription, core.Gate.CHECKOUT) == ()


def take_back_category(patient: Patient) -> None:
    rows = CategoryAssignment.objects.filter(patient=patient, retracts=False)
    doctor = prescriber_user(patient)
    correct_evidence(
        row=rows.latest("recorded_at"),
        replacement=None,
        reason="Entered for somebody else.",
        actor=doctor,
        signature=sign(doctor, "prescriber"),
    )
