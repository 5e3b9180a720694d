"""The outbox of reminders (design, section 6): the row is the guarantee, the queue is speed.

Rows are planned in the transaction of the fact that causes them. `plan_for_patient` may run at any
time and any number of times: it makes the planned rows equal to what the facts now ask for.
"""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import redis
from celery import current_app
from django.db import transaction
from django.db.models import Q
from kombu.exceptions import KombuError

from rems.models import Reminder
from rems.obligations import (
    PREGNANCY_TEST_DUE,
    Obligation,
    PatientObligations,
    load_obligations,
)

SEND_DUE_REMINDERS = "rems.tasks.send_due_reminders"

# A nudge gives up at once: somebody waits for a page. Without max_retries it takes six seconds.
NUDGE_PATIENCE = {"max_retries": 0, "socket_connect_timeout": 1, "socket_timeout": 1}

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LeadTime:
    """How long before the due date a reminder goes out: whole days, at an hour of the local day."""

    days: int
    local_time: time


# Lead times are data: one line for each kind of reminder.
LEAD_TIMES: Mapping[str, LeadTime] = {
    # Two days: a laboratory visit has to be arranged, and the result has to be signed.
    PREGNANCY_TEST_DUE: LeadTime(days=2, local_time=time(9)),
}


@dataclass(frozen=True, slots=True)
class Key:
    """What a reminder says to whom; the constraint `rems_reminder_once` allows each key once."""

    program_code: str | None
    kind: str
    due_on: date
    step: int
    recipient_id: UUID | None
    channel: str


def plan_for_patient(patient_id: UUID, at: datetime) -> None:
    """Make the patient's planned reminders equal to their obligations.

    Called inside the transaction of a fact, under the patient's lock, with the database's clock.
    Running it again changes nothing. A worker is nudged after the commit if something is due now.
    """
    wanted = _wanted(load_obligations([patient_id], at).get(patient_id))
    existing = {key_of(row): row for row in _rows_to_compare(patient_id, wanted)}
    _cancel([row for key, row in existing.items() if key not in wanted])
    changed = _create(patient_id, at, {k: v for k, v in wanted.items() if k not in existing})
    for key, row in existing.items():
        if key in wanted and _bring_up_to_date(row, wanted[key], at):
            changed.append(row)
    if any(row.send_at <= at for row in changed):
        nudge_after_commit(SEND_DUE_REMINDERS)


def still_needed(reminders: Iterable[Reminder], at: datetime) -> set[UUID]:
    """The keys of those reminders that the core's schedule still asks for."""
    rows = list(reminders)
    loaded = load_obligations({row.subject_id for row in rows}, at)
    return {row.pk for row in rows if key_of(row) in _wanted(loaded.get(row.subject_id))}


def nudge_after_commit(task_name: str) -> None:
    """Ask for a task at once when the transaction has committed. Beat asks again anyway."""
    transaction.on_commit(lambda: _nudge(task_name))


def key_of(reminder: Reminder) -> Key:
    """The key of a row."""
    return Key(
        reminder.program_id,
        reminder.kind,
        reminder.due_on,
        reminder.step,
        reminder.recipient_id,
        reminder.channel,
    )


def _wanted(patient: PatientObligations | None) -> dict[Key, datetime]:
    """Every reminder that should stand, with the instant before which it is not sent."""
    if patient is None:
        return {}
    return {
        _key(obligation, recipient_id): moment_to_send(obligation, patient.zone)
        for obligation in patient.obligations
        for recipient_id in patient.recipient_ids or (None,)
    }


def _key(obligation: Obligation, recipient_id: UUID | None) -> Key:
    """Without a recipient the row still stands: it will fail, and a person will see that."""
    channel = Reminder.Channel.EMAIL.value
    return Key(
        obligation.program_code, obligation.kind, obligation.due_on, 1, recipient_id, channel
    )


def moment_to_send(obligation: Obligation, zone: ZoneInfo) -> datetime:
    """When to send, in UTC: the lead time before the due date by the patient's own wall clock."""
    lead = LEAD_TIMES[obligation.kind]
    if obligation.at_once:
        return datetime.min.replace(tzinfo=UTC)
    on = obligation.due_on - timedelta(days=lead.days)
    return datetime.combine(on, lead.local_time, tzinfo=zone).astimezone(UTC)


def _rows_to_compare(patient_id: UUID, wanted: Mapping[Key, datetime]) -> list[Reminder]:
    """What is planned, and what was ever written for a date that is wanted now."""
    due = {key.due_on for key in wanted}
    return list(
        Reminder.objects.filter(
            Q(status=Reminder.Status.PLANNED) | Q(due_on__in=due), subject_id=patient_id
        )
    )


def _create(patient_id: UUID, at: datetime, missing: Mapping[Key, datetime]) -> list[Reminder]:
    rows = [
        Reminder(
            subject_id=patient_id,
            patient_id=patient_id,
            program_id=key.program_code,
            kind=key.kind,
            due_on=key.due_on,
            step=key.step,
            recipient_id=key.recipient_id,
            channel=key.channel,
            send_at=max(moment, at),
        )
        for key, moment in missing.items()
    ]
    return Reminder.objects.bulk_create(rows) if rows else []


def _cancel(rows: list[Reminder]) -> None:
    """A row that a worker is sending keeps its lease, so that the worker can still say it did."""
    planned = [row.pk for row in rows if row.status == Reminder.Status.PLANNED]
    if planned:
        Reminder.objects.filter(pk__in=planned).update(status=Reminder.Status.CANCELLED)


def _bring_up_to_date(row: Reminder, moment: datetime, at: datetime) -> bool:
    """Revive a cancelled row, or move one that was never tried. Whether the row was changed."""
    if row.status == Reminder.Status.CANCELLED:
        row.status, row.attempts, row.failure = Reminder.Status.PLANNED, 0, ""
        row.send_at = max(moment, at)
    elif row.status == Reminder.Status.PLANNED and row.attempts == 0:
        if row.send_at == moment or max(row.send_at, moment) <= at:
            return False
        row.send_at = max(moment, at)
    else:
        return False
    row.save(update_fields=["status", "attempts", "failure", "send_at"])
    return True


def _nudge(task_name: str) -> None:
    """A broker that is away stops nothing: the row waits, and beat finds it."""
    try:
        with current_app.connection_for_write(transport_options=NUDGE_PATIENCE) as broker:
            current_app.send_task(task_name, connection=broker, retry=False)
    except (KombuError, redis.RedisError, OSError) as error:
        logger.warning("no nudge for %s: %s", task_name, type(error).__name__)
