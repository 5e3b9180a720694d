"""Plan everything anew, batch by batch: after a change of the lead times, or to see that nothing is
missing. The functions are those that plan in the transaction of a fact."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from uuid import UUID

from django.db import models, transaction

from accounts.clock import read_clock
from rems.locks import lock_subjects
from rems.models import Patient, Pharmacist, Pharmacy, Prescriber, Reminder
from rems.obligations import FAILED, subjects_of_rooms_above
from rems.outbox import (
    Difference,
    plan_for_failures,
    plan_for_holders,
    plan_for_patients,
    plan_for_subjects,
)

BATCH = 200

Plan = Callable[[Sequence[UUID], datetime], list[Difference]]


def plan_everything(*, check: bool = False) -> Iterator[Difference]:
    """Every difference between the planned rows and what the facts ask for; put right unless it is
    only a `check`. Each batch is a transaction of its own, under its subjects' locks."""
    for subject, model in (
        ("prescriber", Prescriber),
        ("pharmacist", Pharmacist),
        ("pharmacy", Pharmacy),
    ):
        yield from _plan_all(_keys(model), plan_for_holders, check, subject)
    yield from _plan_all(_keys(Patient), plan_for_patients, check, "patient")
    for kind, keys in subjects_of_rooms_above().items():

        def plan(batch: Sequence[UUID], at: datetime, kind: str = kind) -> list[Difference]:
            return plan_for_subjects(kind, batch, at)

        yield from _plan_all(keys, plan, check)
    failed = Reminder.objects.filter(FAILED, resolved_at__isnull=True)
    yield from _plan_all(list(failed.values_list("pk", flat=True)), plan_for_failures, check)


def _plan_all(
    keys: Sequence[UUID], plan: Plan, check: bool, subject: str | None = None
) -> Iterator[Difference]:
    for start in range(0, len(keys), BATCH):
        batch = keys[start : start + BATCH]
        with transaction.atomic(durable=True):
            if subject is not None:
                lock_subjects(subject, batch)
            found = plan(batch, read_clock())
            transaction.set_rollback(check)
        yield from found


def _keys(model: type[models.Model]) -> list[UUID]:
    return list(model._default_manager.order_by("pk").values_list("pk", flat=True))
