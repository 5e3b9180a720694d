"""What the pharmacist is advised of: conditions, other medicines, blood counts. Never a gate."""

from datetime import datetime
from uuid import UUID

from accounts.models import User
from rems.errors import EntryRefused
from rems.models import CLINICAL_FACTORS, BloodCount, ClinicalFactor
from rems.services.authority import patient_for_update, require_care_team
from rems.services.recording import recording


def record_clinical_factor(
    *,
    patient_id: UUID,
    factor: str,
    is_present: bool,
    actor: User,
    note: str = "",
    since: datetime | None = None,
) -> ClinicalFactor:
    """A medicine or condition that the dose has to follow, or that it is over. The newest counts."""
    if factor not in CLINICAL_FACTORS:
        raise EntryRefused("factor", "Choose one of these.")
    with recording("patient", patient_id) as recorder:
        require_care_team(actor, patient_for_update(patient_id), recorder.at)
        return recorder.add(
            ClinicalFactor(
                patient_id=patient_id,
                factor=factor,
                is_present=is_present,
                note=note.strip(),
                occurred_at=recorder.moment(since, "since"),
                recorded_by=actor,
            )
        )


def record_blood_count(
    *, patient_id: UUID, actor: User, note: str = "", collected_at: datetime | None = None
) -> BloodCount:
    """A complete blood count was taken: the next one is due as the label says (rule sheet 8.20)."""
    with recording("patient", patient_id) as recorder:
        require_care_team(actor, patient_for_update(patient_id), recorder.at)
        return recorder.add(
            BloodCount(
                patient_id=patient_id,
                note=note.strip(),
                occurred_at=recorder.moment(collected_at, "collected_at"),
                recorded_by=actor,
            )
        )
