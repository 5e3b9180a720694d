"""Plan everything anew, batch by batch: after a change of the lead times, or to see that nothing is
missing; and day by day, for what changes without a fact: an account that is switched off, a right
that ended, a program version that came into force. The functions are those that plan in the
transaction of a fact."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import models, transaction

from accounts.clock import read_clock
from rems.locks import lock_for_reference, lock_subjects
from rems.models import Patient, Pharmacist, Pharmacy, Prescriber, Reminder
from rems.obligations import FAILED, subjects_of_rooms_above
from rems.outbox import (
    Difference,
    plan_for_failures,
    plan_for_holders,
    plan_for_patients,
    plan_for_subjects,
)

# Whoever wants to record something about one of them waits for the whole batch: a tenth of a second.
BATCH = 50
# Half a day is cut into so many parts, and everybody belongs to one of them: whoever missed a turn
# because nothing ran has another one on the same day.
PART = timedelta(minutes=5)
PARTS = 144

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# What a record raises that the schedule cannot be asked about.
_UNREADABLE = (ValueError, LookupError, TypeError)

Plan = Callable[[Sequence[UUID], datetime], list[Difference]]
Chosen = Callable[[UUID], bool]


class UnreadableRecords(Exception):
    """These could not be planned; all others are. Keys, and the kind of error."""


def plan_everything(*, check: bool = False) -> Iterator[Difference]:
    """Every difference between the planned rows and what the facts ask for; put right unless it is
    only a `check`. Each batch is a transaction of its own, under its subjects' locks.

    Raises UnreadableRecords, after everything else is done.
    """
    return _plan_those(lambda key: True, check)


def plan_part() -> Iterator[Difference]:
    """The same for those whose turn it is now, by the database's clock: everybody's comes twice a
    day. Which part is next stands nowhere, so nothing that dies can lose it; running it twice
    changes nothing."""
    now = part_at(read_clock())
    return _plan_those(lambda key: part_of(key) == now, check=False)


def part_at(at: datetime) -> int:
    """Whose turn it is at this instant: 0 up to PARTS - 1."""
    return (at - _EPOCH) // PART % PARTS


def part_of(key: UUID) -> int:
    """To which part a subject belongs. The last bits of a key are random."""
    return key.int % PARTS


def _plan_those(chosen: Chosen, check: bool) -> Iterator[Difference]:
    unreadable: list[str] = []
    for keys, plan, subject in _all_subjects():
        following = filter(chosen, keys)
        while batch := list(islice(following, BATCH)):
            yield from _plan_batch(batch, plan, subject, check, unreadable)
    if unreadable:
        raise UnreadableRecords(", ".join(unreadable))


def _all_subjects() -> Iterator[tuple[Iterable[UUID], Plan, str | None]]:
    """Keys, who plans for them, and what to lock for that."""
    yield _keys(Prescriber.objects.all()), plan_for_holders, "prescriber"
    yield _keys(Pharmacist.objects.all()), plan_for_holders, "pharmacist"
    yield _keys(Pharmacy.objects.all()), plan_for_holders, "pharmacy"
    yield _keys(Patient.objects.all()), plan_for_patients, "patient"
    for kind, keys in subjects_of_rooms_above().items():
        yield keys, partial(plan_for_subjects, kind), None
    failed = Reminder.objects.filter(FAILED, resolved_at__isnull=True)
    yield _keys(failed), _plan_failures, None


def _plan_failures(batch: Sequence[UUID], at: datetime) -> list[Difference]:
    """Their patients first, as whoever notes a failure takes them."""
    rows = Reminder.objects.filter(pk__in=batch)
    lock_for_reference(list(rows.values_list("patient_id", flat=True)))
    return plan_for_failures(batch, at)


def _plan_batch(
    batch: Sequence[UUID], plan: Plan, subject: str | None, check: bool, unreadable: list[str]
) -> list[Difference]:
    """In one transaction; one by one where a record among them cannot be read."""
    try:
        with transaction.atomic(durable=True):
            if subject is not None:
                lock_subjects(subject, batch)
            found = plan(batch, read_clock())
            transaction.set_rollback(check)
        return found
    except _UNREADABLE as error:
        if len(batch) == 1:
            unreadable.append(f"{batch[0]} {type(error).__name__}")
            return []
    return [row for key in batch for row in _plan_batch([key], plan, subject, check, unreadable)]


def _keys(rows: models.QuerySet[Any]) -> Iterator[UUID]:
    """Read little by little: they need not all be in memory."""
    return rows.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=BATCH)
