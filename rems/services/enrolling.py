"""Category, agreement form, enrolment, stop and restart (rules R03, R04, R06, R08, R09)."""

from datetime import date, datetime
from uuid import UUID

from accounts.models import User
from accounts.roles import Role
from rems import core
from rems.errors import DomainError, EntryRefused, NotAllowed
from rems.loaders import Fill, load_facts
from rems.locks import Parties
from rems.models import (
    AgreementForm,
    AgreementSignature,
    CategoryAssignment,
    Enrollment,
    EnrollmentEnd,
    Patient,
    PatientAccess,
    ReproductiveStatusProof,
)
from rems.selectors import (
    access_of,
    active_enrollment,
    category_of,
    current,
    forms_awaiting_signature,
    of_patient,
    signed_roles,
    the_pharmacy,
)
from rems.services.authority import (
    as_it_stands,
    patient_for_update,
    require_access,
    require_care_team,
    require_prescribers_office,
    require_signature,
    require_treating_prescriber,
    treats,
)
from rems.services.recording import EARLIEST, Recorder, recording
from rems.services.registration import eighteenth_birthday
from rems.signatures import Signature


def assign_category(
    *,
    patient_id: UUID,
    category: str,
    actor: User,
    signature: Signature,
    reason: str = "",
    assigned_at: datetime | None = None,
) -> CategoryAssignment:
    """The prescriber puts the patient into a risk category, signed.

    A change ends the enrolment as replaced in the same transaction: a new form and a new
    prescription are needed (R03, R06).
    """
    if category not in set(core.RiskCategory):
        raise EntryRefused("category", "There is no such category.")
    with recording("patient", patient_id) as recorder:
        prescriber = require_treating_prescriber(actor, patient_for_update(patient_id))
        require_signature(signature, actor, Role.PRESCRIBER)
        occurred_at = recorder.moment(assigned_at, "assigned_at")
        before = category_of(patient_id)
        _refuse_senseless_change(before, category, reason, occurred_at)
        if before is not None or _is_enrolled_as_another(patient_id, category):
            _end_enrollment(recorder, actor, EnrollmentEnd.Cause.REPLACED, "The category changed.")
        return recorder.add(
            CategoryAssignment(
                patient_id=patient_id,
                prescriber=prescriber,
                category=category,
                reason=reason.strip(),
                occurred_at=occurred_at,
                recorded_by=actor,
            ),
            signature,
        )


def record_reproductive_status(
    *,
    patient_id: UUID,
    proof_type: str,
    since_on: date,
    actor: User,
    signature: Signature,
    recorded_on: datetime | None = None,
) -> ReproductiveStatusProof:
    """Why the patient cannot become pregnant (R08), as the prescriber signs, since it ends the tests.

    `since_on`: last period, surgery, examination. Kept also where it does not qualify: the rule
    then says so.
    """
    if proof_type not in set(core.ProofType):
        raise EntryRefused("proof_type", "There is no such kind of proof.")
    with recording("patient", patient_id) as recorder:
        require_treating_prescriber(actor, patient_for_update(patient_id))
        require_signature(signature, actor, Role.PRESCRIBER)
        refuse_future_day(since_on, recorder.at, "since_on")
        return recorder.add(
            ReproductiveStatusProof(
                patient_id=patient_id,
                proof_type=proof_type,
                since_on=since_on,
                occurred_at=recorder.moment(recorded_on, "recorded_on"),
                recorded_by=actor,
            ),
            signature,
        )


def start_agreement_form(
    *, patient_id: UUID, program_code: str, actor: User, started_at: datetime | None = None
) -> AgreementForm:
    """An agreement form for the patient's category, which then waits for its signatures."""
    with recording("patient", patient_id) as recorder:
        patient = patient_for_update(patient_id)
        prescriber = require_prescribers_office(actor, patient, recorder.at)
        category = _category_word(patient_id)
        if forms_awaiting_signature(patient_id).filter(category=category).exists():
            raise DomainError("A form for this category is already waiting for signatures.")
        occurred_at = recorder.moment(started_at, "started_at")
        _refuse_start_before_change(patient_id, occurred_at)
        return recorder.add(
            AgreementForm(
                patient_id=patient_id,
                prescriber=prescriber,
                program_id=program_code,
                category=category,
                occurred_at=occurred_at,
                recorded_by=actor,
            )
        )


