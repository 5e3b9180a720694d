"""Certifications, trainings and licences: dated, signed by a pharmacist, revocable (R01, R02, R05,
R53). To revoke is to supersede by a row that ends now."""

from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from accounts.models import User
from accounts.roles import Role
from rems.errors import DomainError, EntryRefused
from rems.models import (
    Credential,
    PharmacistTraining,
    PharmacyCertification,
    PrescriberCertification,
    StateLicence,
)
from rems.selectors import current
from rems.services.authority import require_pharmacist, require_signature
from rems.services.recording import Recorder, recording
from rems.signatures import Signature

C = TypeVar("C", bound=Credential)


def record_prescriber_certification(
    *,
    prescriber_id: UUID,
    program_code: str,
    proof: str,
    actor: User,
    signature: Signature,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
) -> PrescriberCertification:
    """The program says that the prescriber is certified (R01). `proof` names its document."""
    row = PrescriberCertification(prescriber_id=prescriber_id, program_id=program_code)
    return _record(row, proof, actor, signature, valid_from, valid_until)


def record_pharmacy_certification(
    *,
    pharmacy_id: UUID,
    program_code: str,
    proof: str,
    actor: User,
    signature: Signature,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
) -> PharmacyCertification:
    """The program says that the pharmacy is certified (R02)."""
    row = PharmacyCertification(pharmacy_id=pharmacy_id, program_id=program_code)
    return _record(row, proof, actor, signature, valid_from, valid_until)


def record_pharmacist_training(
    *,
    pharmacist_id: UUID,
    program_code: str,
    proof: str,
    actor: User,
    signature: Signature,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
) -> PharmacistTraining:
    """The pharmacist is trained in the program (R05)."""
    row = PharmacistTraining(pharmacist_id=pharmacist_id, program_id=program_code)
    return _record(row, proof, actor, signature, valid_from, valid_until)


def record_state_licence(
    *,
    pharmacy_id: UUID,
    state: str,
    proof: str,
    actor: User,
    signature: Signature,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
) -> StateLicence:
    """The pharmacy may ship into the state (R53)."""
    row = StateLicence(pharmacy_id=pharmacy_id, state=state)
    return _record(row, proof, actor, signature, valid_from, valid_until)


def revoke_credential(*, credential: C, reason: str, actor: User, signature: Signature) -> C:
    """End a credential now, with every other row of the same one: a renewal must not outlive it.

    Raises DomainError when it has ended or was revoked before.
    """
    if not reason.strip():
        raise EntryRefused("reason", "Say why.")
    with recording(credential.subject_field(), credential.subject_id) as recorder:
        require_pharmacist(actor)
        require_signature(signature, actor, Role.PHARMACIST)
        _refuse_ended(credential, recorder.at)
        others = current(type(credential)).filter(**_same(credential)).exclude(pk=credential.pk)
        for other in others.exclude(valid_until__lte=recorder.at):
            _end(recorder, other, reason, actor, signature)
        return _end(recorder, credential, reason, actor, signature)


def _end(recorder: Recorder, credential: C, reason: str, actor: User, signature: Signature) -> C:
    row = _copy(credential)
    row.occurred_at = recorder.at
    row.valid_from = min(credential.valid_from, recorder.at)
    row.valid_until = recorder.at
    row.recorded_by = actor
    row.supersedes = credential
    row.correction_reason = reason
    return recorder.add(row, signature)


def _record(
    row: C,
    proof: str,
    actor: User,
    signature: Signature,
    valid_from: datetime | None,
    valid_until: datetime | None,
) -> C:
    if not proof.strip():
        raise EntryRefused("proof", "Name the document that shows it.")
    with recording(row.subject_field(), row.subject_id) as recorder:
        require_pharmacist(actor)
        require_signature(signature, actor, Role.PHARMACIST)
        row.proof = proof.strip()
        row.valid_from = valid_from or recorder.at
        row.valid_until = valid_until
        if row.valid_until is not None and row.valid_until <= row.valid_from:
            raise EntryRefused("valid_until", "The end is not after the start.")
        row.recorded_by = actor
        return recorder.add(row, signature)


def _refuse_ended(credential: Credential, at: datetime) -> None:
    replaced = type(credential)._default_manager.filter(supersedes_id=credential.pk).exists()
    if replaced or (credential.valid_until is not None and credential.valid_until <= at):
        raise DomainError("This has already ended.")


def _copy(credential: C) -> C:
    return type(credential)(proof=credential.proof, **_same(credential))


def _same(credential: Credential) -> dict[str, Any]:
    """Whose credential it is, and for which program or state."""
    return {
        field.attname: getattr(credential, field.attname)
        for field in credential._meta.concrete_fields
        if field.name in {"prescriber", "pharmacy", "pharmacist", "program", "state"}
    }
