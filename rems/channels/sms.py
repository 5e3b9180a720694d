"""Reminders by SMS: through Telnyx, or kept beside the mails where nothing is really sent.

Which one is the setting SMS_PROVIDER: `telnyx`, `console`, or `off`.
"""

from collections.abc import Callable, Mapping

from django.conf import settings
from django.core.mail import EmailMessage

from rems.channels.errors import Undeliverable
from rems.channels.message import compose
from rems.models import Reminder
from rems.selectors import contact_of


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
    # Its library is two thousand modules: only who really sends by it waits for them.
    from rems.channels.by_telnyx import send

    return send(reminder, number, text)


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
