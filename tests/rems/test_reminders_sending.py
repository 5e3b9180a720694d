"""Each reminder is sent once, in words that betray nothing, and none is lost."""

import logging
import smtplib
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from email.utils import parseaddr

import pytest
from django.conf import settings as current_settings
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.locmem import EmailBackend as KeepInMemory
from django.db import connection, transaction

from accounts.models import User
from pharmacy.celery import app, collect_beat_schedule
from rems.channels.links import link_for
from rems.models import ContactPreference, Patient, Reminder
from rems.obligations import PREGNANCY_TEST_DUE
from rems.services import registration, reminder_claims, reminders
from rems.services.reminder_claims import claim
from rems.services.reminder_outcomes import begin
from rems.services.reminders import send_due
from rems.tasks import send_due_reminders
from tests.builders import a_test, acting_user, ago, now, the_store
from tests.database import VirtualClock
from tests.rems.treated import NOON, due_now, in_treatment, planned

pytestmark = pytest.mark.django_db(transaction=True)

# What must not stand in a subject, a body, a log line or a task's arguments.
BETRAYING = (
    *("pomalidomide", "pomalyst", "rems", "capsule", "thalidomide", "myeloma", "cancer"),
    *("pregnan", "birth", "frp", "test", "treatment", "ana ruiz", "medicine", "drug"),
)


def fresh(reminder: Reminder) -> Reminder:
    return Reminder.objects.get(pk=reminder.pk)


class DeadServer(BaseEmailBackend):
    """A mail server that cannot be reached."""

    def send_messages(self, email_messages: Sequence[object]) -> int:
        raise smtplib.SMTPServerDisconnected("cannot reach ana.ruiz@example.com")


class SlowServer(KeepInMemory):
    """A mail server that keeps its clients waiting until it is let go."""

    waiting = threading.Semaphore(0)
    go_on = threading.Event()

    def send_messages(self, email_messages: Sequence[object]) -> int:
        SlowServer.waiting.release()
        assert SlowServer.go_on.wait(20)
        return super().send_messages(email_messages)


@pytest.fixture
def slow_server(settings: object) -> type[SlowServer]:
    """Mails wait for `go_on`; `waiting` counts those that have begun."""
    SlowServer.waiting, SlowServer.go_on = threading.Semaphore(0), threading.Event()
    settings.EMAIL_BACKEND = f"{__name__}.SlowServer"
    return SlowServer


