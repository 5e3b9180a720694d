"""Bringing a member of the cast into the program: registered, categorised, enrolled."""

from datetime import datetime, timedelta

from accounts.roles import Role
from orders.management.demo.cast import PROGRAM, Member
from orders.management.demo.people import account_of, sign, user_of
from rems.models import AgreementForm, Enrollment, Patient, Prescriber
from rems.services import enrolling, registration

# Before the first of the two starting tests, so that the form is never younger than a prescription.
ENROLLED_BEFORE = timedelta(days=60)


def ensure_patient(member: Member, prescriber: Prescriber, at: datetime) -> Patient:
    """The member as an enrolled patient whose enrolment began 60 days before `at`."""
    patient = Patient.objects.filter(
        accesses__user=user_of(member.acting), name=member.person.name
    ).first()
    if patient is None:
        patient = _register(member, prescriber)
    if not Enrollment.objects.filter(patient=patient).exists():
        _enroll(member, patient, at - ENROLLED_BEFORE)
    return patient


def _register(member: Member, prescriber: Prescriber) -> Patient:
    acting = user_of(member.acting)
    return registration.register_patient(
        name=member.person.name,
        born_on=member.born_on,
        phone="+12125550119",
        street="41 Linden Avenue",
        city="Brooklyn",
        state="NY",
        zip_code="11226",
        prescriber=prescriber,
        actor=account_of(prescriber),
        user=None if member.guardian else acting,
        guardian=acting if member.guardian else None,
    )


def _enroll(member: Member, patient: Patient, begun: datetime) -> None:
    doctor = account_of(patient.prescriber)
    enrolling.assign_category(
        patient_id=patient.pk,
        category=member.category,
        actor=doctor,
        signature=sign(doctor, Role.PRESCRIBER, "I assign this category"),
        assigned_at=begun,
    )
    if member.proof is not None:
        kind, since_on = member.proof
        enrolling.record_reproductive_status(
            patient_id=patient.pk,
            proof_type=kind,
            since_on=since_on,
            actor=doctor,
            signature=sign(doctor, Role.PRESCRIBER, "I know this reason"),
            recorded_on=begun,
        )
    form = enrolling.start_agreement_form(
        patient_id=patient.pk, program_code=PROGRAM, actor=doctor, started_at=begun
    )
    _sign_both(member, form, begun + timedelta(minutes=20))


def _sign_both(member: Member, form: AgreementForm, signed_at: datetime) -> None:
    doctor, acting = account_of(form.prescriber), user_of(member.acting)
    own = "guardian" if member.guardian else "patient"
    for user, role in ((doctor, "prescriber"), (acting, own)):
        enrolling.sign_agreement_form(
            form_id=form.pk,
            role=role,
            actor=user,
            signature=sign(user, role, "I agree to the program's rules"),
            signed_at=signed_at,
        )
