"""How much each gated step asks of the database: a handful of queries, however long the history.

Counted is every statement that the service sends but BEGIN and COMMIT. A new process reads the
program's version once more, at its first decision.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from orders import services
from orders.services import StepResult
from rems.models import DecisionRecord, Reminder
from tests import builders as b
from tests.database import VirtualClock
from tests.guards.life import stock
from tests.orders import steps

pytestmark = pytest.mark.django_db(transaction=True)

MOST = 12
LONG_AGO = 6


def queries_of(step: Callable[[], StepResult]) -> int:
    """How many the step sends; it has to be taken."""
    with CaptureQueriesContext(connection) as captured:
        assert step().is_done
    sent = [query["sql"] for query in captured.captured_queries]
    assert sent.count("BEGIN") == sent.count("COMMIT") == 1
    return len(sent) - 2


def anew(user: User) -> User:
    """The user as a request finds them: nothing about them was read yet."""
    return User.objects.get(pk=user.pk)


def by_pat() -> dict[str, Any]:
    pat = anew(b.the_store().user)
    return {"actor": pat, "signature": b.sign(pat, "pharmacist")}


def a_fill(cleared: b.Cleared) -> dict[str, int]:
    """One fill from checkout to the carrier: how many queries each gate's step took."""
    store, user = b.the_store(), anew(cleared.user)
    asked = {
        "patient_id": cleared.patient.pk,
        "prescription_id": cleared.prescription.pk,
        "package_id": store.package.pk,
        "mode": "ship",
        "actor": user,
    }
    counted = {"checkout": queries_of(lambda: services.place(**asked))}
    order = cleared.patient.orders.latest("pk")
    pat = {"order_id": order.pk, **by_pat()}
    unit = {"lot_id": store.lot.pk, "serial_number": order.number}
    parcel = {"carrier": "UPS", "tracking_number": "1Z999"}
    counted["approve"] = queries_of(lambda: services.approve(**pat))
    counted["dispense"] = queries_of(lambda: services.dispense(**pat, **unit))
    counted["release"] = queries_of(lambda: services.ship(**pat, **parcel))
    steps.deliver(order)
    return counted


def the_next_cycle(clock: VirtualClock, cleared: b.Cleared) -> b.Cleared:
    """Twenty-eight days on: the survey, the test and the papers of another fill."""
    clock.shift(timedelta(days=28))
    b.a_survey(cleared.patient)
    return b.clear_for(cleared.patient)


def test_a_gated_step_takes_a_dozen_queries_at_most_after_one_cycle_and_after_half_a_year(
    clock: VirtualClock,
) -> None:
    cleared = b.a_cleared_patient("FRP_ADULT", "Ana Ruiz")
    stock(LONG_AGO + 3)
    lot = b.the_store().lot.pk
    a_fill(cleared)
    after_one = a_fill(the_next_cycle(clock, cleared))
    for _ in range(LONG_AGO - 1):
        cleared = the_next_cycle(clock, cleared)
        a_fill(cleared)

    cleared = the_next_cycle(clock, cleared)
    stock(1)  # the last package of its lot, whose reminders go with it
    after_many = a_fill(cleared)
    assert not Reminder.objects.filter(subject_id=lot, status="planned").exists()

    assert DecisionRecord.objects.filter(outcome="permit").count() == 4 * (LONG_AGO + 2)
    assert after_many == after_one
    assert max(after_many.values()) <= MOST, after_many


def test_what_is_handed_over_asks_no_more_than_what_is_shipped_nor_does_a_pause_and_its_end() -> (
    None
):
    order = steps.placed(b.a_cleared_patient("FRP_ADULT", "Ana Ruiz"), "hand")
    user, again = anew(b.the_store().user), {"order_id": order.pk, **by_pat()}
    pause = {"order_id": order.pk, "actor": user, "reason": "Call her."}
    assert queries_of(lambda: services.pause(**pause)) <= MOST
    assert queries_of(lambda: services.resume(**again, reason="She called.")) <= MOST
    steps.approve(order)
    steps.dispense(order)
    counter = {"handed_to": "Ana Ruiz", "identification": "Driver's license"}
    parcel = {"order_id": order.pk, **by_pat(), **counter}
    assert queries_of(lambda: services.hand_over(**parcel)) <= MOST
