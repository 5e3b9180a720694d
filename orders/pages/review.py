"""What the pharmacy sees of its orders: the queue, and one order with all that the rules say."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from orders import states
from orders.loaders import fill_of, orders_for_step, parties_of
from orders.models import Order
from orders.pages.findings import FindingLine, Link, staff_lines
from orders.pages.words import STATUS_TONES, STATUS_WORDS, say_age, say_until
from orders.states import Status
from rems import core
from rems.loaders import Asked
from rems.models import Pharmacist
from rems.services.evaluation import Preview, preview_many
from rems.services.versions import verified

# R05 asks about the pharmacist who acts: a reader who is none is not told that they are untrained.
_ABOUT_THE_READER = frozenset({"R05"})
# R47 asks about the package, which is chosen in the act of dispensing itself.
_BEFORE_A_PACKAGE = frozenset({"R47"})


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One order in the queue. `blocking` counts findings of the next gate, `to_do` those that the
    pharmacy itself will see to."""

    order: Order
    status: str
    tone: str
    age: str
    gate: str
    blocking: int
    to_do: int


@dataclass(frozen=True, slots=True)
class GateView:
    """What the next gate would answer now, for the order's page."""

    gate: str
    is_permit: bool
    until: str
    blocking: tuple[FindingLine, ...]
    to_do: tuple[FindingLine, ...]
    advisories: tuple[tuple[str, str], ...]
    unverified: tuple[core.Limit, ...]
    program_version: str
    facts: core.Facts


def next_gate(order: Order) -> core.Gate | None:
    """The gate that the order meets next; None when no decision lies ahead."""
    if order.status == Status.ON_HOLD:
        has_dispense = getattr(order, "dispense", None) is not None
        return core.Gate.DISPENSE if has_dispense else core.Gate.CHECKOUT
    gates = {states.gate_for(order.status, to) for to in states.next_statuses(order.status)}
    return next((core.Gate(gate) for gate in sorted(gates - {""})), None)


def queue_rows(
    order_ids: list[UUID], pharmacist: Pharmacist | None, at: datetime
) -> tuple[QueueRow, ...]:
    """The rows of the queue, in the order of the keys. The number of queries is constant."""
    found = {order.pk: order for order in _orders(order_ids)}
    orders = [found[key] for key in order_ids if key in found]
    waiting = [order for order in orders if next_gate(order) is not None]
    previews = dict(
        zip([order.pk for order in waiting], _previews(waiting, pharmacist, at), strict=True)
    )
    return tuple(_row(order, previews.get(order.pk), pharmacist, at) for order in orders)


def gate_view(
    order_id: UUID, pharmacist: Pharmacist | None, at: datetime, link: Link
) -> GateView | None:
    """What stands between the order and its next step; None when no decision lies ahead."""
    order = _orders([order_id])[0]
    gate = next_gate(order)
    if gate is None:
        return None
    (preview,) = _previews([order], pharmacist, at)
    decision = preview.decisions[gate]
    zone = core.zone_named(order.pharmacy.time_zone)
    lines = staff_lines(_shown(order, decision, pharmacist), link, zone)
    return GateView(
        gate=gate.value,
        is_permit=decision.is_permit,
        until=_until(decision, at, zone),
        blocking=tuple(line for line in lines if not line.is_pending),
        to_do=tuple(line for line in lines if line.is_pending),
        advisories=tuple((advice.text, advice.seen) for advice in decision.advisories),
        unverified=verified(preview.loaded.program_version_id).unverified,
        program_version=decision.program_version or "",
        facts=preview.loaded.facts,
    )


def _orders(order_ids: list[UUID]) -> list[Order]:
    found = (
        orders_for_step()
        .filter(pk__in=order_ids)
        .select_related("package__product", "prescription__prescriber")
    )
    return list(found.prefetch_related("events"))


def _previews(orders: list[Order], pharmacist: Pharmacist | None, at: datetime) -> list[Preview]:
    asked = [
        Asked(parties_of(order, pharmacist), order.prescription_id, fill_of(order, None, "", at))
        for order in orders
    ]
    return preview_many(asked, at)


def _row(
    order: Order, preview: Preview | None, pharmacist: Pharmacist | None, at: datetime
) -> QueueRow:
    gate = next_gate(order)
    findings: list[core.Finding] = []
    if preview is not None and gate is not None:
        findings = _shown(order, preview.decisions[gate], pharmacist)
    since = max((event.recorded_at for event in order.events.all()), default=at)
    return QueueRow(
        order=order,
        status=STATUS_WORDS[order.status],
        tone=STATUS_TONES[order.status],
        age=say_age(at - since),
        gate=gate.value if gate else "",
        blocking=sum(not finding.pending_at_pharmacy for finding in findings),
        to_do=sum(finding.pending_at_pharmacy for finding in findings),
    )


def _shown(
    order: Order, decision: core.Decision, pharmacist: Pharmacist | None
) -> list[core.Finding]:
    hidden = frozenset() if pharmacist else _ABOUT_THE_READER
    if getattr(order, "dispense", None) is None:
        hidden = hidden | _BEFORE_A_PACKAGE
    return [finding for finding in decision.findings if finding.rule not in hidden]


def _until(decision: core.Decision, at: datetime, zone: ZoneInfo) -> str:
    if decision.permitted_until is None:
        return ""
    return say_until(decision.permitted_until, at, zone)
