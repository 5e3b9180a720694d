"""What readers may see of orders. Every list of queries here is of constant length."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    Max,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    When,
)
from django.db.models.functions import Coalesce

from accounts.models import User
from catalog.models import Lot, Package
from orders.models import Basket, Document, Order, OrderEvent, Release
from orders.states import Status
from rems.models import DecisionRecord, Patient, Pharmacist, Prescription, Supply
from rems.selectors import current, patients_acted_for

CLOSED = (Status.REJECTED, Status.CANCELLED)
# What waits for the pharmacy, in the order of the work.
WAITING = (Status.PLACED, Status.APPROVED, Status.DISPENSED, Status.ON_HOLD)
ON_THE_WAY = (Status.SHIPPED, Status.HANDED_OVER)
ENDED = (
    Status.DELIVERED,
    Status.REJECTED,
    Status.CANCELLED,
    Status.LOST,
    Status.RETURNED,
)
QUEUE_LENGTH = 100


def binding_orders() -> QuerySet[Order]:
    """Orders that bind their prescription and its numbers (R16, design section 5).

    Not those that were cancelled or rejected before anything was dispensed.
    """
    return Order.objects.filter(~Q(status__in=CLOSED) | Q(dispense__isnull=False))


def without_order(prescriptions: QuerySet[Prescription]) -> QuerySet[Prescription]:
    """Of these prescriptions, those that no order binds: what may still be ordered."""
    return prescriptions.filter(~Exists(binding_orders().filter(prescription=OuterRef("pk"))))


def that_left(supplies: QuerySet[Supply]) -> QuerySet[Supply]:
    """Of these supplies, those from elsewhere, and ours whose parcel was released; `left_at` is when."""
    released = Release.objects.filter(order_id=OuterRef("order_id")).values("recorded_at")
    left_at = Case(When(source="elsewhere", then=F("occurred_at")), default=Subquery(released))
    return supplies.annotate(left_at=left_at).filter(left_at__isnull=False)


def times_ordered(prescription: Any) -> Coalesce:
    """How many orders the prescription has had, whatever came of them: none is ever removed."""
    had = Order.objects.filter(prescription=prescription).order_by().values("prescription")
    return Coalesce(Subquery(had.annotate(times=Count("pk")).values("times")), 0)


def order_of_prescription(prescription_id: UUID) -> Order | None:
    """The order that binds the prescription, if there is one."""
    return binding_orders().filter(prescription_id=prescription_id).order_by("-pk").first()


def prescriptions_to_order(
    patient_ids: list[UUID], product_id: UUID
) -> dict[UUID, list[Prescription]]:
    """By patient: the prescriptions for the product that stand and are not used, newest first.

    Each knows how many orders it has had, which have ended: `times_ordered`.
    """
    found: dict[UUID, list[Prescription]] = {key: [] for key in patient_ids}
    rows = without_order(current(Prescription)).filter(
        patient_id__in=patient_ids, product_id=product_id
    )
    rows = rows.annotate(times_ordered=times_ordered(OuterRef("pk")))
    for row in rows.select_related("prescriber").order_by("-occurred_at", "-id"):
        found[row.patient_id].append(row)
    return found


def acted_for(user: User) -> list[Patient]:
    """The patients for whom the user may order now."""
    return list(patients_acted_for(user).distinct())


def package_on_sale(package_id: UUID) -> Package:
    """A package that may be ordered. Raises Package.DoesNotExist."""
    return Package.objects.select_related("product").get(
        pk=package_id, on_sale=True, product__on_sale=True
    )


def basket_of(user: User) -> Basket | None:
    """What the user means to order, with its package; None when there is nothing."""
    return Basket.objects.select_related("package__product").filter(user=user).first()


def orders_of(user: User) -> list[Order]:
    """The orders of the patients for whom the user acts now, newest first."""
    found = Order.objects.filter(patient__in=patients_acted_for(user))
    return list(_with_story(found).order_by("-pk"))


def order_of(user: User, order_id: UUID) -> Order:
    """One order of a patient for whom the user acts now. Raises Order.DoesNotExist."""
    return _with_story(Order.objects.filter(patient__in=patients_acted_for(user))).get(pk=order_id)


def order_for_staff(order_id: UUID) -> Order:
    """Any order, with its story, for the pharmacy's people. Raises Order.DoesNotExist."""
    found = _with_story(Order.objects.all()).select_related("placed_by")
    return found.prefetch_related(
        Prefetch("documents", Document.objects.order_by("-requested_at"))
    ).get(pk=order_id)


def patient_of_order(order_id: UUID) -> UUID | None:
    """Whose order it is; None for an unknown one."""
    return Order.objects.filter(pk=order_id).values_list("patient_id", flat=True).first()


def queue_keys(statuses: tuple[str, ...]) -> list[UUID]:
    """The orders in these states: those that have waited longest first, at most QUEUE_LENGTH.

    Of ended orders, which wait for nothing, the latest.
    """
    waited_since = Max("events__recorded_at")
    order = "-since" if set(statuses) <= set(ENDED) else "since"
    found = Order.objects.filter(status__in=statuses).annotate(since=waited_since)
    return list(found.order_by(order, "pk").values_list("pk", flat=True)[:QUEUE_LENGTH])


def decisions_of(order_id: UUID) -> list[DecisionRecord]:
    """Every answer that the rules gave about the order, newest first."""
    return list(
        DecisionRecord.objects.filter(subject_id=order_id)
        .select_related("actor")
        .order_by("-at", "-id")
    )


def lots_to_dispense(package_id: UUID, on: date) -> QuerySet[Lot]:
    """The package's lots that may be used on this local day: first to expire, first to go."""
    return Lot.objects.filter(
        package_id=package_id,
        quantity_on_hand__gt=0,
        expires_on__gte=on,
        is_recalled=False,
        is_suspect=False,
    ).order_by("expires_on", "number")


def pharmacist_who_reads(user: User) -> Pharmacist | None:
    """The pharmacist that the reader is, if any: the rules ask about that one's training."""
    return Pharmacist.objects.filter(user=user).first()


def document_of(document_id: UUID) -> Document:
    """A document with its order. Raises Document.DoesNotExist."""
    return Document.objects.select_related("order__patient", "order__pharmacy").get(pk=document_id)


def _with_story(orders: QuerySet[Order]) -> QuerySet[Order]:
    events = OrderEvent.objects.select_related("actor", "attestation").order_by("seq")
    return orders.select_related(
        "patient",
        "pharmacy",
        "package__product",
        "prescription__prescriber",
        "authorization",
        "dispense__lot",
        "dispense__confirmation",
        "release",
    ).prefetch_related(Prefetch("events", events))
