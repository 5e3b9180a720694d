"""What happened to the capsules: dispensed from a lot, released to the carrier or the patient."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from rems.models.base import Stamped, one_of

from .order import MODES, Order


class Dispense(Stamped):
    """The capsules were counted out of a lot for this order; each number is used once."""

    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="dispense")
    prescription = models.OneToOneField(
        "rems.Prescription", on_delete=models.PROTECT, related_name="dispense"
    )
    authorization = models.OneToOneField(
        "rems.Authorization", on_delete=models.PROTECT, related_name="dispense"
    )
    confirmation = models.OneToOneField(
        "rems.Confirmation", on_delete=models.PROTECT, related_name="dispense"
    )
    pharmacist = models.ForeignKey("rems.Pharmacist", on_delete=models.PROTECT, related_name="+")
    lot = models.ForeignKey("catalog.Lot", on_delete=models.PROTECT, related_name="dispenses")
    serial_number = models.CharField(max_length=40, help_text="of the package, scanned or typed")
    quantity = models.PositiveIntegerField(help_text="capsules")
    days_supply = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(serial_number=""), name="orders_dispense_serial_captured"
            ),
            models.UniqueConstraint(
                fields=["lot", "serial_number"], name="orders_dispense_serial_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} capsules"


class Release(Stamped):
    """The parcel left: given to the carrier, or handed over at the counter."""

    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="release")
    mode = models.CharField(max_length=4)
    carrier = models.CharField(max_length=60, blank=True)
    tracking_number = models.CharField(max_length=60, blank=True)
    handed_to = models.CharField(max_length=200, blank=True)
    identification = models.CharField(max_length=120, blank=True, help_text="how they were known")
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            one_of("mode", MODES, "orders_release_mode_known"),
            models.CheckConstraint(
                condition=(Q(mode="ship") & ~Q(carrier="") & ~Q(tracking_number=""))
                | (Q(mode="hand") & ~Q(handed_to="") & ~Q(identification="")),
                name="orders_release_names_receiver",
            ),
        ]

    def __str__(self) -> str:
        return self.tracking_number or self.handed_to
