"""A patient's record in the order in which things happened, each entry in plain words."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from rems import core
from rems.checklists import survey_items
from rems.models import (
    AgreementForm,
    AgreementSignature,
    Authorization,
    BloodCount,
    CategoryAssignment,
    ClinicalFactor,
    Confirmation,
    CounselingRecord,
    Enrollment,
    EnrollmentEnd,
    ExposureReport,
    ExposureReportFiling,
    FirstDose,
    Hold,
    HoldClearance,
    Hypersensitivity,
    PatientEvidence,
    PregnancyTest,
    Prescription,
    ReproductiveStatusProof,
    Supply,
    SupplyDelivery,
    SupplyEnd,
    Survey,
    TestVerification,
)
from rems.pages.words import (
    CATEGORY_NAMES,
    CHANNEL_NAMES,
    EXPOSURE_NAMES,
    FACTOR_NAMES,
    HOLD_NAMES,
    PROOF_NAMES,
    RESULT_NAMES,
    SIGNER_NAMES,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of evidence. Both times are kept: when it happened, when the pharmacy had it."""

    row_id: UUID
    kind: str
    occurred_at: datetime
    recorded_at: datetime
    text: str
    by: str
    signed_by: str
    # "", "entered in error" or "corrected": a superseded row stays, marked.
    mark: str
    reason: str

    @property
    def is_late(self) -> bool:
        """Whether it was typed well after it happened."""
        return (self.recorded_at - self.occurred_at).total_seconds() > 3600


Words = Callable[[Any], str]

# What each kind of row says. Numbers are printed: the page is for those who work with them.
DESCRIPTIONS: dict[type[PatientEvidence], Words] = {
    CategoryAssignment: lambda row: f"Risk category: {CATEGORY_NAMES[row.category]}",
    ReproductiveStatusProof: lambda row: f"{PROOF_NAMES[row.proof_type]}: {row.since_on}",
    AgreementForm: lambda row: f"Agreement form started for: {CATEGORY_NAMES[row.category]}",
    AgreementSignature: lambda row: f"Agreement form signed by {SIGNER_NAMES[row.role]}",
    Enrollment: lambda row: f"Enrolled (enrollment {row.number})",
    EnrollmentEnd: lambda row: f"Enrollment ended ({row.cause}): {row.reason}",
    PregnancyTest: lambda row: (
        f"Pregnancy test: {RESULT_NAMES[row.result]}, detects {row.detection_limit} mIU/mL"
    ),
    TestVerification: lambda row: "Test result verified by the prescriber",
    Survey: lambda row: _survey(row),
    Hold: lambda row: _with_note(f"Hold opened: {HOLD_NAMES[row.hold_type]}", row.note),
    HoldClearance: lambda row: f"Hold cleared: {row.reason}",
    ExposureReport: lambda row: _with_note(
        f"Exposure to be reported: {EXPOSURE_NAMES[row.kind]}", row.note
    ),
    ExposureReportFiling: lambda row: (
        f"Exposure reported: case {row.case_number}, MedWatch {row.medwatch_reference}"
    ),
    Hypersensitivity: lambda row: f"Severe allergic reaction: {row.description}",
    ClinicalFactor: lambda row: _with_note(
        f"{FACTOR_NAMES[row.factor]}: {'yes' if row.is_present else 'no more'}", row.note
    ),
    BloodCount: lambda row: _with_note("Blood count taken", row.note),
    Prescription: lambda row: (
        f"Prescription ({CHANNEL_NAMES[row.channel]}): {row.quantity} capsules for "
        f"{row.days_supply} days, {row.refills_authorized} refills"
    ),
    Authorization: lambda row: f"Authorization number {row.number}",
    Confirmation: lambda row: f"Confirmation number {row.number} ({row.source})",
    Supply: lambda row: (
        f"Capsules dispensed {'here' if row.source == 'here' else 'elsewhere'}: "
        f"{row.quantity} for {row.days_supply} days"
    ),
    SupplyDelivery: lambda row: "Capsules reached the patient",
    FirstDose: lambda row: f"First dose of a supply: {row.started_on}",
    SupplyEnd: lambda row: _with_note(f"Supply {row.get_cause_display().lower()}", row.note),
    CounselingRecord: lambda row: (
        f"Counseling: checklist {'complete' if row.checklist_complete else 'not complete'}, "
        f"Medication Guide {'given' if row.medication_guide_id else 'not given'}"
    ),
}


def _survey(row: Survey) -> str:
    """With each question that was answered "no": the pharmacist talks about those."""
    refused = [
        question.text
        for question in survey_items(core.RiskCategory(row.category))
        if row.answers.get(question.key) == "no"
    ]
    return "Patient survey completed" + "".join(f'; "no" to: {text}' for text in refused)


def describe(row: PatientEvidence) -> str:
    """The row in words."""
    return DESCRIPTIONS[type(row)](row)


def timeline(patient_id: UUID) -> list[Entry]:
    """Everything on record about the patient, newest first; corrected rows are marked.

    One query for each kind of evidence, whatever the patient's history.
    """
    entries = [
        _entry(row) for model in DESCRIPTIONS for row in _rows(model).filter(patient_id=patient_id)
    ]
    return sorted(entries, key=lambda entry: (entry.occurred_at, entry.row_id), reverse=True)


def _rows(model: type[PatientEvidence]) -> QuerySet[Any]:
    # The type plugin does not see the reverse of a link declared on an abstract model.
    names = ("recorded_by", "attestation", "superseded_by")
    return model._default_manager.select_related(*names)


def _entry(row: Any) -> Entry:
    later = getattr(row, "superseded_by", None)
    return Entry(
        row_id=row.pk,
        kind=row._meta.model_name,
        occurred_at=row.occurred_at,
        recorded_at=row.recorded_at,
        text=f"Entered in error: {describe(row)}" if row.retracts else describe(row),
        by=str(row.recorded_by),
        signed_by=row.attestation.printed_name if row.attestation else "",
        mark=_mark(row, later),
        reason=row.correction_reason,
    )


def _mark(row: Any, later: Any) -> str:
    if later is not None:
        return "entered in error" if later.retracts else "corrected"
    return ""


def _with_note(text: str, note: str) -> str:
    return f"{text} ({note})" if note else text
