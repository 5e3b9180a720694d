"""Supplies from elsewhere, first doses, and supplies that were lost or returned (R45)."""

from datetime import date, datetime
from uuid import UUID

from accounts.models import User
from accounts.roles import Role
from rems import core
from rems.errors import DomainError, EntryRefused
from rems.models import FirstDose, Program, Supply, SupplyEnd
from rems.selectors import current, end_of, pharmacy_zone, supplies_that_left
from rems.services.authority import (
    as_it_stands,
    is_on_care_team,
    patient_for_update,
    require_access,
    require_pharmacist,
    require_signature,
)
from rems.services.enrolling import refuse_future_day
from rems.services.recording import Recorder, recording, take_up
from rems.signatures import Signature


def record_outside_supply(
    *,
    patient_id: UUID,
    program_code: str,
    days_supply: int,
    quantity: int,
    actor: User,
    signature: Signature,
    dispensed_at: datetime | None = None,
    started_on: date | None = None,
) -> Supply:
    """Capsules that another pharmacy gave the patient, as a pharmacist learned, signed.

    `started_on` is the first day on which they were taken, if known.
    """
    for field, figure in (("days_supply", days_supply), ("quantity", quantity)):
        if figure < 1:
            raise EntryRefused(field, "Enter a whole number from 1 up.")
    if not Program.objects.filter(code=program_code).exists():
        raise EntryRefused("program_code", "There is no such program.")
    with recording("patient", patient_id) as recorder:
        require_pharmacist(actor)
        require_signature(signature, actor, Role.PHARMACIST)
        supply = recorder.add(
            Supply(
                patient_id=patient_id,
                program_id=program_code,
                source="elsewhere",
                days_supply=days_supply,
                quantity=quantity,
                occurred_at=recorder.moment(dispensed_at, "dispensed_at"),
                recorded_by=actor,
            ),
            signature,
        )
        if started_on is not None:
            _add_first_dose(recorder, supply, started_on, actor)
        return supply


def record_first_dose(*, supply_id: UUID, started_on: date, actor: User) -> FirstDose:
    """The first local day on which capsules of this supply were taken, by whoever knows it.

    Raises EntryRefused while the capsules are still in the pharmacy: they would count as used up
    (R45), or as a start (R20), before anybody has them.
    """
    supply = Supply.objects.get(pk=supply_id)
    with recording("patient", supply.patient_id) as recorder:
        patient = patient_for_update(supply.patient_id)
        ended = end_of(supply)
        if is_on_care_team(as_it_stands(actor), patient, recorder.at):
            _refuse_gone(ended)
        else:
            require_access(actor, patient.pk, recorder.at)
            _refuse_ended(ended)
        return _add_first_dose(recorder, supply, started_on, actor)


def end_outside_supply(
    *, supply_id: UUID, cause: str, note: str, actor: User, signature: Signature
) -> SupplyEnd:
    """Signed evidence that a supply from elsewhere was `lost` or `returned` (R45).

    A supply of ours ends with its order.
    """
    if cause not in {SupplyEnd.Cause.LOST, SupplyEnd.Cause.RETURNED}:
        raise EntryRefused("cause", "Choose lost or returned.")
    supply = current(Supply).get(pk=supply_id)
    if supply.source != "elsewhere":
        raise DomainError("Record this at the order that the supply belongs to.")
    with recording("patient", supply.patient_id) as recorder:
        require_pharmacist(actor)
        require_signature(signature, actor, Role.PHARMACIST)
        return recorder.add(
            SupplyEnd(
                patient_id=supply.patient_id,
                supply=supply,
                cause=cause,
                note=note.strip(),
                occurred_at=recorder.at,
                recorded_by=actor,
            ),
            signature,
        )


def _add_first_dose(recorder: Recorder, supply: Supply, started_on: date, actor: User) -> FirstDose:
    refuse_future_day(started_on, recorder.at, "started_on")
    if started_on < _left_on(supply):
        raise EntryRefused("started_on", "This is before the capsules left the pharmacy.")
    row = FirstDose(
        patient_id=supply.patient_id,
        supply=supply,
        started_on=started_on,
        occurred_at=recorder.at,
        recorded_by=actor,
    )
    return recorder.add(take_up(row, supply=supply))


def _left_on(supply: Supply) -> date:
    """The local day on which the capsules left the pharmacy. Raises EntryRefused before that."""
    left = supplies_that_left(Supply.objects.filter(pk=supply.pk)).first()
    if left is None:
        raise EntryRefused("started_on", "These capsules have not left the pharmacy yet.")
    return core.local_date(left.left_at, pharmacy_zone())  # type: ignore[attr-defined]


def _refuse_ended(ended: SupplyEnd | None) -> None:
    if ended is not None:
        raise EntryRefused(
            "started_on",
            "We have these capsules on record as lost or returned. Please call the pharmacy.",
        )


def _refuse_gone(ended: SupplyEnd | None) -> None:
    """What came back may have been begun before; the care team may still say so."""
    if ended is not None and ended.cause != SupplyEnd.Cause.RETURNED:
        raise EntryRefused(
            "started_on", "These capsules are on record as lost, or as never released."
        )
