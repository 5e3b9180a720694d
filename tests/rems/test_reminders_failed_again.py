"""A reminder that fails once more is a person's again, although the first time was ticked off."""

from datetime import timedelta
from typing import Any

import pytest

from rems.channels.notices import Notice
from rems.models import Reminder
from rems.services.deliveries import note_outcome
from rems.services.planning import plan_everything
from rems.services.reminder_desk import resolve_reminder, retry_reminder
from rems.services.reminders import send_due
from tests.builders import now, the_store
from tests.database import VirtualClock
from tests.rems.treated import due_now

pytestmark = pytest.mark.django_db(transaction=True)

MINUTE = timedelta(minutes=1)
DEAD = "tests.rems.test_reminders_sending.DeadServer"


def fresh(reminder: Reminder) -> Reminder:
    return Reminder.objects.get(pk=reminder.pk)


def fails(reminder: Reminder, settings: Any) -> Reminder:
    """Its last attempt does not succeed; the task that stands then."""
    working, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, DEAD
    Reminder.objects.filter(pk=reminder.pk).update(attempts=settings.REMINDER_ATTEMPTS - 1)
    assert send_due().failed == 1
    settings.EMAIL_BACKEND = working
    return Reminder.objects.get(kind="reminder_failed", subject_id=reminder.pk)


def test_pat_ticks_the_task_off_has_it_tried_again_and_when_it_fails_the_task_is_back(
    settings: object, clock: VirtualClock
) -> None:
    reminder, pat = due_now(), the_store().user
    task = fails(reminder, settings)
    resolve_reminder(reminder_id=task.pk, actor=pat)
    retry_reminder(reminder_id=reminder.pk, actor=pat)
    assert (fresh(task).status, fresh(task).resolved_by) == ("done", pat)
    clock.shift(MINUTE)
    assert fails(reminder, settings) == task
    row = fresh(task)
    assert (row.status, row.resolved_by) == ("planned", None)
    assert now() - MINUTE < row.send_at <= now()
    assert not list(plan_everything(check=True))


def test_one_that_was_settled_by_trying_again_is_back_too(settings: object) -> None:
    reminder, pat = due_now(), the_store().user
    task = fails(reminder, settings)
    for _ in range(2):
        retry_reminder(reminder_id=reminder.pk, actor=pat)
        assert fresh(task).status == "done"
        fails(reminder, settings)
        assert fresh(task).status == "planned"


def test_one_that_comes_back_a_second_time_is_a_task_a_second_time() -> None:
    reminder, pat = due_now(), the_store().user
    for _ in range(2):
        assert send_due().sent == 1
        note_outcome("email", Notice("", has_arrived=False, reminder_id=reminder.pk))
        task = Reminder.objects.get(kind="reminder_failed", subject_id=reminder.pk)
        assert task.status == "planned"
        retry_reminder(reminder_id=reminder.pk, actor=pat)
        assert fresh(task).status == "done"


def test_a_task_that_was_ticked_off_is_left_alone_while_nothing_fails_anew(
    settings: object,
) -> None:
    reminder, pat = due_now(), the_store().user
    task = fails(reminder, settings)
    resolve_reminder(reminder_id=task.pk, actor=pat)
    assert not list(plan_everything())
    assert (fresh(task).status, fresh(task).resolved_by) == ("done", pat)
    assert fresh(reminder).status == "failed"
