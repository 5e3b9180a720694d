"""What a provider answers decides what becomes of the row: from beat's task to the record."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes
from typing import Any

import pytest

from rems.channels import by_telnyx
from rems.models import ContactPreference, Reminder
from rems.tasks import send_due_reminders
from tests.builders import now
from tests.database import VirtualClock
from tests.rems.loopback import mail_server, provider_of_messages
from tests.rems.test_channels_email import INACTIVE, TAKEN
from tests.rems.treated import due_now

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 0.3
LANDLINE = '{"errors": [{"code": "40001"}]}'
NOT_OUR_NUMBER = '{"errors": [{"code": "40305"}]}'
NO_SENDER = '{"ErrorCode": 400, "Message": "Sender signature not found"}'
NUMBER = "+12125550122"


class Way:
    """One way to a person: how its provider is made to answer, and which keys it was given."""

    def __init__(self, channel: str, answer: Callable[..., None], keys: Callable[[], list[str]]):
        self.channel, self.answer, self.keys = channel, answer, keys


@contextmanager
def smtp(settings: Any) -> Iterator[Way]:
    """A mail server; each answer is to a command."""
    with mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_TIMEOUT = PATIENCE

        def answer(**replies: str) -> None:
            server.replies = replies

        def keys() -> list[str]:
            letters = (message_from_bytes(letter) for letter in server.letters)
            return [str(letter["Idempotency-Key"]) for letter in letters]

        yield Way("email", answer, keys)


@contextmanager
def mail_provider(settings: Any) -> Iterator[Way]:
    """A provider of mail; each answer is a status and a body."""
    with provider_of_messages() as provider:
        settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
        settings.ANYMAIL = {
            "POSTMARK_SERVER_TOKEN": "t",
            "POSTMARK_API_URL": f"{provider.url}/",
            "REQUESTS_TIMEOUT": PATIENCE,
        }

        def answer(status: int = 200, reply: str = TAKEN) -> None:
            provider.status, provider.reply = status, reply

        def keys() -> list[str]:
            headers = (sent["Headers"] for _, _, sent in provider.requests)
            return [
                one["Value"] for each in headers for one in each if one["Name"] == "Idempotency-Key"
            ]

        answer()
        yield Way("email", answer, keys)


@contextmanager
def sms_provider(settings: Any) -> Iterator[Way]:
    """A provider of SMS; each answer is a status."""
    with provider_of_messages() as provider, pytest.MonkeyPatch.context() as patched:
        patched.setattr(by_telnyx, "TIMEOUT_SECONDS", PATIENCE)
        by_telnyx._client.cache_clear()
        settings.SMS_PROVIDER, settings.TELNYX_URL = "telnyx", provider.url
        settings.TELNYX_API_KEY, settings.TELNYX_FROM = "the tests' own key", "+12125550100"

        def answer(status: int = 200, reply: str = provider.reply) -> None:
            provider.status, provider.reply = status, reply

        yield Way(
            "sms",
            answer,
            lambda: [headers["idempotency-key"] for _, headers, _ in provider.requests],
        )
        by_telnyx._client.cache_clear()


def due_by(channel: str) -> Reminder:
    """Ana's reminder, due now, by this channel."""
    reminder = due_now()
    Reminder.objects.filter(pk=reminder.pk).update(channel=channel)
    ContactPreference.objects.filter(user=reminder.recipient).update(
        email_on=channel == "email", sms_on=channel == "sms", phone=NUMBER
    )
    return fresh(reminder)


def fresh(reminder: Reminder) -> Reminder:
    return Reminder.objects.get(pk=reminder.pk)


def tasks() -> list[Reminder]:
    return list(Reminder.objects.filter(kind="reminder_failed"))


SURELY_NOT_SENT = {
    "SMTP 451 to the address": (smtp, {"RCPT": "451 come back later"}),
    "SMTP 450 to the mail": (smtp, {"DATA": "450 too much at once"}),
    "mail provider 429": (mail_provider, {"status": 429, "reply": "{}"}),
    "SMS provider 429": (sms_provider, {"status": 429}),
}
NOBODY_KNOWS = {
    "SMTP says nothing": (smtp, {"DATA": "say nothing"}),
    "SMTP hangs up": (smtp, {"DATA": "hang up"}),
    "mail provider says nothing": (mail_provider, {"status": 0}),
    "mail provider 503": (mail_provider, {"status": 503, "reply": "{}"}),
    "SMS provider says nothing": (sms_provider, {"status": 0}),
    "SMS provider 500": (sms_provider, {"status": 500}),
}
FINAL = {
    "SMTP 550 to the address": (smtp, {"RCPT": "550 no such user here"}),
    "SMTP 554 to the mail": (smtp, {"DATA": "554 not here"}),
    "mail provider refuses the address": (mail_provider, {"status": 422, "reply": INACTIVE}),
    "SMS provider refuses the number": (sms_provider, {"status": 422, "reply": LANDLINE}),
}
OUR_OWN_FAULT = {
    "SMTP refuses the sender": (smtp, {"MAIL": "553 no such sender"}),
    "SMTP does not speak to us": (smtp, {"GREETING": "554 no mail from you"}),
    "mail provider 401": (mail_provider, {"status": 401, "reply": "{}"}),
    "mail provider 422 for the sender": (mail_provider, {"status": 422, "reply": NO_SENDER}),
    "SMS provider 401": (sms_provider, {"status": 401, "reply": "{}"}),
    "SMS provider 400 for the sender": (sms_provider, {"status": 400, "reply": NOT_OUR_NUMBER}),
}
Made = Callable[[Any], Any]
Fault = dict[str, Any]


