"""How we reach Ana is hers to choose; that safety reminders reach her is not."""

from datetime import time, timedelta
from html import unescape

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from rems.errors import EntryRefused
from rems.models import ContactPreference, Patient, Reminder
from rems.services import credentials
from rems.services.planning import plan_everything
from rems.services.preferences import save_preferences
from tests.builders import (
    PROGRAM,
    a_delegate,
    a_patient,
    a_pharmacist,
    a_prescriber,
    a_technician,
    a_test,
    acting_user,
    ago,
    an_auditor,
    now,
    prescriber_user,
    sign,
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


def late_tests(patient: Patient) -> set[tuple[int, str]]:
    """Who is told of the patient's late test: each step, and by which channel."""
    found = Reminder.objects.filter(patient=patient, kind="test_overdue", status="planned")
    return set(found.values_list("step", "channel"))


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
    choose(client, language="en", time_zone="usual")
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


def test_the_prescriber_is_reached_as_she_chose_about_everybody_in_her_care(
    client: Client,
) -> None:
    ana = in_treatment(days=10)
    a_test(ana, ago(days=1))
    elsewhere = in_treatment(name="Gina Lowe", prescriber=a_prescriber("Dr. Nell Adeyemi"))
    a_test(elsewhere, ago(days=1))
    before = late_tests(elsewhere)
    assert late_tests(ana) == {(1, "email"), (2, "task")}
    sign_in(client, prescriber_user(ana))
    assert choose(client, email_on="").status_code == 302
    assert late_tests(ana) == {(1, "sms"), (2, "task")}
    assert late_tests(elsewhere) == before
    assert ("email", "pregnancy_test_due") in told(ana), "it is not her patient's choice"
    assert list(plan_everything(check=True)) == []


def test_the_pharmacist_is_reached_as_he_chose_about_his_own_training(client: Client) -> None:
    pat, noor = the_store().user, a_pharmacist("Noor Haddad", trained=False)
    credentials.record_pharmacist_training(
        pharmacist_id=noor.pk,
        program_code=PROGRAM,
        proof="Certificate",
        valid_until=now() + timedelta(days=60),
        actor=pat,
        signature=sign(pat, Role.PHARMACIST),
    )
    found = Reminder.objects.filter(recipient=noor.user, status="planned").order_by("step")
    assert [(row.kind, row.channel) for row in found] == [("credential_expiring", "email")] * 2
    sign_in(client, noor.user)
    assert choose(client, email_on="").status_code == 302
    assert [(row.kind, row.channel) for row in found.all()] == [("credential_expiring", "sms")] * 2
    assert list(plan_everything(check=True)) == []


def test_the_pages_of_those_who_treat_and_dispense_lead_there(client: Client) -> None:
    ana = a_patient("FRP_ADULT", "Ana Ruiz")
    homes = {prescriber_user(ana): "rems:patients", the_store().user: "orders:queue"}
    for user, home in homes.items():
        sign_in(client, user)
        assert PAGE in client.get(reverse(home)).content.decode()
        text = unescape(client.get(PAGE).content.decode())
        assert "Safety reminders cannot be switched off." in text
        assert '<li><a href="/">Back</a></li>' in text
        assert "The pharmacy's" in text
        assert "The patient's" not in text
        assert "advisory_on" not in text, "nobody gives them any"
        answer = client.post(PAGE, CHOSEN, follow=True)
        assert answer.redirect_chain[-1][0] == PAGE
        assert "Saved. From now on we reach you this way." in answer.content.decode()
        assert "cannot be switched off" in error_beside(
            choose(client, email_on="", sms_on=""), "email_on"
        )
        kept = ContactPreference.objects.get(user=user)
        assert (kept.email_on, kept.language, kept.advisory_on) == (True, "es", True)


def test_it_costs_as_many_statements_for_one_in_her_care_as_for_many(client: Client) -> None:
    ana = a_patient("FRP_ADULT", "Ana Ruiz")
    sign_in(client, prescriber_user(ana))
    choose(client)
    with CaptureQueriesContext(connection) as one:
        choose(client, quiet_from="22:30")
    for name in ("Gina Lowe", "Hana Sato"):
        in_treatment(name=name)
    with CaptureQueriesContext(connection) as three:
        choose(client, quiet_from="22:00")
    assert len(three) == len(one)
    assert len(one) < 25
    with CaptureQueriesContext(connection) as read:
        client.get(PAGE)
    assert len(read) < 12


def test_the_page_is_for_those_to_whom_a_reminder_can_be_addressed(client: Client) -> None:
    for user in (a_technician(), an_auditor(), a_delegate(a_prescriber())):
        sign_in(client, user)
        assert PAGE not in client.get("/").content.decode()
        assert client.get(PAGE).status_code == 403
        assert choose(client).status_code == 403
    client.logout()
    assert reverse("account_login") in client.get(PAGE)["Location"]
    assert not ContactPreference.objects.exists()
