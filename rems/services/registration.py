"""Bringing the participants in: pharmacy, prescriber, pharmacist, patient, and who acts for whom.

Pharmacies and pharmacists are set up by the operator's commands; no page leads there.
"""

from datetime import date, datetime
from uuid import UUID

from accounts.clock import read_clock
from accounts.models import User
from accounts.roles import Role
from rems import core
from rems.errors import DomainError, EntryRefused, NotAllowed, StaleForm
from rems.loaders import program_version
from rems.locks import lock_subject, lock_user
from rems.models import (
    Patient,
    PatientAccess,
    Pharmacist,
    Pharmacy,
    Prescriber,
    PrescriberDelegate,
    ProgramVersion,
)
from rems.outbox import plan_for_patient
from rems.selectors import access_of, the_pharmacy
from rems.services.authority import as_it_stands, require_pharmacist, works_for_prescriber
from rems.services.recording import EARLIEST
from rems.transactions import mutation

NPI_DIGITS = 10
# The prefix that the check digit of an NPI is reckoned with (45 CFR 162.406, ISO 7812).
NPI_PREFIX = "80840"


def register_pharmacy(
    *, name: str, time_zone: str, phone: str, address: str, state: str
) -> Pharmacy:
    """A dispensing pharmacy. `time_zone` is an IANA name: its local day counts."""
    _zone("time_zone", time_zone)
    with mutation():
        return Pharmacy.objects.create(
            name=name, time_zone=time_zone, phone=phone, address=address, state=state
        )


def register_pharmacist(
    *, user: User, pharmacy: Pharmacy, name: str, license_number: str
) -> Pharmacist:
    """A pharmacist of the pharmacy, who signs in as `user`, which has the role already."""
    with mutation():
        if not as_it_stands(user).has_role(Role.PHARMACIST):
            raise NotAllowed("This account is not a pharmacist's.")
        return Pharmacist.objects.create(
            user=user, pharmacy=pharmacy, name=name, license_number=license_number
        )


def register_prescriber(
    *, name: str, npi: str, phone: str, actor: User, user: User | None = None
) -> Prescriber:
    """A prescriber whom a pharmacist brings in; `user` is how they sign in, if they do."""
    if not is_npi(npi):
        raise EntryRefused("npi", "This is not an NPI: ten digits, the last a check digit.")
    with mutation():
        require_pharmacist(actor)
        if user is not None and not as_it_stands(user).has_role(Role.PRESCRIBER):
            raise EntryRefused("user", "This account is not a prescriber's.")
        return Prescriber.objects.create(name=name, npi=npi, phone=phone, user=user)


def add_delegate(
    *, prescriber: Prescriber, user: User, actor: User, ends_at: datetime | None = None
) -> PrescriberDelegate:
    """The prescriber lets somebody enter, but never sign, for them, from now on."""
    with mutation():
        lock_subject("prescriber", prescriber.pk)
        prescriber.refresh_from_db()
        if prescriber.user_id != actor.pk or not as_it_stands(actor).has_role(Role.PRESCRIBER):
            raise NotAllowed("Only the prescriber can name a delegate.")
        if not as_it_stands(user).has_role(Role.DELEGATE):
            raise EntryRefused("user", "This account is not a delegate's.")
        return PrescriberDelegate.objects.create(
            prescriber=prescriber, user=user, starts_at=read_clock(), ends_at=ends_at
        )


def register_patient(
    *,
    name: str,
    born_on: date,
    phone: str,
    street: str,
    city: str,
    state: str,
    zip_code: str,
    prescriber: Prescriber,
    actor: User,
    user: User | None = None,
    guardian: User | None = None,
    time_zone: str = "America/New_York",
    language: str = "en",
) -> Patient:
    """A patient, brought in by the prescriber's office or a pharmacist.

    `user` then acts as the patient and `guardian` for the patient, from now on; a guardian until
    the 18th birthday begins (the pharmacy's local day).
    """
    _zone("time_zone", time_zone)
    patient = Patient(
        number="",
        name=name,
        born_on=born_on,
        phone=phone,
        street=street,
        city=city,
        state=state,
        zip_code=zip_code,
        time_zone=time_zone,
        language=language,
        prescriber=prescriber,
    )
    patient.number = patient.pk.hex[-8:].upper()
    with mutation():
        at = read_clock()
        _require_registrar(actor, patient, at)
        _refuse_unborn(born_on, at)
        patient.save(force_insert=True)
        if user is not None:
            _add_access(patient, user, PatientAccess.Relation.SELF, at)
        if guardian is not None:
            _add_access(patient, guardian, PatientAccess.Relation.GUARDIAN, at)
    return patient


