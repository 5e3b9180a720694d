"""What a provider tells afterwards is noted once; a message that came back is taken over."""

import base64
import json
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.http import HttpResponse
from django.test import Client

from rems.channels import send_sms
from rems.models import ContactPreference, Reminder
from rems.selectors import failed_reminders
from rems.services import reminders
from rems.services.planning import plan_everything
from rems.services.reminder_desk import resolve_reminder, retry_reminder
from rems.services.reminders import send_due
from tests.builders import now, the_store
from tests.database import VirtualClock
from tests.rems.loopback import provider_of_messages
from tests.rems.telling import a_reminder
from tests.rems.treated import due_now

pytestmark = pytest.mark.django_db(transaction=True)

KEY = Ed25519PrivateKey.generate()
SMS, MAIL = "/hooks/sms/", "/hooks/mail/postmark/tracking/"
BASIC = "mail:the tests' own, of no value to anyone"


@pytest.fixture(autouse=True)
def provider_s_key(settings: object) -> None:
    public = KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    settings.TELNYX_PUBLIC_KEY = base64.b64encode(public).decode()


def sent(channel: str = "sms", message_id: str = "m-1", **more: object) -> Reminder:
    return a_reminder(
        channel=channel, status="sent", sent_at=now(), provider_message_id=message_id, **more
    )


def fresh(reminder: Reminder) -> Reminder:
    return Reminder.objects.get(pk=reminder.pk)


def tasks() -> list[Reminder]:
    return list(Reminder.objects.filter(channel="task"))


def sms_says(status: str, message_id: str = "m-1", **more: Any) -> HttpResponse:
    """The SMS provider tells what became of a message."""
    payload = {"id": message_id, "to": [{"phone_number": "+12125550122", "status": status}]}
    body = json.dumps({"data": {"event_type": "message.finalized", "payload": payload}})
    return sms_hook(body, **more)


def sms_hook(
    body: str, *, key: Ed25519PrivateKey = KEY, age: int = 0, address: str = SMS
) -> HttpResponse:
    stamp = str(int(now().timestamp()) - age)
    signature = base64.b64encode(key.sign(f"{stamp}|{body}".encode())).decode()
    return Client(enforce_csrf_checks=True).post(
        address,
        body,
        content_type="application/json",
        headers={"Telnyx-Signature-Ed25519": signature, "Telnyx-Timestamp": stamp},
    )


def mail_says(event: dict[str, object], secret: str = BASIC) -> HttpResponse:
    """The mail provider tells what became of a mail."""
    basic = base64.b64encode(secret.encode()).decode()
    return Client(enforce_csrf_checks=True).post(
        MAIL, event, content_type="application/json", headers={"Authorization": f"Basic {basic}"}
    )


def bounce(message_id: str = "m-1", reminder: Reminder | None = None) -> dict[str, object]:
    metadata = {"reminder": str(reminder.pk)} if reminder else {}
    return {
        "RecordType": "Bounce",
        "Type": "HardBounce",
        "MessageID": message_id,
        "Email": "ana.ruiz@example.com",
        "Metadata": metadata,
    }


def test_an_sms_that_arrived_is_noted() -> None:
    reminder = sent()
    assert sms_says("delivered").status_code == 200
    assert (fresh(reminder).delivery, fresh(reminder).status) == ("delivered", "sent")
    assert tasks() == []


@pytest.mark.parametrize("status", ["delivery_failed", "sending_failed"])
def test_an_sms_that_came_back_becomes_a_person_s_task(status: str) -> None:
    reminder = sent()
    assert sms_says(status).status_code == 200
    noted = fresh(reminder)
    assert (noted.delivery, noted.failure) == ("bounced", "The message came back.")
    (task,) = tasks()
    assert (task.kind, task.subject_id) == ("reminder_failed", reminder.pk)
    assert (task.status, task.recipient) == ("planned", None)
    assert task.send_at <= now()


def test_told_twice_and_late_it_stays_one_task_and_bounced() -> None:
    reminder = sent()
    for status in ("delivered", "delivery_failed", "delivery_failed", "delivered"):
        assert sms_says(status).status_code == 200
    assert fresh(reminder).delivery == "bounced"
    assert len(tasks()) == 1


def test_one_that_a_person_had_tried_again_and_that_comes_back_once_more_is_seen_again() -> None:
    reminder = sent()
    sms_says("delivery_failed")
    retry_reminder(reminder_id=reminder.pk, actor=the_store().user)
    assert not failed_reminders().exists()
    Reminder.objects.filter(pk=reminder.pk).update(
        status="sent", sent_at=now(), provider_message_id="m-2"
    )
    sms_says("delivery_failed", "m-2")
    assert [row.pk for row in failed_reminders()] == [reminder.pk]
    noted = fresh(reminder)
    assert (noted.delivery, noted.resolved_by, noted.resolved_at) == ("bounced", None, None)


