"""SMS through Telnyx, by its own client."""

from functools import lru_cache

import httpx
import telnyx
from django.conf import settings
from django.urls import reverse

from rems.channels.errors import TryLater, Undeliverable
from rems.channels.message import message_key
from rems.models import Reminder

TIMEOUT_SECONDS = 10.0


def send(reminder: Reminder, number: str, text: str) -> str:
    """Send it; the provider's id of the message.

    Telnyx answers a second request with the same key as it answered the first. What becomes of the
    message it tells at an address with our key, which is known before its own id is. Raises Undeliverable
    and TryLater; anything else leaves open whether it went out.
    """
    try:
        answer = _client(settings.TELNYX_API_KEY, settings.TELNYX_URL).messages.send(
            to=number,
            from_=settings.TELNYX_FROM,
            text=text,
            webhook_url=settings.SITE_URL.rstrip("/") + reverse("sms-notice", args=[reminder.pk]),
            idempotency_key=message_key(reminder),
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
