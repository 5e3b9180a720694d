"""The locks of orders, which come after the program's own (rems.locks): order, then lot.

At a checkout, which has no order to lock yet, the guard of the new row shares the product, then the
package (orders_order_on_sale).
"""

from contextlib import suppress
from uuid import UUID

from catalog.models import Lot
from rems.locks import Named, Parties, decision_locks, take

_ORDER = (
    "SELECT {column} FROM orders_order o JOIN rems_prescription p ON p.id = o.prescription_id "
    "WHERE o.id = %s"
)


def lock_for_placing(parties: Parties) -> None:
    """What a checkout locks: there is no order yet. Raises LookupError for an unknown row."""
    take(
        decision_locks(
            parties.program_code,
            parties.pharmacy_id,
            parties.prescriber_id,
            parties.pharmacist_id,
            parties.patient_id,
        )
    )


def lock_for_step(
    order_id: UUID, pharmacists_user_id: UUID, lot_id: UUID | None = None
) -> Lot | None:
    """What a gated step on an order locks; last of all the lot, if it takes from one.

    The lot as it stands under the lock. Raises LookupError for an unknown order or lot, or a user who
    never was a pharmacist.
    """
    named = [
        _named(order_id, column)
        for column in ("p.program_id", "o.pharmacy_id", "p.prescriber_id", "o.patient_id")
    ]
    program, pharmacy, prescriber, patient = named
    pharmacist = Named("SELECT id FROM rems_pharmacist WHERE user_id = %s", pharmacists_user_id)
    locks = decision_locks(program, pharmacy, prescriber, pharmacist, patient)
    locks.append(("orders_order", "id", order_id, "UPDATE"))
    if lot_id is None:
        take(locks)
        return None
    return Lot(**take([*locks, ("catalog_lot", "id", lot_id, "UPDATE")]))


def lock_dispensed_lot(order_id: UUID) -> None:
    """The lot that an order's capsules were counted out of, so that no recall goes by their release.

    After the order's own lock, in a statement of its own: it then sees the dispense, if there is one.
    """
    dispensed = Named("SELECT lot_id FROM orders_dispense WHERE order_id = %s", order_id)
    with suppress(LookupError):
        take([("catalog_lot", "id", dispensed, "SHARE")])


def lock_order_of(patient_id: UUID, order_id: UUID) -> None:
    """What a step without a gate locks: the patient, whose chain is sealed, then the order."""
    take([("rems_patient", "id", patient_id, "UPDATE"), ("orders_order", "id", order_id, "UPDATE")])


def lock_order(order_id: UUID) -> None:
    """What asking for a paper locks: the order alone. Raises LookupError for an unknown one."""
    take([("orders_order", "id", order_id, "UPDATE")])


def _named(order_id: UUID, column: str) -> Named:
    return Named(_ORDER.format(column=column), order_id)