def in_thread(work: Callable[[], object]) -> threading.Thread:
    """Run it on a connection of its own."""

    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_a_due_reminder_is_sent_once_and_noted() -> None:
    reminder = due_now()
    assert send_due().sent == 1
    assert send_due().claimed == 0
    sent = fresh(reminder)
    assert (sent.status, sent.attempts, sent.lease_until) == ("sent", 1, None)
    assert sent.sent_at is not None
    assert sent.sent_at <= now()
    assert [message.to for message in mail.outbox] == [["ana.ruiz@example.com"]]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("<a\"b\\c{}é'@mail>", "<a\"b\\c{}é'@mail>"),
        ("a\0b\ud800c\nd", "abcd"),
        ("x" * 5000, "x" * 200),
        ("", ""),
    ],
)
def test_whatever_a_provider_calls_a_message_it_is_noted_as_sent(
    given: str, kept: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reminder = due_now()
    monkeypatch.setattr(reminders, "CHANNELS", {"email": lambda row: given})
    assert send_due().sent == 1
    row = fresh(reminder)
    assert (row.status, row.provider_message_id) == ("sent", kept)


def test_one_whose_time_has_not_come_waits(clock: VirtualClock) -> None:
    ana = in_treatment(days=10)
    a_test(ana, ago(hours=1))
    messages = Reminder.objects.filter(patient=ana, status="planned", channel="email")
    reminder = messages.earliest("send_at")
    clock.set(reminder.send_at - timedelta(microseconds=1))
    assert send_due().claimed == 0
    clock.set(reminder.send_at)
    assert send_due().sent == 1


def test_the_words_betray_nothing() -> None:
    reminder = due_now()
    send_due()
    (message,) = mail.outbox
    html = str(message.alternatives[0][0])
    link = link_for(reminder)
    assert message.subject == "A reminder from your pharmacy"
    assert link in message.body
    assert f'href="{link}"' in html
    assert str(reminder.patient_id) not in message.message().as_string()
    for text in (message.subject, message.body.replace(link, ""), html.replace(link, "")):
        assert not [word for word in BETRAYING if word in text.lower()]


def test_a_second_copy_can_be_known_by_its_headers() -> None:
    reminder = due_now()
    send_due()
    Reminder.objects.filter(pk=reminder.pk).update(status="planned", sent_at=None)
    send_due()
    first, second = (message.message() for message in mail.outbox)
    domain = parseaddr(current_settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2]
    assert first["Message-ID"] == second["Message-ID"] == f"<reminder-{reminder.pk}@{domain}>"
    assert first["Idempotency-Key"] == second["Idempotency-Key"] == str(reminder.pk)


def test_one_that_became_obsolete_is_cancelled_and_not_sent() -> None:
    reminder = due_now()
    # Round the services: nobody re-planned, so only the question before sending can tell.
    with transaction.atomic():
        patient = Patient.objects.select_for_update().get(pk=reminder.subject_id)
        access = patient.accesses.get()
        access.ends_at = now()
        access.save(update_fields=["ends_at"])
    sweep = send_due()
    assert (sweep.cancelled, sweep.sent) == (1, 0)
    assert fresh(reminder).status == "cancelled"
    assert not mail.outbox


def test_a_reminder_without_anybody_to_tell_is_a_task_and_never_sent() -> None:
    ana = in_treatment(days=10)
    registration.end_access(access_id=ana.accesses.get().pk, actor=the_store().user)
    a_test(ana, ago(days=7))
    (reminder,) = planned(ana)
    assert reminder.channel == "task"
    assert send_due().sent == 0
    assert mail.outbox == []
    assert fresh(reminder).status == "planned"


def test_while_the_mail_server_is_away_it_is_tried_again_ever_less_often_then_failed(
    settings: object, clock: VirtualClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    reminder = due_now()
    caplog.clear()
    settings.EMAIL_BACKEND = f"{__name__}.DeadServer"
    pauses = []
    for attempt in range(1, settings.REMINDER_ATTEMPTS):
        before = now()
        assert send_due().postponed == 1
        assert send_due().claimed == 0
        row = fresh(reminder)
        assert (row.status, row.attempts, row.send_at) == ("planned", attempt, reminder.send_at)
        pauses.append((row.lease_until - before) / timedelta(minutes=1))
        clock.shift(row.lease_until - now())
    for pause, least in zip(pauses, [1, 2, 4, 8, 16, 32, 60], strict=True):
        assert least <= pause < least * 1.2 + 0.1
    assert send_due().failed == 1
    row = fresh(reminder)
    assert (row.status, row.failure) == ("failed", "SMTPServerDisconnected")
    assert send_due().claimed == 0
    assert "ana" not in caplog.text.lower()


def test_when_the_mail_server_is_back_the_reminder_goes_out(
    settings: object, clock: VirtualClock
) -> None:
    reminder = due_now()
    working = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = f"{__name__}.DeadServer"
    send_due()
    settings.EMAIL_BACKEND = working
    clock.shift(timedelta(minutes=1.3))
    assert send_due().sent == 1
    assert (fresh(reminder).status, fresh(reminder).failure) == ("sent", "")


def test_re_planning_does_not_shorten_the_pause_after_a_failure(settings: object) -> None:
    reminder = due_now()
    settings.EMAIL_BACKEND = f"{__name__}.DeadServer"
    send_due()
    pause = fresh(reminder).lease_until
    # A fact that leaves the obligation as it is.
    a_test(reminder.patient, ago(days=8))
    assert fresh(reminder).lease_until == pause
    assert send_due().claimed == 0
    assert fresh(reminder).attempts == 1


def test_a_reminder_that_kills_its_workers_is_failed_in_the_end(
    settings: object, clock: VirtualClock
) -> None:
    reminder = due_now()
    for _ in range(settings.REMINDER_ATTEMPTS):
        assert len(begin(claim(10))) == 1  # and the worker dies here
        assert send_due().claimed == 0
        clock.tick(settings.LEASE_SECONDS)
    assert send_due().failed == 1
    assert fresh(reminder).status == "failed"
    assert not mail.outbox


def test_two_workers_send_it_once(slow_server: type[SlowServer]) -> None:
    reminder = due_now()
    first = in_thread(send_due)
    assert slow_server.waiting.acquire(timeout=20)
    # The first worker is in the middle of sending; the second one finds nothing.
    assert send_due().claimed == 0
    slow_server.go_on.set()
    first.join(20)
    assert len(mail.outbox) == 1
    assert fresh(reminder).status == "sent"


def test_control_without_the_lease_two_workers_send_it_twice(
    slow_server: type[SlowServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    due_now()
    monkeypatch.setattr(reminder_claims, "lease_end", lambda at: at - timedelta(seconds=1))
    first = in_thread(send_due)
    assert slow_server.waiting.acquire(timeout=20)
    second = in_thread(send_due)
    assert slow_server.waiting.acquire(timeout=20)
    slow_server.go_on.set()
    first.join(20)
    second.join(20)
    assert len(mail.outbox) == 2


def test_a_row_that_another_worker_is_claiming_is_passed_over_without_waiting() -> None:
    held, free = due_now("Ana Ruiz"), due_now("Zoe Hart")
    holding, release = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            list(Reminder.objects.select_for_update().filter(pk=held.pk))
            holding.set()
            assert release.wait(20)

    holder = in_thread(hold)
    assert holding.wait(20)
    try:
        # A claim that waited would end in an error here.
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '1s'")
        assert send_due().sent == 1
    finally:
        release.set()
        holder.join(20)
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")
    assert (fresh(held).status, fresh(free).status) == ("planned", "sent")
    assert send_due().sent == 1


def test_many_workers_share_the_work_and_send_each_reminder_once() -> None:
    ana = in_treatment(days=10)
    a_test(ana, ago(days=7))
    (pattern,) = planned(ana)
    for number in range(1, 40):
        person = User.objects.create_user(f"guardian{number}@example.com", name=f"Person {number}")
        ContactPreference.objects.create(user=person, quiet_from=NOON, quiet_until=NOON)
        ana.accesses.create(
            user=person, relation="guardian", starts_at=ago(days=1), ends_at=now() + timedelta(1)
        )
        Reminder.objects.create(
            **{
                name: getattr(pattern, name)
                for name in [
                    "subject_id",
                    "patient",
                    "program",
                    "kind",
                    "due_on",
                    "step",
                    "send_at",
                ]
            },
            recipient=person,
            channel="email",
        )

    def drain() -> None:
        while send_due(batch=3).claimed:
            continue

    workers = [in_thread(drain) for _ in range(4)]
    for worker in workers:
        worker.join(60)
    addresses = [message.to[0] for message in mail.outbox]
    assert len(addresses) == 40
    assert len(set(addresses)) == 40


def test_a_row_that_was_cancelled_while_it_was_sent_is_noted_as_sent(
    slow_server: type[SlowServer],
) -> None:
    reminder = due_now()
    worker = in_thread(send_due)
    assert slow_server.waiting.acquire(timeout=20)
    a_test(reminder.patient, ago(minutes=1))
    assert fresh(reminder).status == "cancelled"
    slow_server.go_on.set()
    worker.join(20)
    assert fresh(reminder).status == "sent"


def test_the_task_empties_the_outbox_and_takes_no_arguments() -> None:
    due_now()
    send_due_reminders()
    assert len(mail.outbox) == 1
    send_due_reminders()
    assert len(mail.outbox) == 1


def test_beat_asks_for_tasks_that_exist_with_no_arguments() -> None:
    schedule = collect_beat_schedule()
    wanted = {"rems.tasks.send_due_reminders", "orders.tasks.render_documents"}
    assert wanted <= {entry["task"] for entry in schedule.values()}
    for entry in schedule.values():
        assert entry["task"] in app.tasks
        assert not entry.get("args")
        assert not entry.get("kwargs")


def test_nothing_about_the_patient_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    reminder = due_now()
    caplog.clear()
    send_due()
    assert reminder.pk in {getattr(record, "reminder_id", None) for record in caplog.records}
    lines = caplog.text.lower().replace(PREGNANCY_TEST_DUE, "")
    assert "ruiz" not in lines
    assert "@example.com" not in lines
    assert str(reminder.patient_id) not in lines
    assert acting_user(reminder.patient).email not in lines
