"""The locks of orders, which come after the program's own (rems.locks): order, then lot."""

from uuid import UUID

from catalog.models import Lot
from rems.locks import Parties, decision_locks, take


def lock_for_placing(parties: Parties) -> None:
    """What a checkout locks: there is no order yet."""
    take(decision_locks(parties))


def lock_for_step(parties: Parties, order_id: UUID) -> None:
    """What a gated step on an order locks."""
    take([*decision_locks(parties), ("orders_order", "id", order_id, "UPDATE")])


def lock_order_of(patient_id: UUID, order_id: UUID) -> None:
    """What a step without a gate locks: the patient, whose chain is sealed, then the order."""
    take([("rems_patient", "id", patient_id, "UPDATE"), ("orders_order", "id", order_id, "UPDATE")])


def lock_order(order_id: UUID) -> None:
    """What asking for a paper locks: the order alone. Raises LookupError for an unknown one."""
    take([("orders_order", "id", order_id, "UPDATE")])


def lock_lot(lot_id: UUID) -> Lot:
    """Take the lot for oneself, last of all. Raises Lot.DoesNotExist."""
    return Lot.objects.select_for_update().get(pk=lot_id)
