"""SMS through Telnyx, by its own client."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import httpx
import telnyx
from django.conf import settings
from django.urls import reverse

from rems.channels.errors import OurOwnFault, TryLater, Undeliverable, may_have_left
from rems.channels.message import message_key
from rems.models import Reminder

TIMEOUT_SECONDS = 10.0
# The codes of Telnyx (developers.telnyx.com, "Messaging Error Code Reference" and "API error codes")
# with which it names the number that is written to: inactive, invalid, no mobile, or its owner
# answered STOP. A person calls. Every other refusal is about us.
THE_NUMBER = frozenset(
    ["10001", "10002", "10016", "40001", "40008", "40012", "40300", "40301", "40310", "40319"],
)
# Too much at once: of the account, of the sender, of the line.
TOO_MANY = frozenset(["10011", "40011", "40018", "40318"])
# More codes than that do not fit into the reason on the row.
ON_A_ROW = 10
NEVER_REACHED = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


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
    except telnyx.APIStatusError as error:
        if may_have_left(error.status_code):
            raise
        raise _refusal(error) from None
    except telnyx.APIConnectionError as error:
        if isinstance(error.__cause__, NEVER_REACHED):
            raise TryLater("The SMS provider cannot be reached.") from None
        raise
    return (answer.data.id if answer.data else None) or ""


def _refusal(error: telnyx.APIStatusError) -> Exception:
    """What a 4xx means: whose fault it is, by the codes in its body."""
    codes = sorted(set(_codes(error.body)))
    if THE_NUMBER.intersection(codes):
        return Undeliverable("The telephone number was refused.")
    if error.status_code == 429 or TOO_MANY.intersection(codes):
        return TryLater("The SMS provider asked us to slow down.")
    why = ", ".join([str(error.status_code), *codes[:ON_A_ROW]])
    return OurOwnFault(f"The SMS provider does not accept our account or sender ({why}).")


def _codes(body: Any) -> Iterator[str]:
    """The codes in an answer, whatever it looks like. One that points at the sender's number says
    nothing of the other one, so it is left out."""
    errors = body.get("errors") if isinstance(body, dict) else None
    for one in errors if isinstance(errors, list) else ():
        code = str(one.get("code")) if isinstance(one, dict) else ""
        if code.isdigit() and len(code) == 5 and "from" not in str(one.get("source")):
            yield code


@lru_cache(maxsize=1)
def _client(api_key: str, url: str) -> telnyx.Telnyx:
    """One client, with its open connections. The row, not the client, says when to try again."""
    return telnyx.Telnyx(api_key=api_key, base_url=url, timeout=TIMEOUT_SECONDS, max_retries=0)
