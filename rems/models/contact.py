"""How a user wants to be reached. Mutable; without a row the defaults apply."""

from datetime import time

from django.conf import settings
from django.db import models
from django.db.models import Q
from phonenumber_field.modelfields import PhoneNumberField

from .base import Identified, one_of

LANGUAGES = ["en", "es"]
QUIET_FROM = time(21)
QUIET_UNTIL = time(8)


class ContactPreference(Identified):
    """Channels, language, time zone and quiet hours of one user.

    No quiet hours when both ends are equal. Without `time_zone` it is the patient's. Reminders that
    keep somebody safe cannot be switched off, only moved within the day; `advisory_on` switches
    the others.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="contact_preference"
    )
    email_on = models.BooleanField("e-mail", default=True)
    sms_on = models.BooleanField("text message", default=False)
    phone = PhoneNumberField(blank=True)
    language = models.CharField(max_length=8, default="en")
    time_zone = models.CharField(max_length=64, blank=True, help_text="IANA name")
    quiet_from = models.TimeField(default=QUIET_FROM, help_text="local time")
    quiet_until = models.TimeField(default=QUIET_UNTIL, help_text="local time")
    advisory_on = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(email_on=True) | Q(sms_on=True),
                name="rems_contactpreference_some_channel",
            ),
            models.CheckConstraint(
                condition=Q(sms_on=False) | ~Q(phone=""),
                name="rems_contactpreference_sms_has_phone",
            ),
            one_of("language", LANGUAGES, "rems_contactpreference_language_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.language}"
