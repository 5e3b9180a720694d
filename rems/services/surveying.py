"""The patient survey (rule R30)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from accounts.models import User
from rems import core
from rems.checklists import Question, survey_items
from rems.errors import DomainError, EntryRefused, NotAllowed
from rems.models import PatientAccess, Survey
from rems.selectors import category_of
from rems.services.authority import require_access, require_signature
from rems.services.changes import Change, open_for
from rems.services.recording import recording
from rems.signatures import Signature

_NOTE = "Told in the patient survey."


def record_survey(
    *,
    patient_id: UUID,
    answers: Mapping[str, str],
    actor: User,
    signature: Signature,
    completed_at: datetime | None = None,
) -> Survey:
    """The patient, or for a child the guardian, completed the survey, signed.

    What an answer tells of (a late period, contraception that stopped, a shared capsule) opens its
    hold or report in the same transaction, as if it had been reported by itself (R25, R07, R51).
    Raises NotAllowed when the actor may not answer for the patient, EntryRefused naming a question
    that was not answered, or not with one of its answers.
    """
    with recording("patient", patient_id) as recorder:
        access = require_access(actor, patient_id, recorder.at)
        assigned = category_of(patient_id)
        if assigned is None:
            raise DomainError("You are not enrolled in the safety program yet.")
        role = signing_role(access, assigned.category)
        require_signature(signature, actor, {role})
        questions = survey_items(core.RiskCategory(assigned.category))
        _require_answers(questions, answers)
        at = recorder.moment(completed_at, "completed_at")
        for change in changes_told_of(questions, answers):
            open_for(change, recorder, note=_NOTE, actor=actor, occurred_at=at)
        return recorder.add(
            Survey(
                patient_id=patient_id,
                category=assigned.category,
                answers=dict(answers),
                occurred_at=at,
                recorded_by=actor,
            ),
            signature,
        )


def changes_told_of(questions: Iterable[Question], answers: Mapping[str, str]) -> list[Change]:
    """The changes of which these answers tell, in the order of the questions."""
    return [
        Change(question.on_no)
        for question in questions
        if question.on_no and answers[question.key] == "no"
    ]


def signing_role(access: PatientAccess, category: str) -> str:
    """`patient` or `guardian`: who signs for a patient of this category. Raises NotAllowed."""
    if core.RiskCategory(category).is_child:
        if access.relation != PatientAccess.Relation.GUARDIAN:
            raise NotAllowed("A parent or guardian has to do this.")
        return "guardian"
    if access.relation != PatientAccess.Relation.SELF:
        raise NotAllowed("The patient has to do this.")
    return "patient"


def _require_answers(questions: Iterable[Question], answers: Mapping[str, str]) -> None:
    """Refuse a gap, an unknown answer, and a question that this category is not asked."""
    asked = {question.key: question for question in questions}
    for key, question in asked.items():
        if not question.allows(answers.get(key, "")):
            raise EntryRefused(key, "Choose an answer.")
    for key in answers:
        if key not in asked:
            raise EntryRefused(key, "This question is not part of the survey.")
