"""How a reminder leaves the house. Nothing here names a drug, a diagnosis, a category or a program."""

from collections.abc import Callable, Mapping
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from rems.models import Reminder

SUBJECT = "A reminder from your pharmacy"
# The header by which a provider, or a person, knows a second copy of the same reminder.
IDEMPOTENCY_HEADER = "Idempotency-Key"


class Undeliverable(Exception):
    """No further attempt can succeed. The message is for the pharmacy's staff; it names nobody."""


def send_email(reminder: Reminder) -> None:
    """Send the reminder to its recipient, as text and HTML.

    The same reminder always has the same Message-ID. Raises Undeliverable, and whatever the mail
    server raises.
    """
    if reminder.recipient is None:
        raise Undeliverable("Nobody is registered to be told.")
    context = {"due_on": reminder.due_on, "link": treatment_link()}
    message = EmailMultiAlternatives(
        subject=SUBJECT,
        body=render_to_string("rems/mail/reminder.txt", context),
        to=[reminder.recipient.email],
        headers={
            "Message-ID": f"<reminder-{reminder.pk}@{_mail_domain()}>",
            IDEMPOTENCY_HEADER: str(reminder.pk),
            "Auto-Submitted": "auto-generated",
        },
    )
    message.attach_alternative(render_to_string("rems/mail/reminder.html", context), "text/html")
    message.send()


def treatment_link() -> str:
    """Where the recipient reads, after signing in, what is due. It names no patient."""
    return settings.SITE_URL.rstrip("/") + reverse("rems:my-treatment")


def _mail_domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]


CHANNELS: Mapping[str, Callable[[Reminder], None]] = {Reminder.Channel.EMAIL: send_email}
