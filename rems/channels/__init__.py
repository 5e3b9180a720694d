"""How a reminder leaves the house. A channel is a function: it sends, and gives the provider's id.

It raises Undeliverable when no further attempt can succeed and TryLater when it surely did not go
out. Every other exception (a time-out, a lost connection, an answer of 5xx) leaves open whether it
went out: the next attempt may be a second copy, which the idempotency key marks as one.
"""

from collections.abc import Callable, Mapping

from rems.channels.email import IDEMPOTENCY_HEADER, send_email
from rems.channels.errors import OurOwnFault, TryLater, Undeliverable
from rems.channels.sms import send_sms
from rems.models import Reminder

__all__ = [
    "CHANNELS",
    "IDEMPOTENCY_HEADER",
    "Channel",
    "OurOwnFault",
    "TryLater",
    "Undeliverable",
    "send_email",
    "send_sms",
]

Channel = Callable[[Reminder], str]

CHANNELS: Mapping[str, Channel] = {"email": send_email, "sms": send_sms}
