"""A real worker is killed, the broker is away: every reminder still goes out."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis
from django.conf import settings
from django.core import mail
from django.db import connection

from pharmacy.local.servers import EmbeddedServers
from rems.models import Patient, Reminder
from rems.services.reminders import send_due
from tests.builders import a_test, ago
from tests.database import VirtualClock
from tests.rems.killing import PATIENCE_SECONDS, QUEUE, ROOT, Workers, ask, kill_broker, until
from tests.rems.treated import due_now, in_treatment, planned
from tests.rems.waiting_mail import AFTER, BEFORE, REACHED

pytestmark = pytest.mark.django_db(transaction=True)


def test_kill_9_loses_no_reminder_and_a_second_copy_can_be_known(
    workers: Workers, clock: VirtualClock
) -> None:
    reminder = due_now()
    (workers.folder / BEFORE).touch()

    # Killed between the claim and the mail.
    ask()
    first = workers.start()
    until((workers.folder / REACHED).exists)
    workers.kill(first)
    reminder.refresh_from_db()
    assert (reminder.status, reminder.attempts) == ("planned", 1)
    assert reminder.lease_until is not None
    assert workers.mails() == []

    # Until the lease runs out nobody else has it; then it goes out. This worker is killed
    # after the mail has left and before that is noted.
    assert send_due().claimed == 0
    (workers.folder / BEFORE).unlink()
    (workers.folder / AFTER).touch()
    (workers.folder / REACHED).unlink()
    clock.tick(settings.LEASE_SECONDS)
    ask()
    second = workers.start()
    until((workers.folder / REACHED).exists)
    workers.kill(second)
    reminder.refresh_from_db()
    assert (reminder.status, reminder.attempts) == ("planned", 2)
    assert len(workers.mails()) == 1

    # Nobody can know that it left: it goes out again, with the same Message-ID, and is noted.
    # Two ticks of beat at once do no harm.
    (workers.folder / AFTER).unlink()
    clock.tick(settings.LEASE_SECONDS)
    ask()
    ask()
    third = workers.start()
    until(lambda: Reminder.objects.get(pk=reminder.pk).status == "sent")
    assert len(workers.mails()) == 2
    assert len(set(workers.mails())) == 1
    assert not mail.outbox
    reminder.refresh_from_db()
    assert reminder.possible_duplicates == 2, "both attempts that were broken off may have left"

    # Asked to stop in the middle of a mail, a worker finishes what it has begun.
    (workers.folder / BEFORE).touch()
    (workers.folder / REACHED).unlink()
    other = due_now("Zoe Hart")
    ask()
    until((workers.folder / REACHED).exists)
    third.terminate()
    (workers.folder / BEFORE).unlink()
    assert third.wait(PATIENCE_SECONDS) == 0
    planned_ones = Reminder.objects.filter(patient=other.patient, status="planned")
    held = planned_ones.filter(lease_until__isnull=False)
    assert not held.exists()
    begun = Reminder.objects.filter(patient=other.patient, send_started_at__isnull=False)
    assert set(begun.values_list("status", flat=True)) == {"sent"}

    log = workers.log.read_text(encoding="utf-8").lower()
    assert str(reminder.pk) in log
    for betraying in ("ruiz", "@example.com", str(reminder.patient_id), "pomalidomide"):
        assert betraying not in log


# A process that starts with another broker and reports a late period, which is due at once.
WITHOUT_BROKER = """
import sys, time
import django
django.setup()
from rems.models import Patient
from tests.builders import a_hold
began = time.monotonic()
a_hold(Patient.objects.get(pk=sys.argv[1]), "missed_period")
print(time.monotonic() - began)
"""


def report_late_period(patient: Patient, broker: str) -> float:
    """How many seconds it took when only this broker is there."""
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_BROKER, str(patient.pk)],
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "pharmacy.settings.test",
            "REDIS_URL": broker,
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "no nudge task=rems.tasks.send_due_reminders" in done.stderr
    return float(done.stdout)


@pytest.fixture
def closed_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port that takes connections and never says a word."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(20)
        yield listener.getsockname()[1]


def test_a_broker_that_was_killed_and_came_back_empty_costs_no_reminder(tmp_path: Path) -> None:
    reminder = due_now()
    servers = EmbeddedServers(tmp_path / "broker", with_postgres=False)
    servers.reserve()
    workers = Workers(tmp_path, broker=servers.connection.redis_url)
    try:
        servers.start()
        # A tick waits in the queue when the broker is killed and all that it held is lost.
        ask(servers.connection.redis_url)
        kill_broker(servers)
        workers.start()
        servers.start()
        assert redis.Redis.from_url(servers.connection.redis_url).llen(QUEUE) == 0
        # Beat's next tick finds the row.
        ask(servers.connection.redis_url)
        until(lambda: Reminder.objects.get(pk=reminder.pk).status == "sent")
    finally:
        workers.close()
        servers.close()


def test_with_the_broker_down_the_fact_is_written_and_the_reminder_waits(closed_port: int) -> None:
    ana = in_treatment(days=40)
    a_test(ana, ago(days=2))
    seconds = report_late_period(ana, f"redis://127.0.0.1:{closed_port}/0")
    assert seconds < 3
    (reminder,) = planned(ana)
    assert reminder.attempts == 0
    # Beat's next tick, once the broker is back.
    send_due()
    assert Reminder.objects.get(pk=reminder.pk).status == "sent"


def test_a_broker_that_never_answers_holds_nobody_up_for_long(silent_port: int) -> None:
    ana = in_treatment(days=40)
    a_test(ana, ago(days=2))
    assert report_late_period(ana, f"redis://127.0.0.1:{silent_port}/0") < 5
    assert len(planned(ana)) == 1


def test_with_the_database_gone_in_the_middle_nothing_is_lost(
    superuser_connection: "psycopg.Connection[tuple[object, ...]]",
) -> None:
    reminder = due_now()
    superuser_connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE pid <> pg_backend_pid() AND usename = 'pharmacy_app'"
    )
    with pytest.raises(Exception, match=r"terminat|closed|connection"):
        send_due()
    connection.close()
    reminder.refresh_from_db()
    assert reminder.status == "planned"
    assert send_due().sent == 1
