"""The order and its events. One order is one fill of one prescription."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from djmoney.models.fields import MoneyField
from localflavor.us.models import USStateField, USZipCodeField

from orders.states import Status
from rems.models.base import Anchor, Stamped, one_of

MODES = ["ship", "hand"]
CLOSED = ["rejected", "cancelled"]


class Transition(models.Model):
    """The listed moves, as the database's guards read them; equal to `orders.states`."""

    from_status = models.CharField(max_length=12, blank=True)
    to_status = models.CharField(max_length=12)
    gate = models.CharField(max_length=8, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["from_status", "to_status"], name="orders_transition_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_status or 'new'} to {self.to_status}"


class Order(Anchor):
    """One fill of one prescription for one patient; `status` equals the last event's.

    `price` is for the whole order. `ship_to_*` is where the parcel goes, kept as it was at checkout.
    """

    number = models.CharField(max_length=14, unique=True, help_text="what people read out")
    patient = models.ForeignKey("rems.Patient", on_delete=models.PROTECT, related_name="orders")
    pharmacy = models.ForeignKey("rems.Pharmacy", on_delete=models.PROTECT, related_name="+")
    prescription = models.ForeignKey(
        "rems.Prescription", on_delete=models.PROTECT, related_name="orders"
    )
    authorization = models.ForeignKey(
        "rems.Authorization", on_delete=models.PROTECT, related_name="orders"
    )
    package = models.ForeignKey("catalog.Package", on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField(help_text="capsules")
    days_supply = models.PositiveIntegerField()
    days_supply_cap = models.PositiveIntegerField(help_text="the program's cap at checkout")
    refills = models.PositiveIntegerField(default=0)
    mode = models.CharField(max_length=4)
    price = MoneyField(  # type: ignore[no-untyped-call]
        max_digits=12, decimal_places=2, default_currency="USD"
    )
    ship_to_name = models.CharField(max_length=200)
    ship_to_street = models.CharField(max_length=200)
    ship_to_city = models.CharField(max_length=100)
    ship_to_state = USStateField()
    ship_to_zip_code = USZipCodeField()
    status = models.CharField(max_length=12, default=Status.PLACED)
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="orders_placed"
    )
    # Named, because the money field hides it from the type checker.
    objects: ClassVar[models.Manager["Order"]] = models.Manager()

    class Meta:
        constraints = [
            one_of("status", [s.value for s in Status], "orders_order_status_known"),
            one_of("mode", MODES, "orders_order_mode_known"),
            models.CheckConstraint(
                condition=Q(days_supply__gte=1, days_supply__lte=F("days_supply_cap")),
                name="orders_order_days_supply_within_cap",
            ),
            models.CheckConstraint(condition=Q(refills=0), name="orders_order_no_refills"),
            models.CheckConstraint(
                condition=Q(quantity__gte=1, quantity__lte=F("days_supply")),
                name="orders_order_quantity_within_days",
            ),
            models.UniqueConstraint(
                fields=["prescription"],
                condition=~Q(status__in=CLOSED),
                name="orders_order_one_per_prescription",
            ),
            models.UniqueConstraint(
                fields=["authorization"],
                condition=~Q(status__in=CLOSED),
                name="orders_order_authorization_once",
            ),
        ]
        indexes = [models.Index(fields=["status"], name="orders_order_status")]
        permissions = [
            ("place_order", "Can place an order"),
            ("view_queue", "Can see the pharmacy's queue"),
            ("approve_order", "Can approve and reject orders"),
            ("dispense_order", "Can dispense"),
            ("release_order", "Can ship or hand over"),
            ("cancel_order", "Can cancel or hold an order"),
            ("pack_order", "Can pack a parcel"),
        ]

    def __str__(self) -> str:
        return f"Order {self.number}"


class OrderEvent(Stamped):
    """One step in an order's life. `decision` is the permit of a gated step."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="events")
    seq = models.PositiveIntegerField()
    from_status = models.CharField(max_length=12, blank=True)
    to_status = models.CharField(max_length=12)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decision = models.OneToOneField(
        "rems.DecisionRecord", null=True, blank=True, on_delete=models.PROTECT, related_name="event"
    )
    attestation = models.ForeignKey(
        "rems.Attestation", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "seq"], name="orders_orderevent_seq_unique"),
            models.UniqueConstraint(
                fields=["attestation"], name="orders_orderevent_signature_once"
            ),
            one_of("to_status", [s.value for s in Status], "orders_orderevent_status_known"),
            models.CheckConstraint(
                condition=~Q(to_status__in=["approved", "dispensed", "shipped", "handed_over"])
                | Q(attestation__isnull=False),
                name="orders_orderevent_signed",
            ),
        ]
        ordering = ["order", "seq"]

    def __str__(self) -> str:
        return f"{self.from_status or 'new'} to {self.to_status}"
