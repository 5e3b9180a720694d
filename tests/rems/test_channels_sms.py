"""An SMS leaves once, by the provider's real client; each kind of "no" is told from the others."""

import logging
from collections.abc import Iterator

import pytest
import telnyx
from django.core import mail

from rems.channels import CHANNELS, TryLater, Undeliverable, by_telnyx
from rems.models import Reminder
from rems.services.reminder_desk import retry_reminder
from tests.builders import now, the_store
from tests.rems.loopback import Provider, provider_of_messages
from tests.rems.telling import a_reminder, ana, ana_prefers, betraying_words_in

pytestmark = pytest.mark.django_db(transaction=True)

NUMBER = "+12125550122"


@pytest.fixture
def provider(settings: object) -> Iterator[Provider]:
    """The provider, on this machine."""
    with provider_of_messages() as running:
        settings.SMS_PROVIDER = "telnyx"
        settings.TELNYX_URL = running.url
        settings.TELNYX_API_KEY = "the tests' own key"
        settings.TELNYX_FROM = "+12125550100"
        yield running


def ana_s_reminder() -> Reminder:
    ana_prefers(sms_on=True, phone=NUMBER)
    return a_reminder(channel="sms")


def send(reminder: Reminder) -> str:
    return CHANNELS["sms"](reminder)


def test_an_sms_leaves_with_its_own_key_and_comes_back_with_the_provider_s_id(
    provider: Provider,
) -> None:
    reminder = ana_s_reminder()
    assert send(reminder) == f"message-{reminder.pk}"
    ((path, headers, body),) = provider.requests
    assert path == "/messages"
    assert headers["idempotency-key"] == str(reminder.pk)
    assert (body["to"], body["from"]) == (NUMBER, "+12125550100")
    assert body["webhook_url"].endswith(f"/hooks/sms/{reminder.pk}/")
    assert set(body) == {"to", "from", "text", "webhook_url"}
    assert not betraying_words_in(body["text"].replace(body["text"].split()[-1], ""))


def test_a_second_attempt_has_the_same_key_so_that_the_provider_sends_it_once(
    provider: Provider,
) -> None:
    reminder = ana_s_reminder()
    assert send(reminder) == send(reminder)
    assert len({headers["idempotency-key"] for _, headers, _ in provider.requests}) == 1


def test_one_that_a_person_has_tried_again_is_a_new_message_and_not_the_old_answer(
    provider: Provider,
) -> None:
    reminder = ana_s_reminder()
    send(reminder)
    Reminder.objects.filter(pk=reminder.pk).update(
        status="sent", sent_at=now(), delivery="bounced", provider_message_id="message-1"
    )
    retry_reminder(reminder_id=reminder.pk, actor=the_store().user)
    reminder.refresh_from_db()
    assert send(reminder) == send(reminder)
    first, again, same = (headers["idempotency-key"] for _, headers, _ in provider.requests)
    assert first != again
    assert again == same


@pytest.mark.parametrize("status", [400, 422])
def test_a_number_that_the_provider_refuses_is_final(provider: Provider, status: int) -> None:
    provider.status, provider.reply = status, '{"errors": [{"code": "10002"}]}'
    with pytest.raises(Undeliverable, match="number was refused"):
        send(ana_s_reminder())


@pytest.mark.parametrize("status", [429, 401, 403])
def test_too_many_at_once_or_a_trouble_with_our_account_is_tried_later(
    provider: Provider, status: int
) -> None:
    provider.status = status
    with pytest.raises(TryLater):
        send(ana_s_reminder())
    # Once: the row says when to try again, not the client.
    assert len(provider.requests) == 1


@pytest.mark.parametrize("status", [409, 500, 503])
def test_after_an_error_of_the_provider_nobody_can_know_whether_it_left(
    provider: Provider, status: int
) -> None:
    provider.status = status
    with pytest.raises(telnyx.APIStatusError):
        send(ana_s_reminder())
    assert len(provider.requests) == 1


def test_after_silence_nobody_can_know_whether_it_left(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(by_telnyx, "TIMEOUT_SECONDS", 0.3)
    by_telnyx._client.cache_clear()
    provider.status = 0
    with pytest.raises(telnyx.APITimeoutError):
        send(ana_s_reminder())
    by_telnyx._client.cache_clear()
    assert len(provider.requests) == 1


def test_a_provider_that_cannot_be_reached_is_tried_later(
    provider: Provider, settings: object
) -> None:
    settings.TELNYX_URL = "http://127.0.0.1:9"
    with pytest.raises(TryLater, match="cannot be reached"):
        send(ana_s_reminder())


def test_without_a_number_or_where_sms_is_off_it_is_final(settings: object) -> None:
    with pytest.raises(Undeliverable, match="no telephone number"):
        send(a_reminder(channel="sms", recipient=ana()))
    settings.SMS_PROVIDER = "off"
    ana_prefers(sms_on=True, phone=NUMBER)
    with pytest.raises(Undeliverable, match="not set up"):
        send(a_reminder(channel="sms", step=2))


def test_in_the_demonstration_it_is_kept_beside_the_mails() -> None:
    reminder = ana_s_reminder()
    assert send(reminder) == str(reminder.pk)
    (kept,) = mail.outbox
    assert kept.to == [f"{NUMBER}@sms.invalid"]


def test_no_log_line_holds_the_number_or_the_words(
    provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    send(ana_s_reminder())
    assert NUMBER not in caplog.text
    assert provider.requests[0][2]["text"] not in caplog.text
