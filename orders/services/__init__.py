"""The doors of `orders`: every change of an order goes through one of these."""

from .filling import approve, dispense, hand_over, ship
from .following import cancel, deliver, pause, record_loss, record_return, reject, resume
from .placing import acts_for, place, the_pharmacy
from .steps import StepResult

__all__ = [
    "StepResult",
    "acts_for",
    "approve",
    "cancel",
    "deliver",
    "dispense",
    "hand_over",
    "pause",
    "place",
    "record_loss",
    "record_return",
    "reject",
    "resume",
    "ship",
    "the_pharmacy",
]
