"""Words for states, people and times, as readers see them."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from orders.states import Status
from rems import core

STATUS_WORDS: dict[str, str] = {
    Status.PLACED: "Ordered",
    Status.APPROVED: "Approved",
    Status.DISPENSED: "Packed",
    Status.SHIPPED: "On its way",
    Status.HANDED_OVER: "Handed over",
    Status.DELIVERED: "Delivered",
    Status.ON_HOLD: "On hold",
    Status.REJECTED: "Not accepted",
    Status.CANCELLED: "Cancelled",
    Status.LOST: "Lost",
    Status.RETURNED: "Sent back",
}

STATUS_TONES: dict[str, str] = {
    Status.PLACED: "info",
    Status.APPROVED: "info",
    Status.DISPENSED: "info",
    Status.SHIPPED: "good",
    Status.HANDED_OVER: "good",
    Status.DELIVERED: "good",
    Status.ON_HOLD: "wait",
    Status.REJECTED: "stop",
    Status.CANCELLED: "plain",
    Status.LOST: "stop",
    Status.RETURNED: "plain",
}

# What happened, as one line of the order's story.
EVENT_WORDS: dict[str, str] = {
    Status.PLACED: "Order placed",
    Status.APPROVED: "Approved by the pharmacist",
    Status.DISPENSED: "Packed by the pharmacist",
    Status.SHIPPED: "Given to the carrier",
    Status.HANDED_OVER: "Handed over",
    Status.DELIVERED: "Delivered",
    Status.ON_HOLD: "Put on hold",
    Status.REJECTED: "Not accepted by the pharmacist",
    Status.CANCELLED: "Cancelled",
    Status.LOST: "Reported lost",
    Status.RETURNED: "Sent back",
}

NEXT_WORDS: dict[str, str] = {
    Status.PLACED: "A pharmacist checks your order and signs the approval. You do not need to do "
    "anything, unless we call you.",
    Status.APPROVED: "A pharmacist talks with you about using the medicine safely, gets the safety "
    "program's go-ahead and packs the capsules.",
    Status.DISPENSED: "Your capsules are packed. We check once more that nothing has changed, then "
    "they leave.",
    Status.SHIPPED: "The carrier is bringing your parcel. Please open it the day it comes.",
    Status.HANDED_OVER: "You have your capsules. We will close this order soon.",
    Status.DELIVERED: "You have your capsules. The next supply needs a new prescription.",
    Status.ON_HOLD: "We have stopped this order for now. We will call you. Please tell us if "
    "something has changed.",
    Status.REJECTED: "The pharmacist did not accept this order. Please call us or your prescriber.",
    Status.CANCELLED: "This order was cancelled. Nothing will be sent.",
    Status.LOST: "The parcel was lost. Please call us about your next supply.",
    Status.RETURNED: "The capsules came back to us. Please call us about your next supply.",
}

OWNER_WORDS: dict[core.Owner, str] = {
    core.Owner.PATIENT: "The patient",
    core.Owner.GUARDIAN: "The patient's guardian",
    core.Owner.PRESCRIBER: "The prescriber",
    core.Owner.PHARMACY: "The pharmacy",
    core.Owner.PROGRAM: "The safety program",
    core.Owner.TIME: "Nobody has to: time will do it",
    core.Owner.SUPPORT: "Our support staff",
}

MODE_WORDS: dict[str, str] = {"ship": "Ship it", "hand": "Pick it up at the pharmacy"}

GATE_WORDS: dict[str, str] = {
    core.Gate.CHECKOUT: "Checkout",
    core.Gate.APPROVE: "Approval",
    core.Gate.DISPENSE: "Dispensing",
    core.Gate.RELEASE: "Release",
}

_NEAR = timedelta(days=6)


def say_until(until: datetime, at: datetime, zone: ZoneInfo) -> str:
    """An instant to come on the wall in `zone`: "Tuesday, 2:00 PM", with its date when it is far off."""
    wall = until.astimezone(zone)
    if until - at <= _NEAR:
        return f"{wall:%A}, {_time(wall)}"
    return f"{wall:%A}, {_date(wall)}, {_time(wall)}"


def say_instant(at: datetime, zone: ZoneInfo) -> str:
    """An instant that has passed, on the wall in `zone`: "November 22, 2026, 2:00 PM"."""
    wall = at.astimezone(zone)
    return f"{_date(wall)}, {_time(wall)}"


def say_age(span: timedelta) -> str:
    """How long something has waited, roughly: "25 minutes", "3 hours", "2 days"."""
    minutes = max(int(span.total_seconds()) // 60, 0)
    for size, word in ((24 * 60, "day"), (60, "hour")):
        if minutes >= size:
            return _count(minutes // size, word)
    return _count(minutes, "minute")


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _date(wall: datetime) -> str:
    return f"{wall:%B} {wall.day}, {wall.year}"


def _time(wall: datetime) -> str:
    return f"{wall.hour % 12 or 12}:{wall:%M %p}"
