"""Reminders by SMS: through Telnyx, or kept beside the mails where nothing is really sent.

Which one is the setting SMS_PROVIDER: `telnyx`, `console`, or `off`.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache

import httpx
import telnyx
from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse

from rems.channels.errors import TryLater, Undeliverable
from rems.channels.message import compose
from rems.models import Reminder
from rems.selectors import contact_of

TIMEOUT_SECONDS = 10.0


def send_sms(reminder: Reminder) -> str:
    """Send the reminder to its recipient's telephone; the provider's id of the message.

    Raises Undeliverable and TryLater; anything else leaves open whether it went out.
    """
    number = _number_of(reminder)
    if not number:
        raise Undeliverable("There is no telephone number to send to.")
    return PROVIDERS[settings.SMS_PROVIDER](reminder, number, compose(reminder).sms)


def is_on_offer() -> bool:
    """Whether the store can send an SMS at all."""
    return bool(settings.SMS_PROVIDER != "off")


def _number_of(reminder: Reminder) -> str:
    found = contact_of(reminder.recipient_id)
    return str(found.phone) if found is not None and found.phone else ""


def _send_by_telnyx(reminder: Reminder, number: str, text: str) -> str:
    """Telnyx answers a second request with the same key as it answered the first."""
    try:
        answer = _client(settings.TELNYX_API_KEY, settings.TELNYX_URL).messages.send(
            to=number,
            from_=settings.TELNYX_FROM,
            text=text,
            webhook_url=settings.SITE_URL.rstrip("/") + reverse("sms-notice"),
            idempotency_key=str(reminder.pk),
        )
    except (telnyx.BadRequestError, telnyx.UnprocessableEntityError):
        raise Undeliverable("The telephone number was refused.") from None
    except telnyx.RateLimitError:
        raise TryLater("The SMS provider asked us to slow down.") from None
    except (telnyx.AuthenticationError, telnyx.PermissionDeniedError, telnyx.NotFoundError):
        raise TryLater("The SMS provider does not accept our account.") from None
    except telnyx.APIConnectionError as error:
        if isinstance(error.__cause__, httpx.ConnectError):
            raise TryLater("The SMS provider cannot be reached.") from None
        raise
    return (answer.data.id if answer.data else None) or ""


@lru_cache(maxsize=1)
def _client(api_key: str, url: str) -> telnyx.Telnyx:
    """One client, with its open connections. The row, not the client, says when to try again."""
    return telnyx.Telnyx(api_key=api_key, base_url=url, timeout=TIMEOUT_SECONDS, max_retries=0)


def _keep(reminder: Reminder, number: str, text: str) -> str:
    """Where mails are kept or printed, so is this one; `.invalid` is never anybody's domain."""
    EmailMessage("SMS", text, to=[f"{number}@sms.invalid"]).send()
    return str(reminder.pk)


def _refuse(reminder: Reminder, number: str, text: str) -> str:
    raise Undeliverable("SMS is not set up in this store.")


PROVIDERS: Mapping[str, Callable[[Reminder, str, str], str]] = {
    "telnyx": _send_by_telnyx,
    "console": _keep,
    "off": _refuse,
}
