"""A mail leaves through a real server; an address that is refused is told from a bad moment, and
from a fault of our own."""

import socket
from collections.abc import Iterator
from smtplib import SMTPException

import pytest
from anymail.exceptions import AnymailRequestsAPIError

from rems.channels import CHANNELS, OurOwnFault, TryLater, Undeliverable
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


def test_without_an_address_it_does_not_count_as_sent(server: MailServer) -> None:
    """Django sends a mail to nobody without a word."""
    reminder = a_reminder()
    reminder.recipient.email = ""
    with pytest.raises(Undeliverable):
        CHANNELS["email"](reminder)
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


@pytest.mark.parametrize(
    ("replies", "why"),
    [
        ({"GREETING": "554 no mail from you"}, "554"),
        ({"EHLO": "250-here\r\n250 AUTH PLAIN LOGIN", "AUTH": "535 wrong password"}, "535"),
        ({"MAIL": "553 no such sender"}, "553"),
    ],
    ids=["does not speak to us", "refuses our password", "refuses our sender"],
)
def test_a_server_that_refuses_us_says_nothing_about_the_address(
    server: MailServer, settings: object, replies: dict[str, str], why: str
) -> None:
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "pharmacy", "of no value"
    server.replies = {"EHLO": "250-here\r\n250 AUTH PLAIN", "AUTH": "235 welcome", **replies}
    with pytest.raises(OurOwnFault, match=f"account or sender \\({why}\\)"):
        send()
    assert not server.letters


@pytest.mark.parametrize(
    "replies",
    [
        {"GREETING": "421 too many lines"},
        {"EHLO": "250-here\r\n250 AUTH PLAIN", "AUTH": "454 not now"},
        {"MAIL": "451 not now"},
    ],
    ids=["too many lines", "the sign-in is down", "the sender not now"],
)
def test_what_goes_wrong_before_the_address_was_named_is_tried_later_and_surely_did_not_leave(
    server: MailServer, settings: object, replies: dict[str, str]
) -> None:
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "pharmacy", "of no value"
    server.replies = {"EHLO": "250-here\r\n250 AUTH PLAIN", "AUTH": "235 welcome", **replies}
    with pytest.raises(TryLater) as later:
        send()
    assert not isinstance(later.value, OurOwnFault)
    assert not server.letters


def test_a_server_that_lets_nobody_sign_in_is_not_the_one_that_was_set_up(
    server: MailServer, settings: object
) -> None:
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "pharmacy", "of no value"
    with pytest.raises(OurOwnFault, match="not set up"):
        send()


def test_a_server_that_says_nothing_when_we_call_is_tried_later(
    server: MailServer, settings: object
) -> None:
    """It takes the call only: no time-out can have sent what was never said."""
    settings.EMAIL_TIMEOUT = 0.3
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.EMAIL_PORT = silent.getsockname()[1]
        with pytest.raises(TryLater, match="cannot be reached"):
            send()


def test_when_the_line_goes_dead_after_the_mail_nobody_can_know_whether_it_left(
    server: MailServer, settings: object
) -> None:
    settings.EMAIL_TIMEOUT = 0.5
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


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 422])
def test_a_provider_that_refuses_us_says_nothing_about_the_address(
    provider: Provider, status: int
) -> None:
    provider.status, provider.reply = status, '{"ErrorCode": 400, "Message": "No such sender"}'
    with pytest.raises(OurOwnFault, match=f"account or sender \\({status}\\)"):
        send()


def test_a_provider_that_cannot_be_reached_is_tried_later(
    provider: Provider, settings: object
) -> None:
    settings.ANYMAIL = {**settings.ANYMAIL, "POSTMARK_API_URL": "http://127.0.0.1:9/"}
    with pytest.raises(TryLater, match="cannot be reached"):
        send()


def test_a_mail_that_is_not_set_up_goes_out_to_nobody(settings: object) -> None:
    settings.EMAIL_BACKEND, settings.ANYMAIL = "anymail.backends.postmark.EmailBackend", {}
    with pytest.raises(OurOwnFault, match="not set up"):
        send()


@pytest.mark.parametrize("status", [408, 409, 500, 503])
def test_after_an_error_of_the_provider_nobody_can_know(provider: Provider, status: int) -> None:
    provider.status, provider.reply = status, "{}"
    with pytest.raises(AnymailRequestsAPIError):
        send()
