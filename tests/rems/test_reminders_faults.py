"""A real worker is killed, the broker is away: every reminder still goes out."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from email import message_from_bytes
from pathlib import Path

import psycopg
import pytest
import redis
from celery import current_app
from django.conf import settings
from django.core import mail
from django.db import connection

from rems.models import Patient, Reminder
from rems.outbox import SEND_DUE_REMINDERS
from rems.services.reminders import send_due
from tests.builders import a_test, ago
from tests.database import VirtualClock
from tests.rems.treated import in_treatment, planned
from tests.rems.waiting_mail import AFTER, BEFORE, REACHED

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[2]
QUEUE = "reminders"
PATIENCE_SECONDS = 40


def until(what: Callable[[], object]) -> None:
    """Wait until it is so. Fails the test when it never is."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not what():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.05)


class Workers:
    """Real Celery workers, each a process group of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "worker-log"
        self._running: list[subprocess.Popen[bytes]] = []

    def start(self) -> "subprocess.Popen[bytes]":
        """One more worker for the reminders' queue, with one child."""
        command = [sys.executable, "-m", "celery", "--app", "pharmacy.celery", "worker"]
        command += ["--queues", QUEUE, "--concurrency", "1", "--loglevel", "INFO"]
        command += ["--without-gossip", "--without-mingle"]
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.rems.worker_settings",
            "TEST_MAIL_FOLDER": str(self.folder),
        }
        with self.log.open("ab") as log:
            worker = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._running.append(worker)
        return worker

    def kill(self, worker: "subprocess.Popen[bytes]") -> None:
        """`kill -9` for the worker and its child."""
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
        self._running.remove(worker)

    def mails(self) -> list[str]:
        """The Message-ID of every mail that has left, in order."""
        files = sorted(self.folder.glob("*.log"), key=lambda file: file.stat().st_mtime_ns)
        return [str(message_from_bytes(file.read_bytes())["Message-ID"]) for file in files]

    def close(self) -> None:
        """Leave nothing behind."""
        for worker in list(self._running):
            self.kill(worker)


@pytest.fixture
def workers(tmp_path: Path) -> Iterator[Workers]:
    """Nothing waits in the queue at first; no worker is left at the end."""
    redis.Redis.from_url(settings.REDIS_URL).delete(QUEUE)
    started = Workers(tmp_path)
    yield started
    started.close()


def due_now() -> Reminder:
    ana = in_treatment(days=10)
    a_test(ana, ago(days=7))
    (reminder,) = planned(ana)
    return reminder


def ask() -> None:
    """What beat does at every tick."""
    current_app.send_task(SEND_DUE_REMINDERS)


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
    workers.start()
    until(lambda: Reminder.objects.get(pk=reminder.pk).status == "sent")
    assert len(workers.mails()) == 2
    assert len(set(workers.mails())) == 1
    assert not mail.outbox

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
    assert "no nudge for rems.tasks.send_due_reminders" in done.stderr
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


def test_with_the_broker_down_the_fact_is_written_and_the_reminder_waits(closed_port: int) -> None:
    ana = in_treatment(days=40)
    a_test(ana, ago(days=2))
    seconds = report_late_period(ana, f"redis://127.0.0.1:{closed_port}/0")
    assert seconds < 3
    (reminder,) = planned(ana)
    assert reminder.attempts == 0
    # Beat's next tick, once the broker is back.
    assert send_due().sent == 1


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
