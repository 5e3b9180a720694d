"""What `orders` knows of a fill and hands down to the program's facts."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from catalog.models import Lot
from orders.models import Order, OrderEvent
from orders.selectors import binding_orders
from orders.states import Status
from rems import core
from rems.loaders import Fill
from rems.locks import Parties
from rems.models import Patient, Pharmacist, Pharmacy, Prescription
from rems.obligations import Standing
from rems.selectors import pharmacy_zone

# Of the row `p` of rems_patient: the orders whose parcel has not left, for the reminders.
WAITING_ORDERS = """
(SELECT coalesce(jsonb_agg(jsonb_build_object('id', o.id, 'program', r.program_id,
   'prescription', o.prescription_id, 'mode', o.mode, 'since',
   (SELECT max(e.recorded_at) FROM orders_orderevent e WHERE e.order_id = o.id))), '[]')
 FROM orders_order o JOIN rems_prescription r ON r.id = o.prescription_id
 WHERE o.patient_id = p.id AND o.status IN ('placed', 'approved', 'dispensed', 'on_hold'))
"""


def parties_of(order: Order, pharmacist: Pharmacist | None = None) -> Parties:
    """Whom a decision about the order is about. `order` has its prescription loaded."""
    return Parties(
        program_code=order.prescription.program_id,
        pharmacy_id=order.pharmacy_id,
        prescriber_id=order.prescription.prescriber_id,
        patient_id=order.patient_id,
        pharmacist_id=pharmacist.pk if pharmacist else None,
    )


def order_for_step(order_id: UUID) -> Order:
    """The order with all that a step reads, and no more: each table costs. Raises DoesNotExist."""
    return _orders_for_one_step().get(pk=order_id)


@cache
def _orders_for_one_step() -> QuerySet[Order]:
    """Put together once: that alone takes longer than the server takes to answer it."""
    wanted = orders_for_step().select_related(None)
    return wanted.select_related("prescription", "pharmacy", "dispense__lot")


def orders_for_step() -> QuerySet[Order]:
    """Orders with all that a step, or the page of one, reads of them."""
    approved = OrderEvent.objects.filter(order=OuterRef("pk"), to_status=Status.APPROVED)
    replaced = OrderEvent.objects.filter(
        order=OuterRef("order"), to_status=Status.PLACED, seq__gt=OuterRef("seq")
    )
    return Order.objects.select_related(
        "prescription", "patient", "package", "dispense__lot", "pharmacy"
    ).annotate(
        approved_at=Subquery(
            approved.filter(~Exists(replaced)).order_by("-seq").values("recorded_at")[:1]
        ),
        authorization_used=Exists(orders_using(OuterRef("prescription"), OuterRef("pk"))),
    )


def orders_using(prescription: Any, own_order: Any) -> QuerySet[Order]:
    """Other orders that bind the prescription's authorization (R16, design section 5)."""
    bound = binding_orders().filter(prescription=prescription)
    return bound if own_order is None else bound.exclude(pk=own_order)


def fill_of(order: Order, lot: Lot | None, serial_number: str, at: datetime) -> Fill:
    """The fill's facts for a step. `order` comes from `order_for_step`; at dispensing the lot and
    serial number are those about to be used, afterwards those that were."""
    dispense = getattr(order, "dispense", None)
    if lot is None and dispense is not None:
        lot, serial_number = dispense.lot, dispense.serial_number
    return Fill(
        state=release_state(order.mode, order.ship_to_state, order.pharmacy),
        mode=core.ReleaseMode(order.mode),
        order_id=order.pk,
        authorization_id=order.authorization_id,
        approved_at=order.approved_at,  # type: ignore[attr-defined]
        authorization_used=order.authorization_used,  # type: ignore[attr-defined]
        unit=_unit(lot, serial_number, order.pharmacy, at),
    )


def fill_before_order(
    patient: Patient, pharmacy: Pharmacy, prescription: Prescription | None, mode: str
) -> Fill:
    """The fill's facts at checkout, or in a preview, when there is no order yet."""
    used = prescription is not None and orders_using(prescription, None).exists()
    return fill_for_checkout(patient, pharmacy, mode, authorization_used=used)


def fill_for_checkout(
    patient: Patient, pharmacy: Pharmacy, mode: str, *, authorization_used: bool
) -> Fill:
    """The same, for who knows already whether another order binds the prescription's number."""
    return Fill(
        state=release_state(mode, patient.state, pharmacy),
        mode=core.ReleaseMode(mode),
        authorization_used=authorization_used,
    )


def release_state(mode: str, ship_to_state: str, pharmacy: Pharmacy) -> str:
    """The state whose licence R53 asks for: where the parcel goes, or where it is handed over."""
    return ship_to_state if mode == core.ReleaseMode.SHIP else pharmacy.state


def load_lots(lot_ids: Iterable[UUID], at: datetime) -> Mapping[UUID, Standing]:
    """When these lots expire, of those that still lie on the shelf. For the reminders."""
    zone = pharmacy_zone()
    rows = Lot.objects.filter(pk__in=list(lot_ids), quantity_on_hand__gt=0, is_recalled=False)
    return {row.pk: Standing(zone, (core.lot_expiring(row.expires_on),)) for row in rows}


def every_lot() -> list[UUID]:
    """The keys of all lots."""
    return list(Lot.objects.order_by("pk").values_list("pk", flat=True))


def _unit(lot: Lot | None, serial_number: str, pharmacy: Pharmacy, at: datetime) -> core.Unit:
    if lot is None:
        return core.NO_UNIT_YET
    today = core.local_date(at, core.zone_named(pharmacy.time_zone))
    return core.Unit(
        expired=not lot.is_in_date(today),
        recalled=lot.is_recalled,
        suspect=lot.is_suspect,
        identifier_captured=bool(serial_number.strip()),
        expires_on=lot.expires_on,
    )
