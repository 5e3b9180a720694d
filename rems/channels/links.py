"""The link in a message: signed, with the reminder's key alone; it runs out and opens nothing by itself.

Whoever follows it has to sign in. When it runs out is told by the row and the database's clock, not
by the link: a letter that waited in a queue for a week is as good as a fresh one.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer, b62_decode, b62_encode
from django.urls import reverse

from rems.models import Reminder

LIFETIME = timedelta(days=14)
_SALT = "rems.channels.links"


def link_for(reminder: Reminder) -> str:
    """The full address of the reminder's link. It holds no patient data."""
    token = Signer(salt=_SALT).sign(b62_encode(reminder.pk.int))
    return settings.SITE_URL.rstrip("/") + reverse("reminder-link", args=[token])


def reminder_id_of(token: str) -> UUID | None:
    """The key of the reminder that the token was signed for; None for anything else."""
    try:
        return UUID(int=b62_decode(Signer(salt=_SALT).unsign(token)))
    except (BadSignature, ValueError):
        return None


def is_over(reminder: Reminder, at: datetime) -> bool:
    """Whether the link has run out: LIFETIME after the message was sent."""
    return reminder.sent_at is not None and at > reminder.sent_at + LIFETIME
