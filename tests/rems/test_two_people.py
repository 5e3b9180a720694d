"""An agreement is between two people: nobody signs a form as prescriber and as patient."""

import pytest

from accounts.models import User
from accounts.roles import Role
from accounts.services import grant_role
from rems.errors import NotAllowed
from rems.models import AgreementForm, AgreementSignature, Patient
from rems.services import enrolling, registration
from tests import builders as b
from tests.rems.asking import nothing_recorded

pytestmark = pytest.mark.django_db(transaction=True)


def sign(form: AgreementForm, user: User, role: str) -> None:
    enrolling.sign_agreement_form(
        form_id=form.pk, role=role, actor=user, signature=b.sign(user, role)
    )


def a_doctor_who_is_also(relation: str, category: str) -> tuple[User, AgreementForm]:
    """Dr. Okafor treats a patient for whom the doctor's own account also acts."""
    patient: Patient = b.a_patient(category, "Kit Okafor", enrolled=False)
    doctor = b.prescriber_user(patient)
    grant_role(doctor, Role.PATIENT)
    registration.end_access(access_id=patient.accesses.get().pk, actor=b.the_store().user)
    registration.grant_access(
        patient_id=patient.pk, user=doctor, relation=relation, actor=b.the_store().user
    )
    form = enrolling.start_agreement_form(
        patient_id=patient.pk, program_code=b.PROGRAM, actor=doctor
    )
    return doctor, form


@pytest.mark.parametrize(
    ("relation", "category", "other"),
    [("self", "MALE_ADULT", "patient"), ("guardian", "MALE_CHILD", "guardian")],
)
@pytest.mark.parametrize("prescriber_first", [True, False])
def test_a_prescriber_does_not_sign_for_the_other_side(
    relation: str, category: str, other: str, prescriber_first: bool
) -> None:
    doctor, form = a_doctor_who_is_also(relation, category)
    first, second = ("prescriber", other) if prescriber_first else (other, "prescriber")
    sign(form, doctor, first)
    with nothing_recorded(), pytest.raises(NotAllowed, match="somebody else"):
        sign(form, doctor, second)
    assert [row.role for row in AgreementSignature.objects.filter(form=form)] == [first]
