"""How we reach Ana is hers to choose; that safety reminders reach her is not."""

from datetime import time
from html import unescape

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from rems.errors import EntryRefused
from rems.models import ContactPreference, Patient, Reminder
from rems.services.preferences import save_preferences
from tests.builders import (
    a_patient,
    a_test,
    acting_user,
    ago,
    an_auditor,
    prescriber_user,
    sign_in,
    the_store,
)
from tests.rems.treated import in_treatment

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = "/treatment/preferences/"
CHOSEN = {
    "email_on": "on",
    "sms_on": "on",
    "phone": "(212) 555-0122",
    "language": "es",
    "time_zone": "America/Chicago",
    "quiet_from": "22:00",
    "quiet_until": "07:30",
}


def ana_signs_in(client: Client) -> Patient:
    ana = a_patient("FRP_ADULT", "Ana Ruiz")
    sign_in(client, acting_user(ana))
    return ana


def choose(client: Client, **changes: str) -> HttpResponse:
    chosen = {**CHOSEN, **changes}
    return client.post(PAGE, {name: value for name, value in chosen.items() if value})


def error_beside(answer: HttpResponse, field: str) -> str:
    """What is said in the field's own list of errors."""
    assert answer.status_code == 422
    text = unescape(answer.content.decode())
    assert f'id="id_{field}_error"' in text
    return text.split(f'id="id_{field}_error"')[1].split("</ul>")[0]


def told(patient: Patient) -> set[tuple[str, str]]:
    """What the one who acts for the patient is to be told, by which channel."""
    rows = Reminder.objects.filter(recipient=acting_user(patient), status="planned")
    return set(rows.values_list("channel", "kind"))


def test_the_page_says_plainly_that_safety_reminders_stay_on(client: Client) -> None:
    ana = ana_signs_in(client)
    assert PAGE in client.get(reverse("rems:treatment", args=[ana.pk])).content.decode()
    text = client.get(PAGE).content.decode()
    assert "Safety reminders cannot be switched off." in text
    assert 'value="21:00"' in text


def test_ana_chooses_and_sees_what_she_chose(client: Client) -> None:
    ana = ana_signs_in(client)
    answer = client.post(PAGE, CHOSEN, follow=True)
    assert "Saved. From now on we reach you this way." in answer.content.decode()
    kept = ContactPreference.objects.get()
    assert (kept.user, kept.email_on, kept.sms_on) == (acting_user(ana), True, True)
    assert (str(kept.phone), kept.language) == ("+12125550122", "es")
    assert (kept.quiet_from, kept.quiet_until) == (time(22), time(7, 30))
    assert (kept.time_zone, kept.advisory_on) == ("America/Chicago", False)
    assert 'value="07:30"' in client.get(PAGE).content.decode()
    choose(client, language="en", time_zone="patient")
    kept.refresh_from_db()
    assert (kept.language, kept.time_zone) == ("en", "")


def test_what_is_planned_follows_what_she_chose(client: Client) -> None:
    ana = in_treatment(days=10)
    a_test(ana, ago(days=1))
    sign_in(client, acting_user(ana))
    before = told(ana)
    assert {channel for channel, _ in before} == {"email"}
    assert ("email", "blood_count_due") in before
    assert choose(client, email_on="").status_code == 302
    after = told(ana)
    assert {channel for channel, _ in after} == {"sms"}
    # Advice is hers to leave out; what keeps somebody safe is not.
    assert ("sms", "blood_count_due") not in after
    assert ("sms", "pregnancy_test_due") in after


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"email_on": "", "sms_on": ""}, "email_on", "cannot be switched off"),
        ({"phone": ""}, "phone", "Enter the number"),
        ({"phone": "12"}, "phone", "valid phone number"),
        ({"quiet_from": "07:31"}, "quiet_until", "12 hours at most"),
        ({"quiet_from": "evening"}, "quiet_from", "Enter a time"),
        ({"language": "fr"}, "language", "not one of the available choices"),
        ({"time_zone": "Mars/Olympus"}, "time_zone", "not one of the available choices"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_nothing_is_kept(
    client: Client, changes: dict[str, str], field: str, words: str
) -> None:
    ana_signs_in(client)
    assert words in error_beside(choose(client, **changes), field)
    assert not ContactPreference.objects.exists()


def test_the_service_refuses_it_too() -> None:
    user = acting_user(a_patient("FRP_ADULT", "Ana Ruiz"))
    good = {"language": "en", "time_zone": "", "quiet_from": time(21), "quiet_until": time(8)}
    for changes, field in (
        ({"email_on": False}, "email_on"),
        ({"email_on": True, "sms_on": True}, "phone"),
        ({"email_on": True, "language": "fr"}, "language"),
        ({"email_on": True, "time_zone": "Mars/Olympus"}, "time_zone"),
        ({"email_on": True, "quiet_until": time(20)}, "quiet_until"),
    ):
        with pytest.raises(EntryRefused) as refused:
            save_preferences(actor=user, advisory_on=True, **{**good, **changes})  # type: ignore[arg-type]
        assert refused.value.field == field
    assert not ContactPreference.objects.exists()


def test_where_sms_is_off_it_is_neither_offered_nor_taken(client: Client, settings: object) -> None:
    settings.SMS_PROVIDER = "off"
    ana_signs_in(client)
    assert "SMS" not in client.get(PAGE).content.decode()
    assert choose(client).status_code == 302
    assert not ContactPreference.objects.get().sms_on


def test_the_page_is_for_those_who_act_for_a_patient(client: Client) -> None:
    ana = a_patient("FRP_ADULT", "Ana Ruiz")
    for user in (prescriber_user(ana), the_store().user, an_auditor()):
        sign_in(client, user)
        assert client.get(PAGE).status_code == 403
        assert choose(client).status_code == 403
    client.logout()
    assert reverse("account_login") in client.get(PAGE)["Location"]
    assert not ContactPreference.objects.exists()
