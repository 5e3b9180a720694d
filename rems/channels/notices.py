"""What providers tell afterwards, that a message arrived or came back: known to be theirs, and read."""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from anymail.signals import AnymailTrackingEvent, EventType
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings

# An older notice is somebody's copy of one.
FRESH = timedelta(minutes=5)
SIGNATURE_HEADER = "Telnyx-Signature-Ed25519"
TIMESTAMP_HEADER = "Telnyx-Timestamp"

_MAIL_OUTCOMES = {
    EventType.DELIVERED: True,
    EventType.BOUNCED: False,
    EventType.REJECTED: False,
    EventType.FAILED: False,
}
_SMS_OUTCOMES = {
    "delivered": True,
    "sending_failed": False,
    "delivery_failed": False,
    "expired": False,
}


@dataclass(frozen=True, slots=True)
class Notice:
    """What became of one message: whether it arrived. `reminder_id` where the provider gives it."""

    message_id: str
    has_arrived: bool
    reminder_id: UUID | None = None


def mail_notice(event: AnymailTrackingEvent) -> Notice | None:
    """A mail provider's notice; None for what says neither "arrived" nor "came back"."""
    has_arrived = _MAIL_OUTCOMES.get(event.event_type)
    if has_arrived is None:
        return None
    return Notice(str(event.message_id or ""), has_arrived, _key(event.metadata or {}))


def sms_notice(body: bytes, reminder_id: UUID | None = None) -> Notice | None:
    """An SMS provider's notice; None for what says neither "arrived" nor "came back".

    `reminder_id` is from the address to which it came. Raises ValueError for what is no JSON.
    """
    try:
        payload = json.loads(body)["data"]["payload"]
        has_arrived = _SMS_OUTCOMES.get(payload["to"][0]["status"])
        message_id = str(payload["id"])
    except (LookupError, TypeError):
        return None
    return None if has_arrived is None else Notice(message_id, has_arrived, reminder_id)


def is_from_sms_provider(body: bytes, headers: Mapping[str, str], at: datetime) -> bool:
    """Whether the provider signed the notice just now (Ed25519 over `timestamp|body`).

    `at` is the database's clock. Without a key in the settings nothing is believed.
    """
    try:
        stamp = headers[TIMESTAMP_HEADER]
        if abs(at - datetime.fromtimestamp(int(stamp), UTC)) > FRESH:
            return False
        key = base64.b64decode(settings.TELNYX_PUBLIC_KEY, validate=True)
        signature = base64.b64decode(headers[SIGNATURE_HEADER], validate=True)
        Ed25519PublicKey.from_public_bytes(key).verify(signature, f"{stamp}|".encode() + body)
    except (KeyError, ValueError, OverflowError, OSError, binascii.Error, InvalidSignature):
        return False
    return True


def _key(metadata: Mapping[str, str]) -> UUID | None:
    try:
        return UUID(metadata["reminder"])
    except (KeyError, ValueError, TypeError, AttributeError):
        return None
