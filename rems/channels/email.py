"""Reminders by e-mail: through Django's backend, which may be a provider's (django-anymail)."""

import socket
from email.utils import parseaddr
from smtplib import SMTPDataError, SMTPRecipientsRefused

from anymail.exceptions import (
    AnymailInvalidAddress,
    AnymailRecipientsRefused,
    AnymailRequestsAPIError,
)
from anymail.message import AnymailMessage
from django.conf import settings

from rems.channels.errors import TryLater, Undeliverable
from rems.channels.message import Message, compose, message_key
from rems.models import Reminder

# The header by which a provider, or a person, knows a second copy of the same reminder.
IDEMPOTENCY_HEADER = "Idempotency-Key"
NO_SUCH_ADDRESS = "The e-mail address was refused."
TOO_MANY_REQUESTS = 429


def send_email(reminder: Reminder) -> str:
    """Send the reminder to its recipient, as text and HTML; the provider's id of the message.

    Each attempt has the same Message-ID, which is its id where the provider gives none. Raises
    Undeliverable and TryLater; anything else leaves open whether it went out.
    """
    if reminder.recipient is None:
        raise Undeliverable("Nobody is registered to be told.")
    message = _letter(reminder, compose(reminder), reminder.recipient.email)
    try:
        message.send()
    except (AnymailRecipientsRefused, AnymailInvalidAddress):
        raise Undeliverable(NO_SUCH_ADDRESS) from None
    except AnymailRequestsAPIError as error:
        if error.status_code == TOO_MANY_REQUESTS:
            raise TryLater("The mail provider asked us to slow down.") from None
        raise
    except (SMTPRecipientsRefused, SMTPDataError) as error:
        raise _refusal(error) from None
    except (ConnectionRefusedError, socket.gaierror):
        raise TryLater("The mail server cannot be reached.") from None
    return str(message.anymail_status.message_id or message.extra_headers["Message-ID"])


def _letter(reminder: Reminder, message: Message, address: str) -> AnymailMessage:
    letter = AnymailMessage(
        subject=message.subject,
        body=message.text,
        to=[address],
        headers={
            "Message-ID": f"<reminder-{message_key(reminder)}@{_mail_domain()}>",
            IDEMPOTENCY_HEADER: message_key(reminder),
            "Auto-Submitted": "auto-generated",
        },
        # What a provider's later notice brings back: by this the row is found.
        metadata={"reminder": str(reminder.pk)},
    )
    letter.attach_alternative(message.html, "text/html")
    return letter


def _refusal(error: SMTPRecipientsRefused | SMTPDataError) -> Exception:
    """5xx is for good, 4xx is a "not now" (RFC 5321, section 4.2.1)."""
    if isinstance(error, SMTPRecipientsRefused):
        codes = [code for code, _ in error.recipients.values()]
    else:
        codes = [error.smtp_code]
    if all(code >= 500 for code in codes):
        return Undeliverable(NO_SUCH_ADDRESS)
    return TryLater("The mail server does not take it now.")


def _mail_domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