def each(faults: dict[str, tuple[Made, Fault]]) -> Any:
    return pytest.mark.parametrize(("made", "fault"), faults.values(), ids=faults.keys())


def first_attempt(way: Way, fault: Fault) -> Reminder:
    """It did not succeed, and waits: a minute, and not yet for a person."""
    reminder = due_by(way.channel)
    way.answer(**fault)
    send_due_reminders()
    row = fresh(reminder)
    assert (row.status, row.attempts, row.send_at) == ("planned", 1, reminder.send_at)
    assert row.failure
    assert row.lease_until is not None
    assert timedelta(seconds=50) < row.lease_until - now() < timedelta(seconds=73)
    assert tasks() == []
    send_due_reminders()
    assert fresh(reminder).attempts == 1
    return row


def second_attempt(way: Way, row: Reminder, clock: VirtualClock) -> Reminder:
    """The provider is well again."""
    way.answer()
    clock.shift(timedelta(minutes=1.3))
    send_due_reminders()
    row = fresh(row)
    assert (row.status, row.attempts, row.failure, row.lease_until) == ("sent", 2, "", None)
    assert row.provider_message_id
    return row


@each({**SURELY_NOT_SENT, **OUR_OWN_FAULT})
def test_what_surely_did_not_leave_goes_out_later_and_is_no_second_copy(
    made: Made, fault: Fault, settings: object, clock: VirtualClock
) -> None:
    with made(settings) as way:
        row = first_attempt(way, fault)
        assert row.send_started_at is None
        row = second_attempt(way, row, clock)
        assert row.possible_duplicates == 0
        assert set(way.keys()) == {str(row.pk)}


@each(NOBODY_KNOWS)
def test_what_may_have_left_goes_out_again_under_the_same_key_and_shows_as_a_possible_copy(
    made: Made, fault: Fault, settings: object, clock: VirtualClock
) -> None:
    with made(settings) as way:
        row = first_attempt(way, fault)
        assert row.send_started_at is not None
        row = second_attempt(way, row, clock)
        assert row.possible_duplicates == 1
        assert way.keys() == [str(row.pk), str(row.pk)]


@each(FINAL)
def test_what_is_refused_for_good_is_a_person_s_at_once(
    made: Made, fault: Fault, settings: object, clock: VirtualClock
) -> None:
    with made(settings) as way:
        reminder = due_by(way.channel)
        way.answer(**fault)
        send_due_reminders()
        row = fresh(reminder)
        assert (row.status, row.attempts, row.send_started_at) == ("failed", 1, None)
        assert "refused" in row.failure
        [task] = tasks()
        assert (task.subject_id, task.channel, task.status) == (row.pk, "task", "planned")
        asked = len(way.keys())
        way.answer()
        clock.shift(timedelta(hours=2))
        send_due_reminders()
        assert fresh(reminder).status == "failed"
        assert len(way.keys()) == asked


@each(OUR_OWN_FAULT)
def test_what_is_our_own_fault_raises_an_alarm_that_names_nobody(
    made: Made, fault: Fault, settings: object, caplog: pytest.LogCaptureFixture
) -> None:
    with made(settings) as way:
        first_attempt(way, fault)
        [alarm] = [entry for entry in caplog.records if entry.levelname == "ERROR"]
        assert alarm.getMessage() == "messages go out to nobody"
        assert "does not accept our account or sender" in vars(alarm)["reason"]
        assert NUMBER not in caplog.text
        assert "ana.ruiz" not in caplog.text


@each({**SURELY_NOT_SENT, **OUR_OWN_FAULT, **NOBODY_KNOWS})
def test_after_the_last_attempt_it_is_a_person_s_too(
    made: Made, fault: Fault, settings: Any
) -> None:
    with made(settings) as way:
        reminder = due_by(way.channel)
        last = settings.REMINDER_ATTEMPTS - 1
        Reminder.objects.filter(pk=reminder.pk).update(attempts=last)
        way.answer(**fault)
        send_due_reminders()
        assert fresh(reminder).status == "failed"
        assert [task.subject_id for task in tasks()] == [reminder.pk]
