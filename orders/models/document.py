"""Papers of an order, rendered by the worker and kept with their hash."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from uuid6 import uuid7

from accounts.clock import PharmacyClock
from rems.models.base import one_of

from .order import Order

STATUSES = ["queued", "rendering", "ready", "failed"]


class Document(models.Model):
    """A dispensing packet: asked for, rendered, kept. `sha256` is of the file, in hex."""

    class Status(models.TextChoices):
        """How far it is."""

        QUEUED = "queued", "Waiting for the printer"
        RENDERING = "rendering", "Being made"
        READY = "ready", "Ready"
        FAILED = "failed", "Could not be made"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=10, default="packet")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED)
    progress = models.PositiveSmallIntegerField(default=0, help_text="per cent")
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    requested_at = models.DateTimeField(db_default=PharmacyClock(), editable=False)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    file = models.FileField(upload_to="packets/", blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    failure = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            one_of("status", STATUSES, "orders_document_status_known"),
            one_of("kind", ["packet"], "orders_document_kind_known"),
            models.CheckConstraint(
                condition=~Q(status="ready") | (~Q(file="") & ~Q(sha256="")),
                name="orders_document_ready_has_file",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.status})"
