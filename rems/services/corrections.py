"""A correction is a new row that supersedes the wrong one and says why; nothing is overwritten."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from uuid6 import uuid7

from accounts.models import User
from accounts.roles import Role
from rems import core
from rems.errors import DomainError, EntryRefused, NotAllowed
from rems.models import (
    AgreementForm,
    Authorization,
    BloodCount,
    CategoryAssignment,
    ClinicalFactor,
    Confirmation,
    CounselingRecord,
    ExposureReport,
    FirstDose,
    Hold,
    Hypersensitivity,
    Patient,
    PatientEvidence,
    PregnancyTest,
    Prescription,
    ReproductiveStatusProof,
    Supply,
    Survey,
)
from rems.selectors import current
from rems.services.authority import (
    patient_for_update,
    require_care_team,
    require_pharmacist,
    require_prescriber_or_pharmacist,
    require_prescribers_office,
    require_signature,
    require_treating_prescriber,
)
from rems.services.prescribing import refuse_renewal
from rems.services.recording import Recorder, recording
from rems.services.testing import add_test, refuse_unknown_test
from rems.signatures import Signature

P = TypeVar("P", bound=PatientEvidence)
Authority = Callable[[User, Patient, datetime], object]
# Kept by every correction: whose row it is, and what it belongs to.
FIXED = (
    "patient_id",
    "form_id",
    "prescription_id",
    "supply_id",
    "program_id",
    "order_id",
    "source",
)


def _prescriber(user: User, patient: Patient, at: datetime) -> object:
    return require_treating_prescriber(user, patient)


def _pharmacist(user: User, patient: Patient, at: datetime) -> object:
    return require_pharmacist(user)


# Who may say that a row was entered in error. What stops treatment only the prescriber may take
# back, just as only the prescriber clears a hold.
CORRECTORS: dict[type[PatientEvidence], Authority] = {
    Hold: _prescriber,
    PregnancyTest: _prescriber,
    Hypersensitivity: _prescriber,
    CategoryAssignment: _prescriber,
    ReproductiveStatusProof: _prescriber,
    Prescription: _prescriber,
    AgreementForm: require_prescribers_office,
    Survey: require_care_team,
    FirstDose: require_care_team,
    ClinicalFactor: require_care_team,
    BloodCount: require_care_team,
    Authorization: require_prescriber_or_pharmacist,
    Confirmation: _pharmacist,
    CounselingRecord: _pharmacist,
    ExposureReport: _pharmacist,
    Supply: _pharmacist,
}
SIGNED: dict[type[PatientEvidence], Role] = {
    Hold: Role.PRESCRIBER,
    PregnancyTest: Role.PRESCRIBER,
    Hypersensitivity: Role.PRESCRIBER,
    CategoryAssignment: Role.PRESCRIBER,
    ReproductiveStatusProof: Role.PRESCRIBER,
    Prescription: Role.PRESCRIBER,
    Confirmation: Role.PHARMACIST,
    CounselingRecord: Role.PHARMACIST,
    ExposureReport: Role.PHARMACIST,
    Supply: Role.PHARMACIST,
}


# The patient's own words, and what is checked as it is recorded: a replacement would go round both.
TAKEN_BACK_ALONE = frozenset({Survey, CounselingRecord, FirstDose})


def correct_evidence(
    *,
    row: P,
    replacement: P | None,
    reason: str,
    actor: User,
    signature: Signature | None = None,
) -> P:
    """Put `replacement` in the place of a wrong row or, without one, say it was entered in error.

    `replacement` is an unsaved row of the same kind; whose it is and what it belongs to stay.
    Raises DomainError when the row was corrected before or cannot be corrected, NotAllowed,
    SignatureRefused.
    """
    if not reason.strip():
        raise EntryRefused("reason", "Say why it is corrected.")
    if replacement is not None and type(row) in TAKEN_BACK_ALONE:
        raise DomainError("Take this back, and record it again.")
    with recording("patient", row.patient_id) as recorder:
        _require_corrector(row, actor, recorder.at, signature)
        if not current(type(row)).filter(pk=row.pk).exists():
            raise DomainError("This was corrected before.")
        if isinstance(row, Hold):
            _refuse_while_its_test_stands(row)
        new = _copy(row, None) if replacement is None else _copy(replacement, row)
        new.supersedes = row
        new.retracts = replacement is None
        new.correction_reason = reason.strip()
        new.recorded_by = actor
        new.occurred_at = recorder.moment(new.occurred_at or row.occurred_at, "occurred_at")
        return _add(recorder, new, signature)


def may_correct(model: type[PatientEvidence], user: User, patient: Patient, at: datetime) -> bool:
    """Whether the user may take back rows of this kind; for showing links."""
    authority = CORRECTORS.get(model)
    if authority is None:
        return False
    try:
        authority(user, patient, at)
    except NotAllowed:
        return False
    return True


def role_that_signs(
    model: type[PatientEvidence], user: User, patient: Patient, at: datetime
) -> Role | None:
    """As whom the user signs the correction of a row of this kind; None where none is signed.

    Raises NotAllowed.
    """
    if model is Authorization:
        return require_prescriber_or_pharmacist(user, patient, at)
    return SIGNED.get(model)


def _require_corrector(
    row: PatientEvidence, actor: User, at: datetime, signature: Signature | None
) -> None:
    authority = CORRECTORS.get(type(row))
    if authority is None or getattr(row, "order_id", None) is not None:
        raise DomainError("This cannot be corrected here.")
    patient = patient_for_update(row.patient_id)
    authority(actor, patient, at)
    role = role_that_signs(type(row), actor, patient, at)
    if role is not None:
        if signature is None:
            raise DomainError("This correction has to be signed.")
        require_signature(signature, actor, role)


def _refuse_while_its_test_stands(hold: Hold) -> None:
    """A positive test that nobody can clear any more would refuse for ever (R23)."""
    opened_by = current(PregnancyTest).filter(
        patient_id=hold.patient_id, transaction_id=hold.transaction_id
    )
    if opened_by.exclude(result=core.TestResult.NEGATIVE).exists():
        raise DomainError(
            "The test that opened this hold stands. Take the test back first, or clear the hold after "
            "a later negative test."
        )


def _copy(source: P, fixed_from: P | None) -> P:
    """An unsaved row with a key of its own; ties to others are taken from `fixed_from`."""
    new = type(source)(
        **{
            field.attname: getattr(source, field.attname)
            for field in source._meta.concrete_fields
            if field.name not in {"id", "recorded_at", "transaction_id", "attestation"}
        }
    )
    new.pk = uuid7()
    for name in FIXED:
        if fixed_from is not None and hasattr(fixed_from, name):
            setattr(new, name, getattr(fixed_from, name))
    return new


def _add(recorder: Recorder, row: P, signature: Signature | None) -> P:
    if isinstance(row, PregnancyTest) and not row.retracts:
        refuse_unknown_test(row)
        add_test(recorder, row, signature)
        return row
    if isinstance(row, Authorization | Confirmation) and not row.retracts:
        refuse_renewal(row, "occurred_at")
    return recorder.add(row, signature)
