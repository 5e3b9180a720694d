"""What a reader means to order: nothing is promised and nothing is decided here."""

from django.conf import settings
from django.db import models
from uuid6 import uuid7


class Basket(models.Model):
    """One package that one user means to order; a second choice replaces the first."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="basket"
    )
    package = models.ForeignKey("catalog.Package", on_delete=models.CASCADE, related_name="+")
    patient = models.ForeignKey(
        "rems.Patient", null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    prescription = models.ForeignKey(
        "rems.Prescription", null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )

    def __str__(self) -> str:
        return str(self.package)
