"""Two beats and two workers, all of them real: everybody hears once."""

import pytest

from bench.many import copy_patient, copy_reminder
from rems.models import Reminder
from tests.builders import acting_user
from tests.rems.counting_mail import sent_keys
from tests.rems.forked import Superuser
from tests.rems.killing import Workers, until
from tests.rems.treated import due_now
from tests.rems.waiting_mail import BEFORE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.short_proof]
COUNTING = "tests.rems.counting_mail.EmailBackend"
NUMBER = 20
AT_ONCE = 3


def test_with_two_beats_and_two_workers_each_due_reminder_is_sent_once(
    workers: Workers, superuser_connection: Superuser
) -> None:
    first = due_now()
    copy_patient(superuser_connection, first.subject_id, acting_user(first.patient).pk, NUMBER - 1)
    copy_reminder(superuser_connection, first.pk, NUMBER - 1, {})
    due = Reminder.objects.filter(kind=first.kind, channel="email", step=first.step)
    # Mails wait until both workers stand in front of one.
    (workers.folder / BEFORE).touch()
    for name in ("one-beat", "another-beat"):
        workers.start_beat(name)
        workers.start(TEST_REMINDERS_PER_TICK=str(AT_ONCE), TEST_MAIL_BACKEND=COUNTING)
    until(lambda: due.filter(status="planned", send_started_at__isnull=False).count() == 2)
    (workers.folder / BEFORE).unlink()
    until(lambda: not due.filter(status="planned").exists())
    # What both beats asked for beyond that finds nothing to do.
    ticks = ticks_in(workers)
    until(lambda: ticks_in(workers) > ticks + 4)
    assert workers.log.read_text(encoding="utf-8").count("beat: Starting...") == 2
    keys = sent_keys(workers.folder)
    assert len(keys) == len(set(keys)) == NUMBER
    rows = set(due.values_list("status", "attempts", "possible_duplicates"))
    assert rows == {("sent", 1, 0)}


def ticks_in(workers: Workers) -> int:
    """How many ticks a worker has been through."""
    log = workers.log.read_text(encoding="utf-8")
    return log.count("Task rems.tasks.send_due_reminders") // 2
