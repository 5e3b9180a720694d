"""A mail leaves through a real server; an address that is refused is told from a bad moment."""

from collections.abc import Iterator
from smtplib import SMTPException

import pytest
from anymail.exceptions import AnymailRequestsAPIError

from rems.channels import CHANNELS, TryLater, Undeliverable
from tests.rems.loopback import MailServer, Provider, mail_server, provider_of_messages
from tests.rems.telling import a_reminder

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server(settings: object) -> Iterator[MailServer]:
    """The mail server, on this machine."""
    with mail_server() as running:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.port
        settings.EMAIL_TIMEOUT = 5
        yield running


def send() -> str:
    return CHANNELS["email"](a_reminder())


def test_a_mail_leaves_with_its_key_and_its_own_id(server: MailServer) -> None:
    reminder = a_reminder()
    message_id = CHANNELS["email"](reminder)
    (letter,) = server.letters
    assert message_id == f"<reminder-{reminder.pk}@example.com>"
    assert f"Message-ID: {message_id}".encode() in letter
    assert f"Idempotency-Key: {reminder.pk}".encode() in letter


def test_a_refused_address_is_final(server: MailServer) -> None:
    server.replies["RCPT"] = "550 no such user here"
    with pytest.raises(Undeliverable) as refused:
        send()
    assert str(refused.value) == "The e-mail address was refused."
    assert not server.letters


def test_a_mail_that_is_refused_for_good_after_it_was_read_is_final(server: MailServer) -> None:
    server.replies["DATA"] = "554 not here"
    with pytest.raises(Undeliverable):
        send()


@pytest.mark.parametrize("verb", ["RCPT", "DATA"])
def test_not_now_is_tried_later(server: MailServer, verb: str) -> None:
    server.replies[verb] = "451 come back later"
    with pytest.raises(TryLater):
        send()
    assert not server.letters


def test_a_server_that_cannot_be_reached_is_tried_later(
    server: MailServer, settings: object
) -> None:
    settings.EMAIL_PORT = 9
    with pytest.raises(TryLater):
        send()


def test_when_the_line_goes_dead_after_the_mail_nobody_can_know_whether_it_left(
    server: MailServer,
) -> None:
    server.replies["DATA"] = "hang up"
    with pytest.raises(SMTPException):
        send()
    # It did leave, and the sender cannot tell: neither "final" nor "surely not".
    assert len(server.letters) == 1


def test_with_nobody_to_tell_it_is_final() -> None:
    reminder = a_reminder()
    reminder.recipient = None
    with pytest.raises(Undeliverable, match="Nobody is registered"):
        CHANNELS["email"](reminder)


# Through a provider's own interface (Postmark's, by django-anymail) --------------------------------

TAKEN = '{"ErrorCode": 0, "Message": "OK", "MessageID": "p-1", "To": "ana.ruiz@example.com"}'
INACTIVE = (
    '{"ErrorCode": 406, "Message": "You tried to send to recipients that have all been marked as '
    'inactive.\\nFound inactive addresses: ana.ruiz@example.com.\\nInactive recipients are ones"}'
)


@pytest.fixture
def provider(settings: object) -> Iterator[Provider]:
    """The mail provider, on this machine."""
    with provider_of_messages() as running:
        settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
        settings.ANYMAIL = {"POSTMARK_SERVER_TOKEN": "t", "POSTMARK_API_URL": f"{running.url}/"}
        running.reply = TAKEN
        yield running


def test_by_a_provider_the_mail_has_the_provider_s_id_and_brings_our_own_back(
    provider: Provider,
) -> None:
    reminder = a_reminder()
    assert CHANNELS["email"](reminder) == "p-1"
    ((_, _, sent),) = provider.requests
    assert sent["Metadata"] == {"reminder": str(reminder.pk)}
    headers = {header["Name"]: header["Value"] for header in sent["Headers"]}
    assert headers["Idempotency-Key"] == str(reminder.pk)


def test_an_address_that_the_provider_refuses_is_final(provider: Provider) -> None:
    provider.status, provider.reply = 422, INACTIVE
    with pytest.raises(Undeliverable) as refused:
        send()
    assert str(refused.value) == "The e-mail address was refused."


def test_a_provider_that_asks_us_to_slow_down_is_tried_later(provider: Provider) -> None:
    provider.status, provider.reply = 429, "{}"
    with pytest.raises(TryLater):
        send()


def test_after_an_error_of_the_provider_nobody_can_know(provider: Provider) -> None:
    provider.status, provider.reply = 500, "{}"
    with pytest.raises(AnymailRequestsAPIError):
        send()