def sign_agreement_form(
    *,
    form_id: UUID,
    role: str,
    actor: User,
    signature: Signature,
    signed_at: datetime | None = None,
) -> AgreementSignature:
    """Sign the form as `prescriber`, `patient` or `guardian`.

    With the last signature that the category wants, enrolment begins in the same transaction.
    """
    form = AgreementForm.objects.get(pk=form_id)
    with recording("patient", form.patient_id) as recorder:
        _require_signer(form, role, actor, recorder.at)
        require_signature(signature, actor, {role})
        _refuse_outdated_form(form)
        occurred_at = recorder.moment(signed_at, "signed_at")
        if occurred_at < form.occurred_at:
            raise EntryRefused("signed_at", "The form was started later than this.")
        if role == "patient" and occurred_at < eighteenth_birthday(form.patient, recorder.at):
            raise EntryRefused("role", "Until the 18th birthday a parent or guardian signs (R03).")
        signed = recorder.add(
            AgreementSignature(
                patient_id=form.patient_id,
                form=form,
                role=role,
                occurred_at=occurred_at,
                recorded_by=actor,
            ),
            signature,
        )
        if signed_roles(form.pk) >= wanted_signatures(form.category):
            _begin_enrollment(recorder, form, actor)
        return signed


def wanted_signatures(category: str) -> frozenset[str]:
    """Who has to sign a form of this category (R03)."""
    is_child = core.RiskCategory(category).is_child
    return frozenset({"prescriber", "guardian" if is_child else "patient"})


def role_under_form(user: User, patient: Patient, at: datetime) -> str:
    """In which role the user would sign a form of this patient; empty for nobody concerned."""
    if treats(as_it_stands(user), patient):
        return "prescriber"
    access = access_of(user, patient.pk, at)
    if access is None:
        return ""
    return "patient" if access.relation == PatientAccess.Relation.SELF else "guardian"


def awaits_signature_of(form: AgreementForm, user: User, patient: Patient, at: datetime) -> bool:
    """Whether the form wants this user's signature and does not have it."""
    role = role_under_form(user, patient, at)
    return role in wanted_signatures(form.category) - signed_roles(form.pk)


def discontinue_treatment(
    *, patient_id: UUID, reason: str, actor: User, stopped_at: datetime | None = None
) -> EnrollmentEnd:
    """Treatment stopped. To go on later needs a restart or, after 12 months, a new form (R04)."""
    if not reason.strip():
        raise EntryRefused("reason", "Say why treatment stopped.")
    with recording("patient", patient_id) as recorder:
        require_care_team(actor, patient_for_update(patient_id), recorder.at)
        occurred_at = recorder.moment(stopped_at, "stopped_at")
        ended = _end_enrollment(
            recorder, actor, EnrollmentEnd.Cause.DISCONTINUED, reason.strip(), occurred_at
        )
        if ended is None:
            raise DomainError("The patient is not enrolled.")
        return ended


def restart_treatment(*, patient_id: UUID, actor: User) -> Enrollment:
    """Enrol again under the same form, if treatment stopped less than 12 months ago, or the form was
    signed after them (R04). A stop lasts until capsules are given, whatever was stopped since.

    Raises DomainError when a new form is needed.
    """
    with recording("patient", patient_id) as recorder:
        patient = patient_for_update(patient_id)
        require_prescribers_office(actor, patient, recorder.at)
        if active_enrollment(patient_id) is not None:
            raise DomainError("The patient is enrolled.")
        ends = current(EnrollmentEnd).filter(patient_id=patient_id)
        end = ends.select_related("enrollment__form").order_by("-enrollment__number").first()
        if end is None or end.cause != EnrollmentEnd.Cause.DISCONTINUED:
            raise DomainError("Treatment was not stopped. Start a new agreement form.")
        form = end.enrollment.form
        _refuse_long_stop(patient, form, recorder.at)
        _refuse_outdated_form(form)
        return _enroll(recorder, form, actor, recorder.at)


def refuse_future_day(on: date, at: datetime, field: str) -> None:
    """Raise EntryRefused for a day later than today at the pharmacy, or absurdly early."""
    if on > pharmacy_today(at):
        raise EntryRefused(field, "This date is in the future.")
    if on < EARLIEST.date():
        raise EntryRefused(field, "This date is too long ago.")


def pharmacy_today(at: datetime) -> date:
    """The local date at the pharmacy. Raises DomainError when no pharmacy is set up."""
    pharmacy = the_pharmacy()
    if pharmacy is None:
        raise DomainError("No pharmacy is set up.")
    return core.local_date(at, core.zone_named(pharmacy.time_zone))


def _refuse_senseless_change(
    before: CategoryAssignment | None, category: str, reason: str, occurred_at: datetime
) -> None:
    if before is None:
        return
    if before.category == category:
        raise EntryRefused("category", "The patient is in this category already.")
    if not reason.strip():
        raise EntryRefused("reason", "Say why the category changes.")
    if occurred_at < before.occurred_at:
        raise EntryRefused("assigned_at", "A later category is on record.")


