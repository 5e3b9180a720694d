"""A private calendar: its address is secret, shown once, revocable; its entries betray nothing."""

import logging
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from accounts.models import AccessLog, User
from rems.models import CalendarFeed, Patient
from rems.services import calendars, registration
from tests.builders import (
    a_patient,
    a_test,
    acting_user,
    ago,
    now,
    prescriber_user,
    sign_in,
    the_store,
)
from tests.rems.telling import ana_prefers, betraying_words_in
from tests.rems.treated import in_treatment

pytestmark = pytest.mark.django_db(transaction=True)

FEED = "/calendar.ics"


def ana_in_treatment() -> Patient:
    """Her next test is due in a week."""
    ana = in_treatment(days=10)
    a_test(ana, ago(days=1))
    return ana


def page(patient: Patient) -> str:
    return reverse("rems:calendar", args=[patient.pk])


def make(client: Client, patient: Patient) -> str:
    """Press the button; the token of the address that is shown."""
    answer = client.post(page(patient), {"action": "open"})
    assert answer.status_code == 200
    text = answer.content.decode()
    address = text.split("<textarea")[1].split(">")[1].split("<")[0]
    (token,) = parse_qs(urlsplit(address).query)["key"]
    return token


def read(token: str) -> "object":
    """A calendar app, which signs in nowhere."""
    return Client().get(FEED, {"key": token})


def events(token: str) -> list[dict[str, object]]:
    answer = read(token)
    assert answer.status_code == 200
    return list(Calendar.from_ical(answer.content).walk("VEVENT"))


def reads_of(patient: Patient, user: User) -> int:
    found = AccessLog.objects.filter(subject_id=patient.pk, user=user, purpose="calendar feed")
    return found.count()


def test_ana_makes_an_address_and_her_calendar_app_reads_it(client: Client) -> None:
    ana = ana_in_treatment()
    sign_in(client, acting_user(ana))
    token = make(client, ana)
    before = now()
    answer = read(token)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert "private" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "no-referrer"
    first, *_ = Calendar.from_ical(answer.content).walk("VEVENT")
    assert str(first["SUMMARY"]) == "Appointment reminder"
    assert before - timedelta(seconds=1) <= first["DTSTAMP"].dt <= now()
    assert first["DTEND"].dt - first["DTSTART"].dt == timedelta(days=1)
    assert reads_of(ana, acting_user(ana)) == 1


def test_the_feed_betrays_nothing_and_sets_off_no_alarm(client: Client) -> None:
    ana = ana_in_treatment()
    sign_in(client, acting_user(ana))
    text = read(make(client, ana)).content.decode()
    assert not betraying_words_in(text)
    for secret in (ana.pk, ana.number, acting_user(ana).pk, ana.prescriber.name):
        assert str(secret) not in text
    assert "VALARM" not in text
    assert "http" not in text


def test_the_same_obligation_has_the_same_uid_each_time_and_in_each_feed(client: Client) -> None:
    ana = ana_in_treatment()
    sign_in(client, acting_user(ana))
    token = make(client, ana)
    uids = [str(event["UID"]) for event in events(token)]
    assert uids
    assert len(set(uids)) == len(uids)
    assert [str(event["UID"]) for event in events(token)] == uids
    assert [str(event["UID"]) for event in events(make(client, ana))] == uids
    # Another day is another entry; what did not move stays the same one.
    a_test(ana, ago(minutes=1))
    later = {str(event["UID"]) for event in events(make(client, ana))}
    assert len(later - set(uids)) == 1
    assert len(set(uids) - later) == 1
    assert later & set(uids)


def test_it_speaks_the_language_of_the_one_who_reads(client: Client) -> None:
    ana = ana_in_treatment()
    ana_prefers(language="es")
    sign_in(client, acting_user(ana))
    assert str(events(make(client, ana))[0]["SUMMARY"]) == "Aviso de cita"


def test_the_address_is_shown_once_and_kept_as_a_digest_alone(client: Client) -> None:
    ana = a_patient("FRP_ADULT", "Ana Ruiz")
    sign_in(client, acting_user(ana))
    token = make(client, ana)
    feed = CalendarFeed.objects.get()
    assert feed.digest == calendars.digest_of(token)
    assert token not in str(CalendarFeed.objects.values())
    again = client.get(page(ana)).content.decode()
    assert token not in again
    assert "Your calendar address is on" in again


def test_a_new_address_stops_the_old_one_and_turning_it_off_stops_both(client: Client) -> None:
    ana = a_patient("FRP_ADULT", "Ana Ruiz")
    sign_in(client, acting_user(ana))
    old, new = make(client, ana), make(client, ana)
    assert (read(old).status_code, read(new).status_code) == (404, 200)
    answer = client.post(page(ana), {"action": "revoke"}, follow=True)
    assert "Your calendar is off" in answer.content.decode()
    assert (read(old).status_code, read(new).status_code) == (404, 404)


@pytest.mark.parametrize("key", ["", "wrong", "é" * 40, "\x00"])
def test_an_unknown_address_is_not_found_and_logged_as_nobody_s_read(key: str) -> None:
    reads = AccessLog.objects.count()
    assert read(key).status_code == 404
    assert AccessLog.objects.count() == reads


def test_who_may_act_for_the_patient_no_longer_reads_no_longer(client: Client) -> None:
    ana = a_patient("FRP_ADULT", "Ana Ruiz")
    sign_in(client, acting_user(ana))
    token = make(client, ana)
    registration.end_access(access_id=ana.accesses.get().pk, actor=the_store().user)
    assert read(token).status_code == 404
    assert client.post(page(ana), {"action": "open"}).status_code == 404


def test_nobody_else_makes_or_revokes_an_address_of_hers(client: Client) -> None:
    ana, carl = a_patient("FRP_ADULT", "Ana Ruiz"), a_patient()
    sign_in(client, acting_user(ana))
    token = make(client, ana)
    for stranger, status in (
        (acting_user(carl), 404),
        (prescriber_user(ana), 403),
        (the_store().user, 403),
    ):
        sign_in(client, stranger)
        for action in ("open", "revoke"):
            assert client.post(page(ana), {"action": action}).status_code == status
    assert CalendarFeed.objects.count() == 1
    assert read(token).status_code == 200
    client.logout()
    assert reverse("account_login") in client.post(page(ana))["Location"]


def test_an_app_that_asks_without_end_is_told_to_wait(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calendars, "READS_AN_HOUR", 2)
    ana = a_patient("FRP_ADULT", "Ana Ruiz")
    sign_in(client, acting_user(ana))
    token = make(client, ana)
    assert [read(token).status_code for _ in range(3)] == [200, 200, 429]
    assert read(token)["Retry-After"] == "3600"
    assert reads_of(ana, acting_user(ana)) == 2


def test_no_log_holds_the_secret(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    ana = a_patient("FRP_ADULT", "Ana Ruiz")
    sign_in(client, acting_user(ana))
    token = make(client, ana)
    read(token)
    calendars.close_feed(patient_id=ana.pk, actor=acting_user(ana))
    assert read(token).status_code == 404
    assert token not in caplog.text
