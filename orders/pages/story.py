"""An order's story: a picture of where it stands, and its events in words."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from orders import states
from orders.models import Order, OrderEvent
from orders.pages.words import EVENT_WORDS, STATUS_TONES, STATUS_WORDS, say_instant
from orders.states import Status
from rems import core

# The straight way, as the patient sees it: the last step is reached in one of two ways.
_WAY: tuple[tuple[str, frozenset[str]], ...] = (
    ("Ordered", frozenset({Status.PLACED})),
    ("Checked and approved by a pharmacist", frozenset({Status.APPROVED})),
    ("Packed", frozenset({Status.DISPENSED})),
    ("", frozenset({Status.SHIPPED, Status.HANDED_OVER})),
    ("Received", frozenset({Status.DELIVERED})),
)
_LEAVES = {"ship": "On its way to you", "hand": "Handed over at the pharmacy"}
_STOPPED = frozenset({Status.ON_HOLD, Status.REJECTED, Status.CANCELLED})
_ENDED_AFTER_RELEASE = frozenset({Status.LOST, Status.RETURNED})


@dataclass(frozen=True, slots=True)
class TimelineStep:
    """One step of the picture, in the form of templates/includes/steps.html."""

    title: str
    state: str
    text: str = ""
    when: str = ""


@dataclass(frozen=True, slots=True)
class EventLine:
    """One event of the order."""

    text: str
    when: str
    who: str
    reason: str
    signed_as: str


def timeline(order: Order, zone: ZoneInfo) -> tuple[TimelineStep, ...]:
    """Where the order stands: what is done, what is now, what is to come, where it stopped.

    `order` has its events loaded, in order.
    """
    events = list(order.events.all())
    reached = _reached(order, events)
    times = _times(events)
    steps = []
    for place, (title, statuses) in enumerate(_WAY):
        done_at = next((times[s] for s in statuses if s in times), None)
        is_done = place <= reached
        steps.append(
            TimelineStep(
                title=title or _LEAVES.get(order.mode, ""),
                state="done" if is_done else _state(order, place, reached),
                text="" if is_done or place != reached + 1 else _why_stopped(order, events),
                when=say_instant(done_at.recorded_at, zone) if is_done and done_at else "",
            )
        )
    return tuple(steps)


def event_lines(order: Order, zone: ZoneInfo, since: int = 0) -> tuple[EventLine, ...]:
    """The order's events after the revision `since`, oldest first. `order` has its events, actors
    and signatures loaded."""
    return tuple(
        EventLine(
            text=_event_words(event),
            when=say_instant(event.recorded_at, zone),
            who=str(event.actor),
            reason=event.reason,
            signed_as=_signed_as(event),
        )
        for event in order.events.all()
        if event.seq > since
    )


def _reached(order: Order, events: list[OrderEvent]) -> int:
    """The last step of the straight way that still counts. An approval does not outlive a pause."""
    reached = -1
    for event in events:
        for place, (_, statuses) in enumerate(_WAY):
            if event.to_status in statuses:
                reached = place
    return reached


def _times(events: list[OrderEvent]) -> dict[str, OrderEvent]:
    return {event.to_status: event for event in events}


def _state(order: Order, place: int, reached: int) -> str:
    if place != reached + 1:
        return "todo"
    return "blocked" if order.status in _STOPPED | _ENDED_AFTER_RELEASE else "now"


def _why_stopped(order: Order, events: list[OrderEvent]) -> str:
    if order.status not in _STOPPED | _ENDED_AFTER_RELEASE or not events:
        return ""
    return f"{EVENT_WORDS[order.status]}."


def _event_words(event: OrderEvent) -> str:
    if event.from_status == Status.ON_HOLD and event.to_status in {
        Status.PLACED,
        Status.DISPENSED,
    }:
        return "Taken off hold"
    return EVENT_WORDS.get(event.to_status, event.to_status)


def _signed_as(event: OrderEvent) -> str:
    signed = event.attestation
    return f"{signed.printed_name} ({signed.role}): {signed.meaning}" if signed else ""


def is_cancellable(order: Order) -> bool:
    """Whether the patient may still cancel: nothing is packed. The service asks again."""
    may_end = states.may_move(order.status, Status.CANCELLED)
    return may_end and getattr(order, "dispense", None) is None


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One order in a list."""

    order: Order
    status: str
    tone: str
    placed: str


def order_lines(orders: list[Order]) -> tuple[OrderLine, ...]:
    """The orders as a list shows them. Each has its events loaded."""
    return tuple(_order_line(order) for order in orders)


def _order_line(order: Order) -> OrderLine:
    zone = core.zone_named(order.pharmacy.time_zone)
    first = next(iter(order.events.all()), None)
    return OrderLine(
        order=order,
        status=STATUS_WORDS[order.status],
        tone=STATUS_TONES[order.status],
        placed=say_instant(first.recorded_at, zone) if first else "",
    )
