"""The two channels' last step in the simulation: a mail backend and an SMS client that ask its
provider, and fail as the real ones do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from smtplib import SMTPDataError, SMTPRecipientsRefused
from typing import ClassVar
from unittest.mock import patch

from anymail.exceptions import AnymailRequestsAPIError
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.test import override_settings

from pharmacy.simulation.provider import Answer, Provider
from rems.channels import IDEMPOTENCY_HEADER, TryLater, Undeliverable, sms
from rems.channels.message import message_key
from rems.models import Reminder

BACKEND = "pharmacy.simulation.postbox.Postbox"

# What the libraries that send mail raise; the channel has to make sense of it.
_BY_MAIL: Mapping[Answer, Callable[[str], Exception]] = {
    Answer.LATER: lambda _: SMTPDataError(451, b"come back later"),
    Answer.TOO_MANY: lambda _: AnymailRequestsAPIError(status_code=429),
    Answer.AWAY: lambda _: ConnectionRefusedError(),
    Answer.REFUSED: lambda address: SMTPRecipientsRefused({address: (550, b"no such user")}),
    Answer.ERROR: lambda _: AnymailRequestsAPIError(status_code=503),
    Answer.ERROR_AFTER: lambda _: AnymailRequestsAPIError(status_code=503),
    Answer.SILENCE: lambda _: TimeoutError(),
    Answer.SILENCE_AFTER: lambda _: TimeoutError(),
}
# What the SMS client has made of its provider's answer; else nobody knows.
_BY_SMS: Mapping[Answer, Callable[[], Exception]] = {
    Answer.LATER: lambda: TryLater("Not now."),
    Answer.TOO_MANY: lambda: TryLater("The SMS provider asked us to slow down."),
    Answer.AWAY: lambda: TryLater("The SMS provider cannot be reached."),
    Answer.REFUSED: lambda: Undeliverable("The telephone number was refused."),
}


class Postbox(BaseEmailBackend):
    """A mail backend: one message at a time, as the channel sends them."""

    provider: ClassVar[Provider]

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Ask the provider; how many it took. Raises what the real backends raise."""
        for message in email_messages:
            (address,) = message.to
            answer = self.provider.ask(message.extra_headers[IDEMPOTENCY_HEADER], address)
            if answer is not Answer.TAKEN:
                raise _BY_MAIL[answer](address)
        return len(email_messages)


def _send_sms(reminder: Reminder, number: str, text: str) -> str:
    answer = Postbox.provider.ask(message_key(reminder), number)
    if answer is Answer.TAKEN:
        return str(reminder.pk)
    raise _BY_SMS.get(answer, TimeoutError)()


@contextmanager
def posted_to(provider: Provider) -> Iterator[None]:
    """Let every message of this process go to that provider."""
    Postbox.provider = provider
    with ExitStack() as stack:
        stack.enter_context(patch.dict(sms.PROVIDERS, {"simulated": _send_sms}))
        stack.enter_context(override_settings(EMAIL_BACKEND=BACKEND, SMS_PROVIDER="simulated"))
        yield
