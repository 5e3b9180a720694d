"""Exposure reports: opened by what anybody says, filed by a pharmacist (R51, rule sheet section 7)."""

from datetime import datetime
from uuid import UUID

from accounts.models import User
from rems import core
from rems.errors import DomainError, EntryRefused
from rems.models import ExposureReport, ExposureReportFiling, Hypersensitivity
from rems.selectors import the_pharmacy
from rems.services.authority import (
    patient_for_update,
    require_care_team,
    require_pharmacist,
)
from rems.services.recording import Recorder, recording


def report_exposure(
    recorder: Recorder, *, kind: str, note: str, actor: User, occurred_at: datetime
) -> ExposureReport:
    """Open a report under the patient's lock. Due by the end of the business day (rule 7.7)."""
    pharmacy = the_pharmacy()
    if pharmacy is None:
        raise DomainError("No pharmacy is set up.")
    zone = core.zone_named(pharmacy.time_zone)
    return recorder.add(
        ExposureReport(
            patient_id=recorder.subject_id,
            kind=kind,
            note=note,
            due_at=core.end_of_business_day(recorder.at, zone),
            occurred_at=occurred_at,
            recorded_by=actor,
        )
    )


def file_exposure_report(
    *,
    report_id: UUID,
    case_number: str,
    medwatch_reference: str,
    actor: User,
    filed_at: datetime | None = None,
) -> ExposureReportFiling:
    """A pharmacist reported the exposure to the program and to FDA MedWatch."""
    for field, text in (("case_number", case_number), ("medwatch_reference", medwatch_reference)):
        if not text.strip():
            raise EntryRefused(field, "Both reports have to be made. Enter this number.")
    report = ExposureReport.objects.get(pk=report_id)
    with recording("patient", report.patient_id) as recorder:
        require_pharmacist(actor)
        occurred_at = recorder.moment(filed_at, "filed_at")
        if occurred_at < report.occurred_at:
            raise EntryRefused("filed_at", "This is before the exposure was reported to us.")
        return recorder.add(
            ExposureReportFiling(
                patient_id=report.patient_id,
                report=report,
                case_number=case_number.strip(),
                medwatch_reference=medwatch_reference.strip(),
                occurred_at=occurred_at,
                recorded_by=actor,
            )
        )


def record_hypersensitivity(
    *, patient_id: UUID, description: str, actor: User, noted_at: datetime | None = None
) -> Hypersensitivity:
    """A severe allergic reaction: nothing is dispensed while it stands (R52)."""
    if not description.strip():
        raise EntryRefused("description", "Describe the reaction.")
    with recording("patient", patient_id) as recorder:
        require_care_team(actor, patient_for_update(patient_id), recorder.at)
        return recorder.add(
            Hypersensitivity(
                patient_id=patient_id,
                description=description.strip(),
                occurred_at=recorder.moment(noted_at, "noted_at"),
                recorded_by=actor,
            )
        )
