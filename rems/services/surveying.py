"""The patient survey (rule R30)."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from accounts.models import User
from rems import core
from rems.errors import DomainError, NotAllowed
from rems.models import PatientAccess, Survey
from rems.selectors import category_of
from rems.services.authority import require_access, require_signature
from rems.services.recording import recording
from rems.signatures import Signature


def record_survey(
    *,
    patient_id: UUID,
    answers: Mapping[str, str],
    actor: User,
    signature: Signature,
    completed_at: datetime | None = None,
) -> Survey:
    """The patient, or for a child the guardian, completed the survey, signed.

    Raises NotAllowed when the actor may not answer for the patient.
    """
    with recording("patient", patient_id) as recorder:
        access = require_access(actor, patient_id, recorder.at)
        assigned = category_of(patient_id)
        if assigned is None:
            raise DomainError("You are not enrolled in the safety program yet.")
        role = signing_role(access, assigned.category)
        require_signature(signature, actor, {role})
        return recorder.add(
            Survey(
                patient_id=patient_id,
                category=assigned.category,
                answers=dict(answers),
                occurred_at=recorder.moment(completed_at, "completed_at"),
                recorded_by=actor,
            ),
            signature,
        )


def signing_role(access: PatientAccess, category: str) -> str:
    """`patient` or `guardian`: who signs for a patient of this category. Raises NotAllowed."""
    if core.RiskCategory(category).is_child:
        if access.relation != PatientAccess.Relation.GUARDIAN:
            raise NotAllowed("A parent or guardian has to do this.")
        return "guardian"
    if access.relation != PatientAccess.Relation.SELF:
        raise NotAllowed("The patient has to do this.")
    return "patient"