def grant_access(*, patient_id: UUID, user: User, relation: str, actor: User) -> PatientAccess:
    """Let a user act for a patient from now on: `self` or `guardian`. By a pharmacist.

    Who acts in this capacity already goes on doing so, by the same row.
    """
    with mutation():
        lock_user(user.pk)
        lock_subject("patient", patient_id)
        require_pharmacist(actor)
        patient = Patient.objects.get(pk=patient_id)
        at = read_clock()
        access = _add_access(patient, user, PatientAccess.Relation(relation), at)
        plan_for_patient(patient_id, at)
        return access


def end_access(*, access_id: UUID, actor: User) -> None:
    """Take the right to act for a patient away, from now on. By a pharmacist.

    Raises StaleForm when it had ended: the end stays where it is.
    """
    access = PatientAccess.objects.get(pk=access_id)
    with mutation():
        lock_subject("patient", access.patient_id)
        require_pharmacist(actor)
        at = read_clock()
        access.refresh_from_db()
        if access.ends_at is not None and access.ends_at <= at:
            raise StaleForm("This account does not act for the patient any more.")
        access.ends_at = max(at, access.starts_at)
        access.save(update_fields=["ends_at"])
        plan_for_patient(access.patient_id, at)


def is_npi(text: str) -> bool:
    """Whether the text is ten digits whose last is the right check digit (Luhn)."""
    if len(text) != NPI_DIGITS or not (text.isascii() and text.isdigit()):
        return False
    digits = [int(character) for character in reversed(NPI_PREFIX + text)]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def _add_access(
    patient: Patient, user: User, relation: PatientAccess.Relation, at: datetime
) -> PatientAccess:
    if not as_it_stands(user).has_role(Role.PATIENT):
        raise EntryRefused("user", "This account is not one for patients and guardians.")
    ends_at = None
    if relation is PatientAccess.Relation.GUARDIAN:
        ends_at = eighteenth_birthday(patient, at)
        if ends_at <= at:
            raise EntryRefused("guardian", "The patient is 18 or older and acts alone.")
    in_force = access_of(user, patient.pk, at)
    if in_force is not None:
        return _same_access(in_force, relation)
    return PatientAccess.objects.create(
        user=user, patient=patient, relation=relation, starts_at=at, ends_at=ends_at
    )


def _same_access(access: PatientAccess, relation: PatientAccess.Relation) -> PatientAccess:
    if access.relation != relation:
        capacity = (
            "a guardian" if access.relation == PatientAccess.Relation.GUARDIAN else "the patient"
        )
        raise EntryRefused(
            "user", f"This account acts for the patient already, as {capacity}. Unlink it first."
        )
    return access


def eighteenth_birthday(patient: Patient, at: datetime) -> datetime:
    """When the patient comes of age, at the pharmacy. Raises DomainError before there is one."""
    pharmacy = the_pharmacy()
    version = (
        ProgramVersion.objects.filter(in_force_from__lte=at).order_by("-in_force_from").first()
    )
    if pharmacy is None or version is None:
        raise DomainError("Set up the pharmacy and its program first.")
    months = program_version(version.pk).terms.adult_age_months
    return core.start_of_birthday(patient.born_on, months, core.zone_named(pharmacy.time_zone))


def _require_registrar(actor: User, patient: Patient, at: datetime) -> None:
    if not works_for_prescriber(as_it_stands(actor), patient, at):
        require_pharmacist(actor)


def _refuse_unborn(born_on: date, at: datetime) -> None:
    if born_on > at.date():
        raise EntryRefused("born_on", "This date is in the future.")
    if born_on < EARLIEST.date():
        raise EntryRefused("born_on", "This date is too long ago.")


def _zone(field: str, name: str) -> None:
    try:
        core.zone_named(name)
    except ValueError:
        raise EntryRefused(field, "There is no such time zone.") from None
