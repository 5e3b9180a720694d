"""The pharmacy's page about reminders: how sending goes, calls to make, what failed."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import AccessLog, User
from rems.errors import NotAllowed, StaleForm
from rems.models import Patient, Reminder
from rems.services.reminder_desk import resolve_reminder, retry_reminder
from rems.services.reminders import send_due
from tests.builders import (
    a_patient,
    a_technician,
    acting_user,
    ago,
    an_auditor,
    now,
    sign_in,
    the_store,
)
from tests.database import VirtualClock
from tests.orders.pages import reads, words
from tests.rems.treated import due_now

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/treatment/reminders/"


def page(user: User) -> str:
    return words(sign_in(Client(), user).get(PAGE))


def a_task(patient: Patient, **more: object) -> Reminder:
    """Somebody has to call this patient by now."""
    return Reminder.objects.create(
        **{
            "subject_id": patient.pk,
            "patient": patient,
            "kind": "pregnancy_test_due",
            "due_on": now().date(),
            "step": 3,
            "channel": "task",
            "send_at": ago(minutes=5),
            **more,
        }
    )


def failed(reminder: Reminder) -> Reminder:
    Reminder.objects.filter(pk=reminder.pk).update(
        status="failed", attempts=8, failure="The e-mail address was refused."
    )
    return reminder


def fresh(reminder: Reminder) -> Reminder:
    return Reminder.objects.get(pk=reminder.pk)


def post(user: User, reminder: Reminder, act: str) -> int:
    return sign_in(Client(), user).post(f"{PAGE}{reminder.pk}/{act}/").status_code


def test_when_all_is_sent_the_page_says_so() -> None:
    text = page(the_store().user)
    assert "Nothing that is due waits to be sent." in text
    assert "Nobody has to be called now." in text
    assert "No reminder has failed." in text
    assert "Nothing was due in the last 24 hours." in text


def test_what_waits_and_since_when_and_that_it_is_late(clock: VirtualClock) -> None:
    due_now("Ana Ruiz")
    text = page(the_store().user)
    assert "Waiting 1 due and not sent." in text
    clock.shift(timedelta(hours=30))
    assert re.search(r"Late \d due and not sent.", page(the_store().user))


def test_each_hour_shows_what_was_due_sent_late_failed_and_retried() -> None:
    first, second, third, fourth = (
        due_now(name) for name in ("Ana Ruiz", "Zoe Hart", "Eva Lund", "Ida Roy")
    )
    Reminder.objects.filter(pk__in=[first.pk, second.pk, third.pk, fourth.pk]).update(
        send_at=now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=2)
    )
    Reminder.objects.filter(pk=first.pk).update(
        status="sent", sent_at=fresh(first).send_at + timedelta(minutes=15), attempts=1
    )
    Reminder.objects.filter(pk=second.pk).update(
        status="sent",
        sent_at=fresh(second).send_at + timedelta(minutes=16),
        attempts=3,
        possible_duplicates=1,
    )
    failed(third)
    Reminder.objects.filter(pk=fourth.pk).update(status="cancelled")
    row = page(the_store().user).partition("Maybe sent twice")[2].partition("Late means")[0]
    assert row.split()[-6:] == ["3", "2", "1", "1", "2", "1"], "due sent late failed retried twice"


def test_pat_sees_whom_to_call_and_ticks_it_off() -> None:
    ana = a_patient("FRP_ADULT", "Ana Ruiz")
    task, later = a_task(ana), a_task(ana, step=4, send_at=now() + timedelta(hours=1))
    pat = the_store().user
    assert "Pregnancy test due Ana Ruiz" in page(pat)
    assert reads("reminders") == 1
    assert post(pat, task, "resolve") == 302
    done = fresh(task)
    assert (done.status, done.resolved_by) == ("done", pat)
    assert done.resolved_at is not None
    assert "Ana Ruiz" not in page(pat)
    assert post(pat, later, "resolve") == 302
    assert fresh(later).status == "planned", "nobody settles what is not due"


def test_tess_has_a_failed_reminder_tried_again_and_it_is_known_that_it_was_her() -> None:
    reminder = failed(due_now("Ana Ruiz"))
    tess = a_technician()
    assert "The e-mail address was refused." in page(tess)
    assert post(tess, reminder, "retry") == 302
    again = fresh(reminder)
    assert (again.status, again.attempts, again.resolved_by) == ("planned", 0, tess)
    assert send_due().sent == 1
    assert fresh(reminder).resolved_by == tess
    with pytest.raises(StaleForm):
        retry_reminder(reminder_id=reminder.pk, actor=tess)


def test_a_failure_that_was_told_by_telephone_is_settled() -> None:
    reminder = failed(due_now("Ana Ruiz"))
    pat = the_store().user
    resolve_reminder(reminder_id=reminder.pk, actor=pat)
    assert (fresh(reminder).status, fresh(reminder).resolved_by) == ("done", pat)
    assert send_due().claimed == 0


def test_one_that_came_back_is_on_the_page_until_somebody_has_seen_to_it() -> None:
    reminder = due_now("Ana Ruiz")
    send_due()
    Reminder.objects.filter(pk=reminder.pk).update(
        delivery="bounced", failure="The message came back."
    )
    task = a_task(reminder.patient, subject_id=reminder.pk, kind="reminder_failed")
    pat = the_store().user
    text = page(pat)
    assert "The message came back." in text
    assert "Nobody has to be called now." in text, "the same thing is not told twice"
    resolve_reminder(reminder_id=reminder.pk, actor=pat)
    assert (fresh(reminder).status, fresh(reminder).resolved_by) == ("sent", pat)
    assert fresh(task).status == "done"
    assert "The message came back." not in page(pat)


def test_ari_the_auditor_looks_and_touches_nothing() -> None:
    reminder, ari = failed(due_now("Ana Ruiz")), an_auditor()
    text = page(ari)
    assert "Ana Ruiz" in text
    assert "Try again" not in text
    before = Reminder.objects.filter(pk=reminder.pk).values().get()
    for act in ("retry", "resolve"):
        assert post(ari, reminder, act) == 403
    for service in (retry_reminder, resolve_reminder):
        with pytest.raises(NotAllowed):
            service(reminder_id=reminder.pk, actor=ari)
    assert Reminder.objects.filter(pk=reminder.pk).values().get() == before


def test_a_patient_sees_nothing_of_it() -> None:
    reminder = failed(due_now("Ana Ruiz"))
    ana = acting_user(Patient.objects.get(pk=reminder.subject_id))
    client = sign_in(Client(), ana)
    assert client.get(PAGE).status_code == 403
    assert client.post(f"{PAGE}{reminder.pk}/retry/").status_code == 403
    assert Client().get(PAGE).status_code == 302
    assert fresh(reminder).status == "failed"


def test_the_acts_are_posts_and_the_unknown_is_404() -> None:
    client = sign_in(Client(), the_store().user)
    reminder = failed(due_now("Ana Ruiz"))
    assert client.get(f"{PAGE}{reminder.pk}/retry/").status_code == 405
    assert client.post(f"{PAGE}{the_store().user.pk}/resolve/").status_code == 404


def test_the_page_costs_the_same_for_one_reminder_and_for_many() -> None:
    pat = sign_in(Client(), the_store().user)
    first = due_now("Ana Ruiz")
    a_task(first.patient)
    failed(first)
    pat.get(PAGE)
    with CaptureQueriesContext(connection) as one:
        pat.get(PAGE)
    for name in ("Zoe Hart", "Eva Lund", "Ida Roy"):
        reminder = failed(due_now(name))
        a_task(reminder.patient)
    logged = AccessLog.objects.count()
    with CaptureQueriesContext(connection) as many:
        pat.get(PAGE)
    assert AccessLog.objects.count() == logged + 4, "each patient once"
    assert len(many) == len(one)
    assert len(one) <= 14
