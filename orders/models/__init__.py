"""Baskets, orders, their events, what was dispensed and released, and their papers."""

from .basket import Basket
from .document import Document
from .fill import Dispense, Release
from .order import Order, OrderEvent, Transition

__all__ = ["Basket", "Dispense", "Document", "Order", "OrderEvent", "Release", "Transition"]
