"""An order that waits, a number that lapses and a lot that expires are told to the pharmacists."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Lot
from orders.models import Order
from rems.models import Patient, Reminder
from rems.outbox import still_needed
from rems.services.planning import plan_everything
from tests import cast
from tests.builders import the_store
from tests.database import VirtualClock
from tests.orders import steps
from tests.rems.treated import all_planned

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


def tasks(order: Order, kind: str) -> list[tuple[int, str]]:
    """The steps and channels that are planned about the order."""
    found = Reminder.objects.filter(subject_id=order.pk, kind=kind, status="planned")
    return sorted(found.values_list("step", "channel"))


def test_an_order_that_waits_is_a_task_a_day_after_its_last_step() -> None:
    order = steps.placed(cast.carl())
    placed_at = order.events.get().recorded_at
    assert tasks(order, "order_waiting") == [(1, "task"), (2, "task")]
    first, second = Reminder.objects.filter(subject_id=order.pk, kind="order_waiting").order_by(
        "step"
    )
    assert (first.send_at, second.send_at) == (placed_at + DAY, placed_at + 3 * DAY)
    assert (first.patient, first.recipient) == (order.patient, None)
    steps.approve(order)
    assert tasks(order, "order_waiting") == [(1, "task"), (2, "task")]
    first.refresh_from_db()
    assert first.send_at > placed_at + DAY


def test_a_number_that_lapses_is_a_task_while_the_parcel_is_still_here(
    clock: VirtualClock,
) -> None:
    clock.set(clock.now().replace(hour=16))  # noon in New York: her parcel's day is not nearly over
    order = steps.placed(cast.ana())
    assert tasks(order, "confirmation_lapsing") == [(1, "task"), (2, "task")]
    steps.approve(order)
    steps.dispense(order)
    assert tasks(order, "confirmation_lapsing") == [(1, "task"), (2, "task")]
    rows = list(Reminder.objects.filter(subject_id=order.pk, status="planned"))
    assert still_needed(rows, rows[0].planned_at).keys() == {row.pk for row in rows}
    steps.ship(order)
    assert tasks(order, "confirmation_lapsing") == tasks(order, "order_waiting") == []
    assert still_needed(rows, rows[0].planned_at) == {}


def test_who_has_ordered_is_not_told_that_the_number_lapses() -> None:
    carl = cast.carl()
    assert all_planned(carl.patient, "authorization_lapsing").exists()
    order = steps.placed(carl)
    assert not all_planned(carl.patient, "authorization_lapsing").exists()
    steps.approve(order)
    steps.dispense(order)
    steps.ship(order)
    # No order waits any more, but the number is used.
    assert not all_planned(carl.patient, "authorization_lapsing").exists()
    assert all_planned(carl.patient, "refill_window").exists()


def test_a_lot_that_expires_is_a_task_while_packages_lie_on_the_shelf() -> None:
    lot = the_store().lot
    found = Reminder.objects.filter(subject_id=lot.pk, status="planned")
    assert {(row.kind, row.due_on, row.channel) for row in found} == {
        ("lot_expiring", lot.expires_on, "task")
    }
    lot.expires_on += 10 * DAY
    lot.save()
    assert {row.due_on for row in found.all()} == {lot.expires_on}
    rows = list(found.all())
    lot.quantity_on_hand = 0
    lot.save()
    assert not found.all().exists()
    assert still_needed(rows, rows[0].planned_at) == {}


def test_the_last_package_of_a_lot_takes_the_lot_s_reminders_with_it() -> None:
    lot = the_store().lot
    Lot.objects.filter(pk=lot.pk).update(quantity_on_hand=2)
    about_it = Reminder.objects.filter(subject_id=lot.pk, status="planned")
    before = set(about_it)
    assert before
    steps.dispensed(cast.carl())
    assert set(about_it.all()) == before
    steps.dispensed(cast.finn())
    assert not about_it.all().exists()
    assert not list(plan_everything(check=True))


def test_a_step_of_an_order_plans_in_two_statements() -> None:
    order = steps.placed(cast.carl())
    with CaptureQueriesContext(connection) as queries:
        steps.approve(order)
    about = [query["sql"] for query in queries if "rems_reminder" in query["sql"]]
    loads = [query["sql"] for query in queries if "rems_contactpreference" in query["sql"]]
    assert (len(about), len(loads)) == (1, 1)
    assert Patient.objects.count() == 1