def _category_word(patient_id: UUID) -> str:
    assigned = category_of(patient_id)
    if assigned is None:
        raise DomainError("The prescriber has to choose the risk category first.")
    return assigned.category


def _require_signer(form: AgreementForm, role: str, actor: User, at: datetime) -> None:
    if role not in wanted_signatures(form.category):
        raise EntryRefused("role", "This form does not want a signature in that role.")
    signed = current(AgreementSignature).filter(form=form).exclude(role=role)
    if signed.filter(attestation__signer=actor).exists():
        raise NotAllowed("You signed this form already: somebody else has to sign in that role.")
    if role == "prescriber":
        require_treating_prescriber(actor, patient_for_update(form.patient_id))
        return
    wanted = PatientAccess.Relation.SELF if role == "patient" else PatientAccess.Relation.GUARDIAN
    access = require_access(actor, form.patient_id, at)
    if access.relation != wanted:
        raise EntryRefused("role", "You cannot sign this form in that role.")


def _refuse_start_before_change(patient_id: UUID, started_at: datetime) -> None:
    """A form dated back would let prescriptions of the old category count again (R03)."""
    newest, *earlier = of_patient(CategoryAssignment, patient_id)
    if earlier and started_at < newest.occurred_at:
        raise EntryRefused("started_at", "The category was changed later than this.")


def _refuse_outdated_form(form: AgreementForm) -> None:
    if not current(AgreementForm).filter(pk=form.pk).exists():
        raise DomainError("This form was withdrawn.")
    changed = current(CategoryAssignment).filter(
        patient_id=form.patient_id, recorded_at__gt=form.recorded_at
    )
    # Also when it was changed back: a change wants a form of its own (rule sheet, section 2).
    if _category_word(form.patient_id) != form.category or changed.exists():
        raise DomainError("The category has changed since. Start a new form.")


def _begin_enrollment(recorder: Recorder, form: AgreementForm, actor: User) -> None:
    _end_enrollment(recorder, actor, EnrollmentEnd.Cause.REPLACED, "A new form took its place.")
    _enroll(recorder, form, actor, _signed_at(form))


def _enroll(
    recorder: Recorder, form: AgreementForm, actor: User, occurred_at: datetime
) -> Enrollment:
    earlier = Enrollment.objects.filter(patient_id=form.patient_id, program_id=form.program_id)
    return recorder.add(
        Enrollment(
            patient_id=form.patient_id,
            program_id=form.program_id,
            form=form,
            number=earlier.count() + 1,
            occurred_at=occurred_at,
            recorded_by=actor,
        )
    )


def _is_enrolled_as_another(patient_id: UUID, category: str) -> bool:
    """The category before was taken back; but the form that was signed was for another one."""
    active = active_enrollment(patient_id)
    return active is not None and active.form.category != category


def _end_enrollment(
    recorder: Recorder,
    actor: User,
    cause: EnrollmentEnd.Cause,
    reason: str,
    occurred_at: datetime | None = None,
) -> EnrollmentEnd | None:
    active = active_enrollment(recorder.subject_id)
    if active is None:
        return None
    if occurred_at is not None and occurred_at < active.occurred_at:
        raise EntryRefused("stopped_at", "The enrollment began later than this.")
    return recorder.add(
        EnrollmentEnd(
            patient_id=recorder.subject_id,
            enrollment=active,
            cause=cause,
            reason=reason,
            occurred_at=occurred_at or recorder.at,
            recorded_by=actor,
        )
    )


def _refuse_long_stop(patient: Patient, form: AgreementForm, at: datetime) -> None:
    pharmacy = the_pharmacy()
    if pharmacy is None:
        raise DomainError("No pharmacy is set up.")
    parties = Parties(form.program_id, pharmacy.pk, patient.prescriber_id, patient.pk)
    try:
        loaded = load_facts(parties, None, Fill(patient.state, core.ReleaseMode.SHIP), at)
    except core.UnknownProgram:
        raise DomainError("No rules are in force for this program.") from None
    stopped_at = loaded.facts.discontinued_at
    if stopped_at is None:
        return
    zone = core.zone_named(loaded.facts.time_zone)
    needed_from = core.months_later(stopped_at, loaded.program.terms.restart_months, zone)
    if _signed_at(form) < needed_from <= at:
        raise DomainError("Treatment stopped too long ago. Start a new agreement form.")


def _signed_at(form: AgreementForm) -> datetime:
    """When its last signature was given."""
    return max(current(AgreementSignature).filter(form=form).values_list("occurred_at", flat=True))
