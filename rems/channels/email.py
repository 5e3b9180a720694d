"""Reminders by e-mail: through Django's backend, which may be a provider's (django-anymail)."""

from contextlib import suppress
from email.utils import parseaddr
from http import HTTPStatus
from smtplib import (
    SMTPDataError,
    SMTPException,
    SMTPNotSupportedError,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)
from ssl import SSLCertVerificationError

from anymail.exceptions import (
    AnymailError,
    AnymailInvalidAddress,
    AnymailRecipientsRefused,
    AnymailRequestsAPIError,
    AnymailSerializationError,
    AnymailUnsupportedFeature,
)
from anymail.message import AnymailMessage
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from rems.channels.errors import OurOwnFault, TryLater, Undeliverable, may_have_left
from rems.channels.message import Message, compose, message_key
from rems.models import Reminder

# The header by which a provider, or a person, knows a second copy of the same reminder.
IDEMPOTENCY_HEADER = "Idempotency-Key"
NO_SUCH_ADDRESS = "The e-mail address was refused."
NOT_REACHED = "The mail server cannot be reached."
NOT_OURS = "The mail server does not accept our account or sender"


def send_email(reminder: Reminder) -> str:
    """Send the reminder to its recipient, as text and HTML; the provider's id of the message.

    Each attempt has the same Message-ID, which is its id where the provider gives none. Raises
    Undeliverable and TryLater; anything else leaves open whether it went out.
    """
    if reminder.recipient is None or not reminder.recipient.email:
        raise Undeliverable("Nobody is registered to be told.")
    message = _letter(reminder, compose(reminder), reminder.recipient.email)
    try:
        _open_line(message)
        message.send()
    except (AnymailError, SMTPException, ConnectionRefusedError) as error:
        certain = _meaning_of(error)
        if certain is None:
            raise
        raise certain from None
    finally:
        _hang_up(message)
    return str(message.anymail_status.message_id or message.extra_headers["Message-ID"])


def _open_line(message: AnymailMessage) -> None:
    """Connect and sign in before anything is sent: what goes wrong here surely sent nothing."""
    try:
        message.get_connection().open()
    except (ImproperlyConfigured, SMTPNotSupportedError, SSLCertVerificationError):
        raise OurOwnFault("Mail is not set up as its server wants it.") from None
    except SMTPResponseException as error:
        raise _about_us(error.smtp_code) from None
    except OSError:
        raise TryLater(NOT_REACHED) from None


def _hang_up(message: AnymailMessage) -> None:
    """What was said is said: a farewell that goes wrong changes nothing of it."""
    with suppress(OSError):
        if message.connection is not None:
            message.connection.close()


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


def _meaning_of(error: Exception) -> Exception | None:
    """What is certain after this error; None where nobody knows whether the mail left."""
    match error:
        case AnymailRecipientsRefused() | AnymailInvalidAddress():
            return Undeliverable(NO_SUCH_ADDRESS)
        case AnymailRequestsAPIError():
            return _provider_s_refusal(error)
        case AnymailUnsupportedFeature() | AnymailSerializationError():
            return OurOwnFault("The mail provider cannot be asked for such a mail.")
        case SMTPRecipientsRefused():
            return _about_the_address([code for code, _ in error.recipients.values()])
        case SMTPDataError():
            return _about_the_address([error.smtp_code])
        case SMTPSenderRefused():
            return _about_us(error.smtp_code)
        case ConnectionRefusedError():
            return TryLater(NOT_REACHED)
    return None


def _about_the_address(codes: list[int]) -> Exception:
    """5xx is for good, 4xx is a "not now" (RFC 5321, section 4.2.1)."""
    if all(code >= 500 for code in codes):
        return Undeliverable(NO_SUCH_ADDRESS)
    return TryLater("The mail server does not take it now.")


def _about_us(code: int) -> Exception:
    """The same, where the server had not even heard for whom the mail is."""
    if code >= 500:
        return OurOwnFault(f"{NOT_OURS} ({code}).")
    return TryLater("The mail server does not take it now.")


def _provider_s_refusal(error: AnymailRequestsAPIError) -> Exception | None:
    """A 4xx that names no address is about our account, our sender or what we asked for."""
    status = error.status_code
    if status is None:
        return TryLater("The mail provider cannot be reached.") if _never_met(error) else None
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return TryLater("The mail provider asked us to slow down.")
    if may_have_left(status):
        return None
    return OurOwnFault(f"The mail provider does not accept our account or sender ({status}).")


def _never_met(error: AnymailRequestsAPIError) -> bool:
    """Whether there never was a connection over which something could have left."""
    cause = error.__cause__.args[0] if error.__cause__ and error.__cause__.args else None
    reason = getattr(cause, "reason", None)
    return isinstance(reason, NewConnectionError | ConnectTimeoutError)


def _mail_domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
