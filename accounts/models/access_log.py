"""Who read which patient's record, and when (45 CFR 164.312, rule sheet 11.11)."""

from django.conf import settings
from django.db import models
from uuid6 import uuid7

from accounts.clock import PharmacyClock


class AccessLog(models.Model):
    """One read of one patient's record. Append-only: the application may insert and read alone."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reads"
    )
    # A bare key: accounts knows nothing of patients.
    subject_id = models.UUIDField(help_text="the patient whose record was read")
    purpose = models.CharField(max_length=60, help_text="the page or document that was opened")
    at = models.DateTimeField(db_default=PharmacyClock(), editable=False)

    class Meta:
        indexes = [models.Index(fields=["subject_id", "at"], name="accounts_accesslog_subject")]

    def __str__(self) -> str:
        return f"{self.purpose} at {self.at:%Y-%m-%d %H:%M}"
