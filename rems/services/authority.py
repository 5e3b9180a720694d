"""Who may record what (design, section 5). Asked inside the transaction, after the locks.

Every function raises NotAllowed, in words for the person who tried.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import connection

from accounts.models import User
from accounts.roles import Role
from rems.errors import NotAllowed, SignatureRefused
from rems.models import Patient, PatientAccess, Pharmacist, Prescriber
from rems.selectors import access_of, is_delegate_of
from rems.signatures import Signature


def as_it_stands(user: User) -> User:
    """The account as it is now: what a page read before the lock may have been taken away. Outside of a
    transaction nothing was waited for, and the page's own reading will do."""
    return User.objects.get(pk=user.pk) if connection.in_atomic_block else user


def require_pharmacist(user: User) -> Pharmacist:
    """The pharmacist that this user is."""
    found = Pharmacist.objects.filter(
        user=user, user__is_active=True, user__groups__name=Role.PHARMACIST
    ).first()
    if found is None or not user.is_active:
        raise NotAllowed("Only a pharmacist can do this.")
    return found


def require_treating_prescriber(user: User, patient: Patient) -> Prescriber:
    """The prescriber that this user is, who treats the patient."""
    if not treats(as_it_stands(user), patient):
        raise NotAllowed("Only the prescriber who treats this patient can do this.")
    return patient.prescriber


def require_prescribers_office(user: User, patient: Patient, at: datetime) -> Prescriber:
    """The treating prescriber, or a delegate who enters for that prescriber."""
    if not works_for_prescriber(as_it_stands(user), patient, at):
        raise NotAllowed("Only the patient's prescriber, or a delegate, can do this.")
    return patient.prescriber


def require_care_team(user: User, patient: Patient, at: datetime) -> None:
    """The prescriber, a delegate, or a pharmacist."""
    if not is_on_care_team(as_it_stands(user), patient, at):
        raise NotAllowed("Only the patient's prescriber or the pharmacy can do this.")


def require_prescriber_or_pharmacist(user: User, patient: Patient, at: datetime) -> Role:
    """The treating prescriber, or a pharmacist who copies what the prescriber sent; as whom they sign."""
    role = prescriber_or_pharmacist(as_it_stands(user), patient)
    if role is None:
        raise NotAllowed("Only the patient's prescriber or a pharmacist can do this.")
    return role


def require_access(user: User, patient_id: UUID, at: datetime) -> PatientAccess:
    """The user's right to act for the patient, as the patient or as the guardian."""
    access = access_of(user, patient_id, at)
    if access is None:
        raise NotAllowed("You cannot act for this patient.")
    return access


def require_anyone_concerned(user: User, patient: Patient, at: datetime) -> None:
    """The patient, the guardian, the prescriber's office or the pharmacy's people."""
    now = as_it_stands(user)
    if now.has_role(Role.TECHNICIAN) or is_on_care_team(now, patient, at):
        return
    require_access(user, patient.pk, at)


def is_on_care_team(user: User, patient: Patient, at: datetime) -> bool:
    """Whether the user is the prescriber, a delegate of theirs, or a pharmacist."""
    return user.has_role(Role.PHARMACIST) or works_for_prescriber(user, patient, at)


def works_for_prescriber(user: User, patient: Patient, at: datetime) -> bool:
    """Whether the user is the treating prescriber or a delegate of theirs."""
    return treats(user, patient) or is_delegate_of(user, patient.prescriber_id, at)


def treats(user: User, patient: Patient) -> bool:
    """Whether the user is the prescriber who treats the patient now."""
    return user.has_role(Role.PRESCRIBER) and patient.prescriber.user_id == user.pk


def prescriber_or_pharmacist(user: User, patient: Patient) -> Role | None:
    """As which of the two the user acts: the treating prescriber, or a pharmacist; None as neither."""
    if treats(user, patient):
        return Role.PRESCRIBER
    return Role.PHARMACIST if user.has_role(Role.PHARMACIST) else None


def require_signature(signature: Signature, actor: User, role: Role | Iterable[str]) -> None:
    """The signature is the actor's own, in the capacity that the act wants.

    Raises SignatureRefused.
    """
    roles = {role.value} if isinstance(role, Role) else set(role)
    if signature.signer.pk != actor.pk or signature.role not in roles:
        raise SignatureRefused("This has to be signed by the person who does it.")


def patient_for_update(patient_id: UUID) -> Patient:
    """The patient with the prescriber; the caller holds the lock. Raises Patient.DoesNotExist."""
    return Patient.objects.select_related("prescriber").get(pk=patient_id)
