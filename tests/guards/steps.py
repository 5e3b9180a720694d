"""A step of an order by raw SQL as the application's role: whole and right, but for one lie.

`take(app, fill, "approved")` alone goes through: so each refusal in the tests is of the lie.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from orders.models import Dispense, Order, OrderEvent, Release
from orders.states import gate_for
from rems.models import Attestation, Confirmation, DecisionRecord, Supply
from tests import builders as b
from tests.cast import pat
from tests.guards.life import Fill
from tests.guards.raw import Connection, columns_of, insert, insert_like, seal, update

Lies = Mapping[str, Any]


def clock(connection: Connection) -> datetime:
    """The database's clock, inside the connection's transaction."""
    found = connection.execute("SELECT pharmacy_clock()").fetchone()
    assert found is not None
    at: datetime = found[0]
    return at


def permit(app: Connection, fill: Fill, gate: str, /, **lies: Any) -> Any:
    """A decision record that permits the gate to the order, unless it is told to lie; its key."""
    template = DecisionRecord.objects.filter(subject_id=fill.order.pk, outcome="permit")[0]
    at = clock(app)
    values = {"gate": gate, "at": at, "permitted_until": at, **lies}
    return insert_like(app, template, **values)


def signature(app: Connection, fill: Fill, **lies: Any) -> Any:
    """Pat Lee's signature under a step of the order; its key."""
    template = Attestation.objects.filter(signer=pat().user)[0]
    values = {
        "subject_id": fill.order.patient_id,
        "signed_table": "orders_order",
        "signed_row": fill.order.pk,
        "reauthenticated_at": clock(app),
        **lies,
    }
    return insert_like(app, template, **values)


def event(app: Connection, fill: Fill, to_status: str, /, **lies: Any) -> Any:
    """The order's next event; its key."""
    template = OrderEvent.objects.filter(order=fill.order).order_by("-seq")[0]
    values = {
        "seq": template.seq + 1,
        "from_status": template.to_status,
        "to_status": to_status,
        "actor_id": pat().user.pk,
        "decision_id": None,
        "attestation_id": None,
        **lies,
    }
    return insert_like(app, template, **values)


def dispense_row(app: Connection, fill: Fill, **lies: Any) -> Any:
    """The row of capsules counted out for the order; its key."""
    order = fill.order
    confirmation = Confirmation.objects.filter(prescription_id=order.prescription_id)[0]
    row = Dispense(
        order=order,
        prescription_id=order.prescription_id,
        authorization_id=order.authorization_id,
        confirmation=confirmation,
        pharmacist=pat(),
        lot=fill.lot,
        serial_number=f"S{order.number}",
        quantity=order.quantity,
        days_supply=order.days_supply,
    )
    return _insert_stamped(app, row, lies)


def supply_row(app: Connection, fill: Fill, **lies: Any) -> Any:
    """The supply that a dispense starts; its key."""
    row = Supply(
        patient_id=fill.order.patient_id,
        program_id=b.PROGRAM,
        source="here",
        order_id=fill.order.pk,
        days_supply=fill.order.days_supply,
        quantity=fill.order.quantity,
        occurred_at=clock(app),
        recorded_by=pat().user,
    )
    return _insert_stamped(app, row, lies)


def release_row(app: Connection, fill: Fill, **lies: Any) -> Any:
    """The row of the parcel that left; its key."""
    given: dict[str, str] = (
        {"carrier": "UPS", "tracking_number": "1Z999"}
        if fill.order.mode == "ship"
        else {"handed_to": "Carl Berg", "identification": "passport"}
    )
    row = Release(order=fill.order, mode=fill.order.mode, released_by=pat().user, **given)
    return _insert_stamped(app, row, lies)


def _insert_stamped(app: Connection, row: Any, lies: Lies) -> Any:
    values = columns_of(row, **lies)
    for stamp in ("recorded_at", "transaction_id"):
        if stamp not in lies:
            del values[stamp]
    return insert(app, row._meta.db_table, values)


# What is written beside the event, by the status that is reached.
BESIDE = {
    "dispensed": (("orders_dispense", dispense_row), ("rems_supply", supply_row)),
    "shipped": (("orders_release", release_row),),
    "handed_over": (("orders_release", release_row),),
}
SIGNED = {"approved", "dispensed", "shipped", "handed_over"}


def take(
    app: Connection, fill: Fill, to_status: str, *, without: str = "", **lies: Lies
) -> dict[str, Any]:
    """The whole step in the connection's open transaction.

    `without` leaves out one thing: `permit`, `signature`, `event`, `status`, `orders_dispense`,
    `rems_supply`, `orders_release`, or `seal`. `lies` are changed columns by the same names.
    """
    left_out = {without}
    gate = gate_for(fill.order.status, to_status)
    written: dict[str, Any] = {}
    if gate and "permit" not in left_out:
        written["rems_decisionrecord"] = permit(app, fill, gate, **lies.get("permit", {}))
    if to_status in SIGNED and "signature" not in left_out:
        written["rems_attestation"] = signature(app, fill, **lies.get("signature", {}))
    if "status" not in left_out:
        update(app, fill.order, status=to_status)
    if "event" not in left_out:
        links = {
            "decision_id": written.get("rems_decisionrecord"),
            "attestation_id": written.get("rems_attestation"),
        }
        written["orders_orderevent"] = event(
            app, fill, to_status, **(links | dict(lies.get("event", {})))
        )
    for table, write in BESIDE.get(to_status, ()):
        if table not in left_out:
            written[table] = write(app, fill, **lies.get(table, {}))
    for table, row_id in written.items():
        if without != "seal":
            seal(app, fill.order.patient_id, table, row_id)
    return written


def status_of(order: Order) -> str:
    """What the database now says."""
    return Order.objects.get(pk=order.pk).status
