"""Signatures: who, printed name, when, meaning, and a digest of what was signed (21 CFR 11.50)."""

from django.conf import settings
from django.db import models

from .base import Stamped


class Attestation(Stamped):
    """One person's signed, dated statement about one row. `recorded_at` is when it was signed."""

    subject_id = models.UUIDField(help_text="whose chain of seals the signature belongs to")
    signer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="attestations"
    )
    printed_name = models.CharField(max_length=200)
    role = models.CharField(max_length=20)
    meaning = models.CharField(max_length=300)
    reauthenticated_at = models.DateTimeField(
        help_text="when the signer last proved who they are, before signing"
    )
    signed_table = models.CharField(max_length=63)
    signed_row = models.UUIDField()
    digest = models.CharField(max_length=64, help_text="SHA-256 of what was signed, in hex")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["signed_table", "signed_row", "role", "meaning"],
                # An order takes the same step again after a pause; each step has its own event.
                condition=~models.Q(signed_table="orders_order"),
                name="rems_attestation_signed_once",
            ),
            models.CheckConstraint(
                condition=models.Q(reauthenticated_at__lte=models.F("recorded_at")),
                name="rems_attestation_reauthenticated_before",
            ),
            models.CheckConstraint(
                condition=~models.Q(printed_name=""), name="rems_attestation_has_name"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.printed_name}: {self.meaning}"
