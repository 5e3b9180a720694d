"""Plans what is wanted, in the transaction of the fact that causes it; asks again before sending."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from uuid import UUID

from rems import core
from rems.models import Reminder
from rems.obligations import (
    Standing,
    load_failures,
    load_holders,
    load_obligations,
    loader_of,
)
from rems.outbox.nudging import SEND_DUE_REMINDERS, nudge_after_commit
from rems.outbox.reconciling import EVERY_KIND, Difference, reconcile
from rems.outbox.wanted import Key, Wanted, key_of, wanted_of

# Planned by who notes the failure, not with the patient's facts.
_WITH_PATIENTS = tuple(kind for kind in EVERY_KIND if kind != core.Kind.REMINDER_FAILED)


def plan_for_patient(patient_id: UUID, at: datetime) -> None:
    """Make the patient's planned reminders equal to their obligations, and those of their orders.

    Called inside the transaction of a fact, under the patient's lock, with the database's clock.
    Running it again changes nothing. A worker is nudged after the commit if something is due now.
    """
    plan_for_patients([patient_id], at)


def plan_for_patients(patient_ids: Collection[UUID], at: datetime) -> list[Difference]:
    """The same for several patients, all locked, in as many statements: two."""
    wanted = wanted_of(load_obligations(patient_ids, at), at)
    found = reconcile("patient", patient_ids, wanted.values(), at, _WITH_PATIENTS)
    return _nudged(found, at)


def plan_for_new_order(patient_id: UUID, course: core.Course, at: datetime) -> None:
    """What a new order changes in a plan that was right before it, in one statement.

    `course` need know nothing but the order. Under the patient's lock.
    """
    found = tuple(core.obligations_of_orders(course))
    wanted = wanted_of({patient_id: Standing(course.zone, found, patient_id)}, at)
    program_code = course.program.program_code
    reconcile("course", [patient_id], wanted.values(), at, core.MET_BY_AN_ORDER, program_code)


def plan_for_holders(holder_ids: Collection[UUID], at: datetime) -> list[Difference]:
    """What runs out for these prescribers, pharmacists and pharmacies, under their locks."""
    wanted = wanted_of(load_holders(holder_ids, at), at)
    return _nudged(reconcile("subject", holder_ids, wanted.values(), at), at)


def plan_for_people(
    holder_ids: Collection[UUID], patient_ids: Collection[UUID], at: datetime
) -> list[Difference]:
    """The same of these holders and of these patients, under the locks of all.

    In one statement: of two the second would take rows whose turn came before those of the first.
    """
    wanted = wanted_of(load_holders(holder_ids, at), at)
    wanted |= wanted_of(load_obligations(patient_ids, at), at)
    keys = [*holder_ids, *patient_ids]
    return _nudged(reconcile("person", keys, wanted.values(), at, _WITH_PATIENTS), at)


def plan_for_subjects(kind: str, keys: Collection[UUID], at: datetime) -> list[Difference]:
    """What falls due for subjects of a room above, which registered how it reads them."""
    wanted = wanted_of(loader_of(kind)(keys, at), at)
    return _nudged(reconcile("subject", keys, wanted.values(), at), at)


def plan_for_failures(reminder_ids: Collection[UUID], at: datetime) -> list[Difference]:
    """A task for each of these reminders that failed or came back and that nobody has seen to.

    Running it again changes nothing; a task that was ticked off stays so.
    """
    return _plan_failures(load_failures(reminder_ids, at), at)


def plan_for_new_failure(reminder_id: UUID, at: datetime) -> None:
    """The task for a reminder that failed or came back just now; one that a person ticked off when
    it failed before is open again.

    Called where that is noted, in the same transaction, with the reminder's row held.
    """
    about_it = Reminder.objects.filter(subject_id=reminder_id, kind=core.Kind.REMINDER_FAILED)
    ticked_off = about_it.filter(status=Reminder.Status.DONE)
    failed = load_failures([reminder_id], at)
    if failed:
        # Planning revives what is cancelled.
        ticked_off.update(status=Reminder.Status.CANCELLED, resolved_by=None, resolved_at=None)
    _plan_failures(failed, at)


def _plan_failures(failed: Mapping[UUID, Standing], at: datetime) -> list[Difference]:
    """What is failed no more is not asked for here, so nothing is cancelled."""
    return reconcile("wanted", (), wanted_of(failed, at).values(), at, kinds=())


def still_needed(reminders: Iterable[Reminder], at: datetime) -> dict[UUID, datetime]:
    """By key, those reminders that the facts still ask for, and when each may be sent: after `at`
    where it is quiet now for whom it is for. A statement for each kind of subject among them,
    however many they are."""
    rows, wanted = list(reminders), dict[Key, Wanted]()
    things = {(row.subject_id, row.kind, row.due_on) for row in rows}
    for load in {loader_of(row.kind) for row in rows}:
        subjects = {_subject(row) for row in rows if loader_of(row.kind) is load}
        wanted |= wanted_of(load(subjects, at), at, things)
    found = ((row.pk, wanted.get(key_of(row))) for row in rows)
    return {key: one.send_at for key, one in found if one is not None}


def _subject(row: Reminder) -> UUID:
    """Of whom the loader is asked: an order's reminders are planned with its patient's."""
    is_patients = loader_of(row.kind) is load_obligations
    subject_id: UUID = (is_patients and row.patient_id) or row.subject_id
    return subject_id


def _nudged(found: list[Difference], at: datetime) -> list[Difference]:
    if any(row.wants_a_worker(at) for row in found):
        nudge_after_commit(SEND_DUE_REMINDERS)
    return found
