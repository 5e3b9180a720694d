"""A patient's private calendar feed: an address that a calendar app reads without signing in."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.clock import PharmacyClock

from .base import Identified


class CalendarFeed(Identified):
    """One person's address of one patient's feed. Only its digest is kept: it is shown once.

    It is never deleted: revoked once, it stays so. `user` made it, and it works no longer than that
    person may act for the patient.
    """

    patient = models.ForeignKey(
        "rems.Patient", on_delete=models.PROTECT, related_name="calendar_feeds"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="calendar_feeds"
    )
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the token, in hex")
    created_at = models.DateTimeField(db_default=PharmacyClock(), editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="rems_calendarfeed_digest_whole"
            ),
            models.UniqueConstraint(
                fields=["patient", "user"],
                condition=Q(revoked_at__isnull=True),
                name="rems_calendarfeed_one_active",
            ),
        ]

    def __str__(self) -> str:
        return f"calendar feed {self.pk}"
