"""An SMS leaves once, by the provider's real client; each kind of "no" is told from the others."""

import json
import logging
from collections.abc import Iterator

import pytest
import telnyx
from django.core import mail

from rems.channels import CHANNELS, OurOwnFault, TryLater, Undeliverable, by_telnyx
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


def refuses(provider: Provider, status: int, *errors: dict[str, object]) -> None:
    """The provider's next answer, with errors as Telnyx writes them."""
    provider.status, provider.reply = status, json.dumps({"errors": list(errors)})


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "10002"),  # invalid phone number
        (422, "10016"),  # not in +E.164
        (422, "40001"),  # a landline
        (403, "40300"),  # its owner answered STOP
        (400, "40310"),  # invalid "to"
    ],
)
def test_a_number_that_the_provider_refuses_is_final(
    provider: Provider, status: int, code: str
) -> None:
    refuses(provider, status, {"code": code, "source": {"pointer": "/to"}})
    with pytest.raises(Undeliverable, match="number was refused"):
        send(ana_s_reminder())


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (401, "10009"),  # our key
        (402, "20100"),  # no money
        (403, "10010"),  # no permission
        (404, "10005"),  # our profile is not there
        (400, "40305"),  # invalid "from"
        (422, "40312"),  # our messaging profile is off
        (422, "40322"),  # our words
        (422, "49999"),  # what nobody has heard of yet
    ],
)
def test_a_refusal_of_us_says_nothing_about_the_number_and_is_tried_later(
    provider: Provider, status: int, code: str
) -> None:
    refuses(provider, status, {"code": code, "title": f"of {NUMBER}"})
    with pytest.raises(OurOwnFault, match=f"account or sender \\({status}, {code}\\)") as refused:
        send(ana_s_reminder())
    assert NUMBER not in str(refused.value)


def test_however_many_codes_there_are_the_reason_fits_on_the_row(provider: Provider) -> None:
    reminder = ana_s_reminder()
    refuses(provider, 422, *({"code": str(49000 + number)} for number in range(50)))
    with pytest.raises(OurOwnFault) as refused:
        send(reminder)
    room = Reminder._meta.get_field("failure").max_length
    assert len(str(refused.value)) <= room
    assert "(422, 49000, 49001, " in str(refused.value)
    # Where one of them names the number, it does so whatever its place.
    refuses(provider, 422, *({"code": "20100"} for _ in range(50)), {"code": "40310"})
    with pytest.raises(Undeliverable):
        send(reminder)


def test_a_code_that_points_at_our_own_number_is_about_us(provider: Provider) -> None:
    refuses(provider, 422, {"code": "10002", "source": {"pointer": "/from"}})
    with pytest.raises(OurOwnFault):
        send(ana_s_reminder())


@pytest.mark.parametrize("reply", ["", "[]", "{}", '{"errors": ["no"]}', '{"errors": 1}'])
def test_a_refusal_that_names_no_code_is_not_held_against_the_number(
    provider: Provider, reply: str
) -> None:
    provider.status, provider.reply = 422, reply
    with pytest.raises(OurOwnFault):
        send(ana_s_reminder())


@pytest.mark.parametrize(("status", "code"), [(429, "10011"), (400, "40318")])
def test_too_many_at_once_is_tried_later_and_nobody_s_fault(
    provider: Provider, status: int, code: str
) -> None:
    refuses(provider, status, {"code": code})
    with pytest.raises(TryLater, match="slow down"):
        send(ana_s_reminder())
    # Once: the row says when to try again, not the client.
    assert len(provider.requests) == 1


@pytest.mark.parametrize("status", [408, 409, 500, 503])
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
