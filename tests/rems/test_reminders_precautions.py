"""The rules of the form are told as long as they hold: before, during and after treatment."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from rems.channels.links import link_for
from rems.models import Patient, Reminder
from rems.outbox import still_needed
from rems.services import enrolling
from rems.services.planning import plan_everything
from rems.services.reminders import send_due
from tests.builders import a_patient, a_survey, acting_user, now, prescriber_user, sign_in
from tests.database import VirtualClock
from tests.rems.treated import all_planned, due_dates, in_treatment, start_treatment, today

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)
KIND = "precautions_in_force"
EIGHT, NINE, TEN = (datetime(2026, 6, 10, hour, tzinfo=UTC) for hour in (12, 13, 14))  # New York


def told(patient: Patient) -> list[tuple[object, ...]]:
    """What was sent of the rules, in the order of its days."""
    found = Reminder.objects.filter(patient=patient, kind__startswith="precautions", status="sent")
    return list(found.order_by("due_on").values_list("kind", "due_on"))


def rules_shown_to(client: Client, patient: Patient) -> str:
    """What the patient reads under the rules of the form."""
    sign_in(client, acting_user(patient))
    text = client.get(reverse("rems:treatment", args=[patient.pk])).content.decode()
    return text.split('id="rules"')[1].split("</section>")[0]


def test_ana_who_is_enrolled_is_told_once_halfway_through_the_four_weeks_before() -> None:
    ana, carl = a_patient("FRP_ADULT", "Ana Ruiz"), a_patient("MALE_ADULT", "Carl Berg")
    assert due_dates(ana, KIND) == [today() + DAY], "she signed thirteen days ago"
    assert due_dates(carl, KIND) == []
    start_treatment(ana, days=10)
    assert due_dates(ana, KIND)[0] == today() + 18 * DAY
    before = Reminder.objects.get(patient=ana, kind=KIND, due_on=today() + DAY)
    assert before.status == "cancelled"


def test_carl_is_told_on_his_first_day_once_however_often_it_is_planned(
    clock: VirtualClock,
) -> None:
    clock.set(TEN)
    carl = in_treatment("MALE_ADULT", "Carl Berg", days=0)
    send_due()
    a_survey(carl)
    assert told(carl) == [(KIND, today())]
    assert due_dates(carl, KIND)[:2] == [today() + 28 * DAY, today() + 56 * DAY]
    send_due()
    assert told(carl) == [(KIND, today())]


def test_in_a_pause_in_which_nothing_is_recorded_they_go_on(clock: VirtualClock) -> None:
    clock.set(TEN)
    carl = in_treatment("MALE_ADULT", "Carl Berg", days=10)
    row = all_planned(carl, KIND).get(due_on=today() + 102 * DAY)
    clock.set(row.send_at)
    assert still_needed([row], now()).keys() == {row.pk}
    mail.outbox.clear()
    send_due()
    row.refresh_from_db()
    assert row.status == "sent"
    assert link_for(row) in "".join(str(message.body) for message in mail.outbox)


@pytest.mark.parametrize(("stopped_at", "so_far"), [(EIGHT, 0), (NINE, 1)])
def test_on_the_day_of_the_stop_they_are_told_by_the_hour_and_not_twice(
    clock: VirtualClock, stopped_at: datetime, so_far: int
) -> None:
    """At eight o'clock the morning's word is still to come: what the stop tells takes its place."""
    clock.set(EIGHT - DAY)
    carl = in_treatment("MALE_ADULT", "Carl Berg", days=27)
    clock.set(stopped_at)
    send_due()
    assert told(carl) == [(KIND, today())] * so_far
    enrolling.discontinue_treatment(
        patient_id=carl.pk, reason="Finished", actor=prescriber_user(carl)
    )
    assert due_dates(carl, KIND) == []
    clock.set(TEN)
    send_due()
    assert told(carl) == [(KIND, today())] * so_far + [("precautions", today() + 28 * DAY)]


def test_who_begins_anew_is_told_of_the_last_four_weeks_until_the_next_supply() -> None:
    carl = in_treatment("MALE_ADULT", "Carl Berg", days=27)
    doctor = prescriber_user(carl)
    enrolling.discontinue_treatment(patient_id=carl.pk, reason="A rash", actor=doctor)
    assert due_dates(carl, "precautions") == [today() + 28 * DAY]
    enrolling.restart_treatment(patient_id=carl.pk, actor=doctor)
    assert due_dates(carl, "precautions") == [today() + 28 * DAY]
    assert due_dates(carl, "agreement_lapsing") == []
    assert list(plan_everything(check=True)) == []


def test_ana_who_begins_anew_under_her_old_form_is_told_before_the_first_dose() -> None:
    ana = in_treatment("FRP_ADULT", "Ana Ruiz", days=27)
    doctor = prescriber_user(ana)
    enrolling.discontinue_treatment(patient_id=ana.pk, reason="A rash", actor=doctor)
    assert due_dates(ana, KIND) == []
    enrolling.restart_treatment(patient_id=ana.pk, actor=doctor)
    assert due_dates(ana, KIND) == [today() + 14 * DAY]
    assert list(plan_everything(check=True)) == []


@pytest.mark.parametrize(
    ("category", "name", "read", "not_read"),
    [
        ("FRP_ADULT", "Ana Ruiz", "Two reliable methods of birth control", "condom"),
        ("MALE_ADULT", "Carl Berg", "No sperm is donated", "birth control"),
        ("FNRP_ADULT", "Beth Moore", "Any bleeding is told", "condom"),
    ],
)
def test_the_link_leads_to_the_rules_of_ones_own_form(
    client: Client, category: str, name: str, read: str, not_read: str
) -> None:
    patient = in_treatment(category, name, days=10)
    rules = rules_shown_to(client, patient)
    assert "No blood is given" in rules
    assert read in rules
    assert not_read not in rules
    row = all_planned(patient, KIND).earliest("send_at")
    there = reverse("rems:treatment", args=[patient.pk])
    path = link_for(row).split("/r/")[1]
    assert client.get(f"/r/{path}")["Location"] == f"{there}#rules"


def test_before_anybody_chose_a_group_no_rules_are_shown(client: Client) -> None:
    carl = a_patient(None, "Carl Berg", enrolled=False)
    sign_in(client, acting_user(carl))
    text = client.get(reverse("rems:treatment", args=[carl.pk])).content.decode()
    assert 'id="rules"' not in text
