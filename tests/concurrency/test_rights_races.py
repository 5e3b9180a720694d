"""Somebody's account or role is taken away while their act waits for a lock: it is not done any more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import User
from accounts.roles import Role
from rems.errors import NotAllowed
from rems.models import HoldClearance
from rems.services import changes
from tests import builders as b
from tests.cast import ana, pat
from tests.closing import closed, without_roles
from tests.concurrency.race import Connection
from tests.concurrency.work import (
    Work,
    approving,
    dispensing,
    shipping,
    status,
    while_it_waits,
)
from tests.guards.life import Fill, a_placed_order
from tests.orders.steps import traces

pytestmark = pytest.mark.django_db(transaction=True)


STEPS = [("placed", approving), ("approved", dispensing), ("dispensed", shipping)]


@pytest.mark.parametrize("taken_away", [closed, without_roles])
@pytest.mark.parametrize(("before", "step"), STEPS, ids=["approve", "dispense", "ship"])
def test_pat_s_step_is_not_taken_when_pat_may_no_longer(
    before: str,
    step: Callable[[Fill], Work],
    taken_away: Callable[[User], None],
    superuser_connection: Connection,
) -> None:
    fill = a_placed_order().to(before)
    user, counted = pat().user, traces()
    came = while_it_waits(
        superuser_connection, fill.order.patient_id, step(fill), lambda: taken_away(user)
    )
    assert isinstance(came, NotAllowed), came
    assert (status(fill), traces()) == (before, counted)


@pytest.mark.parametrize("before", [before for before, _ in STEPS])
def test_control_a_step_that_only_waited_is_taken(
    before: str, superuser_connection: Connection
) -> None:
    fill = a_placed_order().to(before)
    step = dict(STEPS)[before]
    came = while_it_waits(superuser_connection, fill.order.patient_id, step(fill), lambda: None)
    assert came.is_done


@pytest.mark.parametrize("taken_away", [closed, without_roles])
def test_a_prescriber_who_may_no_longer_clears_no_hold(
    taken_away: Callable[[User], None], superuser_connection: Connection
) -> None:
    cleared = ana()
    hold = b.a_hold(cleared.patient, reported_at=b.ago(minutes=50))
    b.a_test(cleared.patient, b.ago(minutes=40))
    user = b.prescriber_user(cleared.patient)
    assert user.has_role(Role.PRESCRIBER), "as the page asked before it called the service"
    signature = b.sign(user, Role.PRESCRIBER)

    def clear() -> Any:
        return changes.clear_hold(
            hold_id=hold.pk, reason="Not pregnant.", actor=user, signature=signature
        )

    came = while_it_waits(superuser_connection, cleared.patient.pk, clear, lambda: taken_away(user))
    assert isinstance(came, NotAllowed), came
    assert not HoldClearance.objects.exists()