def test_one_that_was_told_by_telephone_and_comes_back_afterwards_stays_settled() -> None:
    reminder = sent()
    Reminder.objects.filter(pk=reminder.pk).update(status="failed", sent_at=None)
    resolve_reminder(reminder_id=reminder.pk, actor=the_store().user)
    sms_says("delivery_failed")
    noted = fresh(reminder)
    assert (noted.status, noted.delivery) == ("done", "bounced")
    assert noted.resolved_at is not None
    assert not failed_reminders().exists()


def test_a_mail_that_came_back_becomes_a_task_and_the_sms_goes_on() -> None:
    reminder, by_sms = sent("email", "m-1"), sent("sms", "m-2")
    assert mail_says(bounce("m-1")).status_code == 200
    assert fresh(reminder).delivery == "bounced"
    assert fresh(by_sms).delivery == ""
    assert [task.subject_id for task in tasks()] == [reminder.pk]
    assert not list(plan_everything(check=True))


def test_a_mail_is_known_by_our_own_key_where_its_id_was_never_noted() -> None:
    """The worker died between sending and noting."""
    reminder = sent("email", "")
    mail_says(bounce("m-9", reminder))
    assert fresh(reminder).delivery == "bounced"


@pytest.mark.parametrize(
    ("status", "delivery", "tasks_then"), [("delivered", "delivered", 0), ("expired", "bounced", 1)]
)
def test_an_sms_of_which_we_hear_before_its_id_was_noted_is_known_by_the_address_we_gave(
    settings: object, monkeypatch: pytest.MonkeyPatch, status: str, delivery: str, tasks_then: int
) -> None:
    """The provider is quicker than its own answer; or the worker died between the two."""
    reminder = due_now()
    Reminder.objects.filter(pk=reminder.pk).update(channel="sms")
    ContactPreference.objects.filter(user=reminder.recipient).update(
        email_on=False, sms_on=True, phone="+12125550122"
    )
    settings.SMS_PROVIDER, settings.TELNYX_API_KEY = "telnyx", "the tests' own key"
    with provider_of_messages() as provider:
        settings.TELNYX_URL = provider.url

        def quick(row: Reminder) -> str:
            message_id = send_sms(row)
            address = urlsplit(provider.requests[-1][2]["webhook_url"]).path
            assert sms_says(status, message_id, address=address).status_code == 200
            assert fresh(row).provider_message_id == ""
            return message_id

        monkeypatch.setattr(reminders, "CHANNELS", {"sms": quick})
        assert send_due().sent == 1
    noted = fresh(reminder)
    assert (noted.status, noted.delivery) == ("sent", delivery)
    assert noted.provider_message_id == f"message-{reminder.pk}"
    assert noted.failure == ("The message came back." if tasks_then else "")
    assert len([task for task in tasks() if task.kind == "reminder_failed"]) == tasks_then


def test_an_address_that_was_never_given_is_taken_and_passed_over() -> None:
    reminder = sent()
    assert sms_says("expired", "m-2", address=f"{SMS}{uuid4()}/").status_code == 200
    unsigned = sms_says("expired", key=Ed25519PrivateKey.generate(), address=f"{SMS}{reminder.pk}/")
    assert unsigned.status_code == 403
    assert fresh(reminder).delivery == ""
    assert tasks() == []


def test_what_says_neither_is_taken_and_changes_nothing() -> None:
    reminder = sent()
    assert sms_says("sent").status_code == 200
    for body in ("{}", "[]", '{"data": {"payload": {"to": []}}}', '{"data": null}'):
        assert sms_hook(body).status_code == 200
    opened = {"RecordType": "Open", "MessageID": "m-1", "Recipient": "a@example.com"}
    assert mail_says(opened).status_code == 200
    assert fresh(reminder).delivery == ""


def test_an_unknown_message_is_taken_and_passed_over() -> None:
    reminder = sent()
    assert sms_says("delivery_failed", "of somebody else").status_code == 200
    assert sms_says("delivery_failed", "").status_code == 200
    assert mail_says(bounce("m-1")).status_code == 200  # an SMS has this id, no mail
    assert mail_says({**bounce(""), "Metadata": {"reminder": str(uuid4())}}).status_code == 200
    assert mail_says({**bounce(""), "Metadata": {"reminder": "x"}}).status_code == 200
    assert fresh(reminder).delivery == ""
    assert tasks() == []


def test_a_notice_that_is_not_signed_by_the_provider_just_now_is_refused(
    settings: object, clock: VirtualClock
) -> None:
    reminder = sent()
    assert sms_says("delivery_failed", key=Ed25519PrivateKey.generate()).status_code == 403
    assert sms_says("delivery_failed", age=301).status_code == 403
    assert sms_says("delivery_failed", age=-301).status_code == 403
    assert Client().post(SMS, "{}", content_type="application/json").status_code == 403
    for headers in ({"Telnyx-Timestamp": "x"}, {"Telnyx-Timestamp": "9" * 30}):
        assert Client().post(SMS, {}, headers=headers).status_code == 403
    assert Client().get(SMS).status_code == 405
    settings.TELNYX_PUBLIC_KEY = ""
    assert sms_says("delivery_failed").status_code == 403
    assert mail_says(bounce(), secret="mail:guessed").status_code == 400
    assert fresh(reminder).delivery == ""
    assert tasks() == []
