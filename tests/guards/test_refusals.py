"""Invariant 10: a refusal is committed with its reasons, and nothing makes a permit of it."""

from collections.abc import Callable

import pytest

from orders import services as orders
from tests import builders as b
from tests.guards.life import Fill, a_placed_order
from tests.guards.raw import CHECK, FORBIDDEN, Connection, refused
from tests.guards.steps import status_of, take

pytestmark = pytest.mark.django_db(transaction=True)

REFUSALS = (
    "SELECT d.id, f ->> 'rule', EXISTS (SELECT FROM rems_seal s WHERE s.row_id = d.id) "
    "FROM rems_decisionrecord d, jsonb_array_elements(d.findings) f "
    "WHERE d.subject_id = %s AND d.gate = 'approve' AND d.outcome = 'refuse'"
)


@pytest.fixture
def app(app_connection: Callable[..., Connection]) -> Connection:
    return app_connection(autocommit=True)


def ana_s_refused_order() -> Fill:
    """Placed; then Ana bled, so Pat was refused the approval."""
    fill = a_placed_order(b.a_cleared_patient("FRP_ADULT", "Ana Ruiz"))
    b.a_hold(fill.cleared.patient)
    assert not orders.approve(**fill.pharmacist("I approve this order.")).is_done
    return fill


def test_ana_s_refusal_is_there_for_everybody_with_its_reason_and_its_seal(app: Connection) -> None:
    fill = ana_s_refused_order()
    rows = app.execute(REFUSALS, [fill.order.pk]).fetchall()
    assert [(rule, is_sealed) for _, rule, is_sealed in rows] == [("R25", True)]
    assert status_of(fill.order) == "placed"


def test_ana_s_refusal_serves_no_step_and_is_neither_removed_nor_turned(
    app: Connection, owner_connection: Connection
) -> None:
    fill = ana_s_refused_order()
    before = app.execute(REFUSALS, [fill.order.pk]).fetchall()
    ((key, _, _),) = before
    with refused(app, CHECK, "orders_orderevent_needs_permit"):
        take(app, fill, "approved", event={"decision_id": key})
    turned = "UPDATE rems_decisionrecord SET outcome = 'permit', findings = '[]' WHERE id = %s"
    for statement in (turned, "DELETE FROM rems_decisionrecord WHERE id = %s"):
        with refused(app, FORBIDDEN):
            app.execute(statement, [key])
        with refused(owner_connection, CHECK, "rems_decisionrecord_append_only"):
            owner_connection.execute(statement, [key])
    assert app.execute(REFUSALS, [fill.order.pk]).fetchall() == before
    assert status_of(fill.order) == "placed"
