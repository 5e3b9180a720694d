"""The link in a message: signed, it runs out, it asks to sign in, and leads to the right page."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import AccessLog
from rems.channels.links import LIFETIME, link_for
from rems.models import Reminder
from tests.builders import a_patient, acting_user, prescriber_user, sign_in, the_store
from tests.database import VirtualClock
from tests.rems.telling import a_reminder

pytestmark = pytest.mark.django_db(transaction=True)


def carl_s_reminder(kind: str = "survey_due") -> Reminder:
    carl = a_patient("MALE_ADULT", "Carl Berg")
    return a_reminder(kind=kind, recipient=acting_user(carl), patient=carl)


def path_of(reminder: Reminder) -> str:
    return link_for(reminder).removeprefix(settings.SITE_URL)


def sent(reminder: Reminder, clock: VirtualClock) -> None:
    """It was sent when it was due."""
    Reminder.objects.filter(pk=reminder.pk).update(status="sent", sent_at=reminder.send_at)
    clock.set(reminder.send_at)


def says_it_kindly(answer: HttpResponse, status: int, heading: str) -> None:
    text = answer.content.decode()
    assert answer.status_code == status
    assert heading in text
    assert reverse("rems:my-treatment") in text
    assert "Carl" not in text.replace("Sign out<span", "").split("<main")[1].split("</main")[0]


def test_carl_signs_in_and_is_at_the_page_that_it_is_about(client: Client) -> None:
    reminder = carl_s_reminder()
    first = client.get(path_of(reminder))
    assert first.status_code == 302
    assert first["Location"].startswith(reverse("account_login"))
    sign_in(client, reminder.recipient)
    answer = client.get(path_of(reminder))
    assert answer["Location"] == reverse("rems:survey", args=[reminder.patient_id])
    assert "no-store" in answer["Cache-Control"]


def test_the_link_holds_no_patient_data_and_opens_nothing_without_sign_in(client: Client) -> None:
    reminder = carl_s_reminder()
    path = path_of(reminder)
    for secret in (reminder.patient_id, reminder.pk, reminder.recipient_id):
        assert str(secret) not in path
        assert secret.hex not in path
    reads = AccessLog.objects.count()
    client.get(path)
    assert AccessLog.objects.count() == reads


@pytest.mark.parametrize("kind", ["pregnancy_test_due", "refill_window", "something_new"])
def test_what_has_no_page_of_its_own_leads_to_the_treatment(client: Client, kind: str) -> None:
    reminder = carl_s_reminder(kind)
    sign_in(client, reminder.recipient)
    answer = client.get(path_of(reminder))
    assert answer["Location"] == reverse("rems:treatment", args=[reminder.patient_id])


def test_the_prescriber_is_led_to_the_record_and_the_pharmacist_to_the_queue(
    client: Client,
) -> None:
    carl, pat = a_patient(), the_store().user
    doctor = prescriber_user(carl)
    overdue = a_reminder(kind="test_overdue", recipient=doctor, patient=carl)
    waiting = a_reminder(kind="order_waiting", recipient=pat)
    sign_in(client, doctor)
    assert client.get(path_of(overdue))["Location"] == reverse("rems:patient", args=[carl.pk])
    sign_in(client, pat)
    assert client.get(path_of(waiting))["Location"] == reverse("orders:queue")


def test_somebody_else_s_link_says_so_and_shows_nothing(client: Client) -> None:
    reminder = carl_s_reminder()
    sign_in(client, acting_user(a_patient("FRP_ADULT", "Ana Ruiz")))
    says_it_kindly(client.get(path_of(reminder)), 404, "This link does not work here")


def test_a_link_that_was_changed_says_so(client: Client) -> None:
    reminder = carl_s_reminder()
    sign_in(client, reminder.recipient)
    whole = path_of(reminder)
    cut, turned = whole[:-9] + "/", whole.replace("/r/", "/r/0")
    for path in (cut, turned, "/r/nothing/", "/r/a:b/", f"/r/{reminder.pk}/"):
        says_it_kindly(client.get(path), 404, "This link does not work here")


def test_a_link_runs_out_after_fourteen_days(client: Client, clock: VirtualClock) -> None:
    reminder = carl_s_reminder()
    sent(reminder, clock)
    sign_in(client, reminder.recipient)
    clock.shift(LIFETIME)
    clock.shift(timedelta(hours=-1))
    assert client.get(path_of(reminder)).status_code == 302
    clock.shift(timedelta(hours=2))
    says_it_kindly(client.get(path_of(reminder)), 410, "This link has run out")


def test_who_acts_for_the_patient_no_longer_gets_no_further_than_the_start(
    client: Client,
) -> None:
    reminder = carl_s_reminder()
    access = reminder.patient.accesses.get()
    access.ends_at = access.starts_at + timedelta(microseconds=1)
    access.save(update_fields=["ends_at"])
    sign_in(client, reminder.recipient)
    assert client.get(path_of(reminder))["Location"] == "/"
