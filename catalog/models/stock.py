"""The lots on the shelf."""

from datetime import date

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords
from uuid6 import uuid7

from .products import Package


class Lot(models.Model):
    """Packages of one lot. The quantity is in packages and never falls below zero."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="lots")
    number = models.CharField("lot number", max_length=40)
    expires_on = models.DateField()
    quantity_on_hand = models.IntegerField(default=0, help_text="packages on the shelf")
    is_recalled = models.BooleanField(default=False)
    is_suspect = models.BooleanField(
        default=False, help_text="set aside under DSCSA until it is cleared (rule sheet 11.5)"
    )
    history = HistoricalRecords()

    class Meta:
        ordering = ("package", "expires_on", "number")
        constraints = [
            models.UniqueConstraint(fields=("package", "number"), name="catalog_lot_number_unique"),
            models.CheckConstraint(
                name="catalog_lot_quantity_not_negative", condition=Q(quantity_on_hand__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return f"lot {self.number}"

    def is_in_date(self, on: date) -> bool:
        """Whether the lot may still be dispensed on this local day; its last day counts."""
        return on <= self.expires_on

    def is_fit_for_use(self, on: date) -> bool:
        """Whether nothing known about the lot forbids dispensing it on this day (R47)."""
        return self.is_in_date(on) and not self.is_recalled and not self.is_suspect
