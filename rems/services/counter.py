"""What the pharmacist adds before each dispense: confirmation and counseling (R40 to R44)."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from accounts.models import User
from accounts.roles import Role
from catalog.models import MedicationGuide
from rems import core
from rems.checklists import counseling_items
from rems.errors import EntryRefused
from rems.models import Confirmation, CounselingRecord, Prescription
from rems.selectors import current
from rems.services.authority import require_pharmacist, require_signature
from rems.services.changes import SAME_REPORT
from rems.services.prescribing import plain_number, refuse_renewal
from rems.services.recording import recording
from rems.signatures import Signature


def record_confirmation(
    *,
    prescription_id: UUID,
    number: str,
    source: str,
    actor: User,
    signature: Signature,
    obtained_at: datetime | None = None,
) -> Confirmation:
    """A pharmacist obtained the program's confirmation number from the `portal` or by `phone`.

    Raises GuardRefused when the number is on record for another prescription, EntryRefused when it was
    on record for this one before it was obtained.
    """
    if source not in Confirmation.Source.values:
        raise EntryRefused("source", "Choose portal or phone.")
    prescription = Prescription.objects.get(pk=prescription_id)
    with recording("patient", prescription.patient_id) as recorder:
        require_pharmacist(actor)
        require_signature(signature, actor, Role.PHARMACIST)
        plain = plain_number(number, "number")
        twin = _a_moment_ago(prescription, plain, actor, recorder.at) if not obtained_at else None
        if twin is not None:
            return twin
        row = Confirmation(
            patient_id=prescription.patient_id,
            prescription=prescription,
            number=plain,
            source=source,
            occurred_at=recorder.moment(obtained_at, "obtained_at"),
            recorded_by=actor,
        )
        refuse_renewal(row, "obtained_at")
        return recorder.add(row, signature)


def _a_moment_ago(
    prescription: Prescription, number: str, actor: User, at: datetime
) -> Confirmation | None:
    """The same, if it was sent twice by a double click."""
    same = current(Confirmation).filter(
        prescription=prescription,
        number=number,
        recorded_by=actor,
        recorded_at__gt=at - SAME_REPORT,
    )
    return same.first()


def record_counseling(
    *,
    prescription_id: UUID,
    checklist: Mapping[str, bool],
    medication_guide_id: UUID | None,
    actor: User,
    signature: Signature,
    counselled_at: datetime | None = None,
) -> CounselingRecord:
    """A pharmacist counselled the patient for this fill, signed.

    The checklist is complete when each item of the prescription's category is done; an incomplete
    one is kept, and R43 refuses.
    """
    prescription = Prescription.objects.get(pk=prescription_id)
    wanted = [item.key for item in counseling_items(core.RiskCategory(prescription.category))]
    done = {key: bool(checklist.get(key)) for key in wanted}
    with recording("patient", prescription.patient_id) as recorder:
        require_pharmacist(actor)
        require_signature(signature, actor, Role.PHARMACIST)
        _refuse_other_guide(medication_guide_id, prescription)
        return recorder.add(
            CounselingRecord(
                patient_id=prescription.patient_id,
                prescription=prescription,
                checklist=done,
                checklist_complete=all(done.values()),
                medication_guide_id=medication_guide_id,
                occurred_at=recorder.moment(counselled_at, "counselled_at"),
                recorded_by=actor,
            ),
            signature,
        )


def _refuse_other_guide(guide_id: UUID | None, prescription: Prescription) -> None:
    if guide_id is None:
        return
    guides = MedicationGuide.objects.filter(pk=guide_id, product_id=prescription.product_id)
    if not guides.exists():
        raise EntryRefused("medication_guide_id", "This guide is for another medicine.")
