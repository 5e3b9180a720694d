"""Whatever dies at whatever point, each reminder still goes out; a second copy shows on its row."""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connections

from bench.many import copy_patient, copy_reminder
from rems.models import Reminder
from rems.services.reminders import send_due
from tests.builders import acting_user
from tests.database import VirtualClock
from tests.rems.counting_mail import sent_keys
from tests.rems.forked import Superuser, kill_9, until_the_database_is_alone, worker
from tests.rems.killing import until
from tests.rems.treated import due_now
from tests.rems.waiting_mail import BEFORE, REACHED

pytestmark = pytest.mark.django_db(transaction=True)
COUNTING = "tests.rems.counting_mail.EmailBackend"
WAITING = "tests.rems.waiting_mail.EmailBackend"


def fresh(reminder: Reminder) -> Reminder:
    return Reminder.objects.get(pk=reminder.pk)


def other_backend_waits(superuser: Superuser) -> bool:
    """Whether a worker's statement waits for a lock."""
    row = superuser.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE usename = 'pharmacy_app' "
        "AND wait_event_type = 'Lock'"
    ).fetchone()
    return row != (0,)


@pytest.mark.parametrize(
    ("table", "was_claimed"), [("rems_reminder", False), ("rems_patientaccess", True)]
)
def test_killed_before_or_right_after_the_claim_nothing_left_and_nothing_is_lost(
    table: str,
    was_claimed: bool,
    tmp_path: Path,
    superuser_url: str,
    superuser_connection: Superuser,
    clock: VirtualClock,
) -> None:
    reminder = due_now()
    # The worker stands still where it needs the table: at the claim, or at the question after it.
    with psycopg.connect(superuser_url) as holding, worker(tmp_path, COUNTING) as process:
        holding.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        until(lambda: other_backend_waits(superuser_connection))
        kill_9(process)
        holding.rollback()
    until_the_database_is_alone(superuser_connection)
    assert sent_keys(tmp_path) == []
    row = fresh(reminder)
    assert (row.status, row.attempts, row.send_started_at) == ("planned", 0, None)
    if was_claimed:
        assert row.lease_until is not None
        assert send_due().claimed == 0
    clock.tick(settings.LEASE_SECONDS)
    while send_due().claimed:
        continue
    assert (fresh(reminder).status, fresh(reminder).possible_duplicates) == ("sent", 0)


@pytest.fixture
def safe_commits(superuser_url: str) -> Iterator[None]:
    """What is committed survives, as it does outside of tests, whose server need not be safe."""
    setting = "ALTER ROLE pharmacy_app {} synchronous_commit"
    with psycopg.connect(superuser_url, autocommit=True) as superuser:
        superuser.execute(f"{setting.format('SET')} = on")
    yield
    with psycopg.connect(superuser_url, autocommit=True) as superuser:
        superuser.execute(setting.format("RESET"))


def test_when_the_database_crashes_in_the_middle_of_a_mail_the_reminder_goes_out_afterwards(
    tmp_path: Path, superuser_url: str, safe_commits: None
) -> None:
    reminder = due_now()
    (tmp_path / BEFORE).touch()
    with worker(tmp_path, WAITING) as process:
        until((tmp_path / REACHED).exists)
        # One server process killed brings all down; the server recovers by itself.
        with psycopg.connect(superuser_url) as doomed:
            victim = doomed.info.backend_pid
            os.kill(victim, signal.SIGKILL)
            until(lambda: is_down(doomed))
        connections.close_all()
        until(lambda: is_up(superuser_url))
        (tmp_path / BEFORE).unlink()
        os.waitpid(process, 0)
    # The mail left, and nobody could note it.
    row = fresh(reminder)
    assert (row.status, row.attempts) == ("planned", 1)
    with psycopg.connect(superuser_url, autocommit=True) as superuser:
        clock = VirtualClock(superuser)
        clock.tick(settings.LEASE_SECONDS)
        while send_due().claimed:
            continue
        clock.reset()
    assert (fresh(reminder).status, fresh(reminder).possible_duplicates) == ("sent", 1)


def is_down(connection: Superuser) -> bool:
    try:
        connection.execute("SELECT 1")
    except psycopg.OperationalError:
        return True
    return False


def is_up(url: str) -> bool:
    try:
        psycopg.connect(url).close()
    except psycopg.OperationalError:
        return False
    return True


# Many reminders, many kills -----------------------------------------------------------------------


def kill_at_random(
    number: int, tmp_path: Path, superuser: Superuser, clock: VirtualClock
) -> tuple[int, int]:
    """Two workers at a time, each killed after a moment, until all is sent.

    Returns the kills, and how many of them fell between a mail and its note.
    """
    first = due_now()
    copy_patient(superuser, first.subject_id, acting_user(first.patient).pk, number - 1)
    copy_reminder(superuser, first.pk, number - 1, {})
    kills = fell_between = 0
    due = Reminder.objects.filter(kind=first.kind, channel="email", step=first.step)
    while due.filter(status="planned").exists():
        before = len(sent_keys(tmp_path))
        with worker(tmp_path, COUNTING) as first_one, worker(tmp_path, COUNTING) as second_one:
            until(lambda seen=before: len(sent_keys(tmp_path)) > seen)
            for process in (first_one, second_one):
                time.sleep(random.uniform(0.05, 0.5))
                kill_9(process)
                kills += 1
        until_the_database_is_alone(superuser)
        noted = {str(key) for key in due.filter(status="sent").values_list("pk", flat=True)}
        fell_between += len(set(sent_keys(tmp_path)[before:]) - noted)
        # All are dead: their leases run out.
        clock.tick(settings.LEASE_SECONDS)
    return kills, fell_between


def assert_all_sent_and_every_second_copy_shows(
    number: int, fell_between: int, tmp_path: Path
) -> int:
    copies = Counter(sent_keys(tmp_path))
    rows = {str(row.pk): row for row in Reminder.objects.filter(pk__in=list(copies))}
    assert len(rows) >= number
    assert {row.status for row in rows.values()} == {"sent"}
    twice = {key: count for key, count in copies.items() if count > 1}
    duplicates = sum(count - 1 for count in twice.values())
    assert duplicates <= fell_between
    for key, count in twice.items():
        assert rows[key].possible_duplicates >= count - 1
    return duplicates


@pytest.mark.parametrize(
    "number", [120, pytest.param(2_000, marks=pytest.mark.proof)], ids=["short", "long"]
)
def test_with_workers_killed_at_random_all_are_sent_and_each_second_copy_shows_on_its_row(
    number: int, tmp_path: Path, superuser_connection: Superuser, clock: VirtualClock
) -> None:
    kills, fell_between = kill_at_random(number, tmp_path, superuser_connection, clock)
    duplicates = assert_all_sent_and_every_second_copy_shows(number, fell_between, tmp_path)
    print(  # noqa: T201 - bin/proof shows it
        f"{number} reminders, {kills} kills, {fell_between} of them between a mail and its note, "
        f"{duplicates} sent twice, each known by its row"
    )
    assert kills >= 2
