"""The one state machine of an order: plain values, no framework.

The same table stands in the database (`orders_transition`); a test compares the two.
"""

from enum import StrEnum
from typing import NamedTuple


class Status(StrEnum):
    """Where an order stands."""

    PLACED = "placed"
    APPROVED = "approved"
    DISPENSED = "dispensed"
    SHIPPED = "shipped"
    HANDED_OVER = "handed_over"
    DELIVERED = "delivered"
    ON_HOLD = "on_hold"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    LOST = "lost"
    RETURNED = "returned"


class Transition(NamedTuple):
    """A permitted move; `gate` names the decision it needs, empty where none."""

    from_status: str
    to_status: str
    gate: str


# The empty string is the state before an order exists.
BEGINNING = ""

TRANSITIONS: frozenset[Transition] = frozenset(
    Transition(*row)
    for row in (
        (BEGINNING, Status.PLACED, "checkout"),
        (Status.PLACED, Status.APPROVED, "approve"),
        (Status.APPROVED, Status.DISPENSED, "dispense"),
        (Status.DISPENSED, Status.SHIPPED, "release"),
        (Status.DISPENSED, Status.HANDED_OVER, "release"),
        (Status.SHIPPED, Status.DELIVERED, ""),
        (Status.HANDED_OVER, Status.DELIVERED, ""),
        # A pause, and back. An approval does not outlive a pause: it is asked for anew.
        (Status.PLACED, Status.ON_HOLD, ""),
        (Status.APPROVED, Status.ON_HOLD, ""),
        (Status.DISPENSED, Status.ON_HOLD, ""),
        (Status.ON_HOLD, Status.PLACED, "checkout"),
        (Status.ON_HOLD, Status.DISPENSED, "dispense"),
        # Ends before the parcel leaves.
        (Status.PLACED, Status.REJECTED, ""),
        (Status.ON_HOLD, Status.REJECTED, ""),
        (Status.PLACED, Status.CANCELLED, ""),
        (Status.APPROVED, Status.CANCELLED, ""),
        (Status.DISPENSED, Status.CANCELLED, ""),
        (Status.ON_HOLD, Status.CANCELLED, ""),
        # Ends after it has left.
        (Status.SHIPPED, Status.LOST, ""),
        (Status.SHIPPED, Status.RETURNED, ""),
        (Status.DELIVERED, Status.LOST, ""),
        (Status.DELIVERED, Status.RETURNED, ""),
        (Status.HANDED_OVER, Status.LOST, ""),
        (Status.HANDED_OVER, Status.RETURNED, ""),
    )
)

_GATES: dict[tuple[str, str], str] = {(t.from_status, t.to_status): t.gate for t in TRANSITIONS}

# Statuses in which capsules have been set aside for the patient under this order.
DISPENSED_STATUSES = frozenset(
    {
        Status.DISPENSED,
        Status.SHIPPED,
        Status.HANDED_OVER,
        Status.DELIVERED,
        Status.LOST,
        Status.RETURNED,
    }
)
UNDISPENSED_STATUSES = frozenset({Status.PLACED, Status.APPROVED, Status.REJECTED})
FINAL_STATUSES = frozenset({Status.REJECTED, Status.CANCELLED, Status.LOST, Status.RETURNED})


def may_move(from_status: str, to_status: str) -> bool:
    """Whether the move is listed. Unknown words are not."""
    return (from_status, to_status) in _GATES


def gate_for(from_status: str, to_status: str) -> str:
    """The gate whose permit the move needs, or the empty string.

    Raises KeyError for a move that is not listed.
    """
    return _GATES[(from_status, to_status)]


def next_statuses(status: str) -> frozenset[str]:
    """Where an order in this status may go."""
    return frozenset(to for from_, to in _GATES if from_ == status)
