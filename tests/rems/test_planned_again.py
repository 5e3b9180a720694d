"""What changes without a fact, such as an account that is switched off, is planned anew by itself."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection

from accounts.models import User
from rems.models import Patient, Reminder
from rems.services import planning
from rems.services.planning import (
    PART,
    PARTS,
    UnreadableRecords,
    part_of,
    plan_everything,
    plan_part,
)
from rems.tasks import plan_again
from tests.builders import a_test, acting_user, ago, now
from tests.database import VirtualClock
from tests.rems.treated import in_treatment

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


def ana_whose_account_is_switched_off() -> Patient:
    """Nothing is recorded of her: an administrator took away a tick mark."""
    ana = in_treatment(days=10)
    a_test(ana, ago(hours=1))
    User.objects.filter(pk=acting_user(ana).pk).update(is_active=False)
    return ana


def told(patient: Patient) -> set[str]:
    """By which channels the patient's next test is told."""
    rows = Reminder.objects.filter(patient=patient, kind="pregnancy_test_due", status="planned")
    return set(rows.values_list("channel", flat=True))


def turn_of(patient: Patient, clock: VirtualClock) -> None:
    """Set the clock to when this patient is planned anew the next time."""
    while part_of(patient.pk) != planning.part_at(now()):
        clock.shift(PART)


def test_for_an_account_that_was_switched_off_a_person_takes_over_within_half_a_day(
    clock: VirtualClock,
) -> None:
    ana = ana_whose_account_is_switched_off()
    assert told(ana) == {"email"}
    begun = now()
    turn_of(ana, clock)
    assert now() - begun < DAY / 2
    plan_again()
    assert told(ana) == {"task"}
    assert not Reminder.objects.filter(
        recipient=acting_user(ana), channel="email", status="planned"
    ).exists()


def test_planned_twice_by_two_beats_nothing_more_changes(clock: VirtualClock) -> None:
    ana = ana_whose_account_is_switched_off()
    turn_of(ana, clock)
    assert list(plan_part())
    before = sorted(Reminder.objects.values_list("pk", "status", "send_at"))
    assert not list(plan_part())
    plan_again()
    assert sorted(Reminder.objects.values_list("pk", "status", "send_at")) == before


def test_who_is_not_of_this_part_waits_for_their_turn(clock: VirtualClock) -> None:
    ana = ana_whose_account_is_switched_off()
    turn_of(ana, clock)
    clock.shift(PART)
    plan_again()
    assert told(ana) == {"email"}


def test_all_parts_together_are_everybody_twice_a_day(clock: VirtualClock) -> None:
    assert PART * PARTS == DAY / 2
    ana_whose_account_is_switched_off()
    everything = {(row.kind, row.subject_id) for row in plan_everything(check=True)}
    found = set()
    for _ in range(PARTS):
        found |= {(row.kind, row.subject_id) for row in plan_part()}
        clock.shift(PART)
    assert everything <= found
    assert not list(plan_everything(check=True))


def test_one_record_that_cannot_be_read_holds_up_nobody_else_and_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    broken, other = (in_treatment(days=10, name=name) for name in ("Ana Ruiz", "Zoe Hart"))
    Reminder.objects.update(status="cancelled")
    plan = planning.plan_for_patients

    def stumble(keys: list[UUID], at: datetime) -> object:
        if broken.pk in keys:
            raise ValueError("no such zone, Ana Ruiz")
        return plan(keys, at)

    monkeypatch.setattr(planning, "plan_for_patients", stumble)
    with pytest.raises(UnreadableRecords, match=f"^{broken.pk} ValueError$"):
        list(plan_everything())
    assert told(other) == {"email"}
    assert told(broken) == set()


def test_each_batch_is_a_transaction_of_its_own_and_few_keys_are_held(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(planning, "BATCH", 2)
    for name in ("Ana Ruiz", "Zoe Hart", "Eva Lund"):
        in_treatment(days=10, name=name)
    batches: list[int] = []
    at_work = planning.plan_for_patients

    def counted(keys: list[UUID], at: datetime) -> object:
        batches.append(len(keys))
        assert len(connection.savepoint_ids) == 0
        return at_work(keys, at)

    monkeypatch.setattr(planning, "plan_for_patients", counted)
    list(plan_everything())
    assert batches == [2, 1]
