"""After days without a tick: no storm, the newest of each kind, the longest wait first."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail

from rems.channels import TryLater
from rems.models import Reminder
from rems.services import reminders
from rems.services.reminder_claims import claim, overtaken
from rems.services.reminder_desk import retry_reminder
from rems.services.reminder_outcomes import begin
from rems.services.reminders import send_due
from rems.tasks import send_due_reminders
from tests.builders import a_test, ago, now, the_store
from tests.database import VirtualClock
from tests.rems.treated import all_planned, due_now, in_treatment

NEW_YORK = ZoneInfo("America/New_York")
pytestmark = pytest.mark.django_db(transaction=True)


def drain() -> None:
    while send_due().claimed:
        continue


def test_after_three_days_without_beat_each_hears_the_newest_of_each_kind_once(
    clock: VirtualClock,
) -> None:
    first, second = due_now("Ana Ruiz"), due_now("Zoe Hart")
    kind = Reminder.objects.filter(kind="pregnancy_test_due", channel="email")
    clock.shift(timedelta(days=3))
    drain()
    sent = list(kind.filter(status="sent").order_by("sent_at"))
    assert [row.subject_id for row in sent] == [first.subject_id, second.subject_id]
    for row in sent:
        older = kind.filter(subject_id=row.subject_id, send_at__lt=row.send_at)
        assert set(older.values_list("status", flat=True)) <= {"cancelled"}
    assert not kind.filter(status="planned", send_at__lte=now()).exists()
    before = len(mail.outbox)
    drain()
    assert len(mail.outbox) == before


def test_an_older_one_of_the_same_kind_is_overtaken_whether_claimed_together_or_not() -> None:
    newer = due_now()
    older = Reminder.objects.get(pk=newer.pk)
    older.pk, older.due_on = None, newer.due_on - timedelta(days=7)
    older.send_at = ago(days=7)
    older.save()
    assert overtaken([older], now()) == {older.pk}
    assert overtaken([newer], now()) == set()
    older.send_at = newer.send_at = now()
    assert overtaken([older, newer], now()) == {older.pk}


def test_what_was_told_sooner_of_a_later_day_overtakes_nothing() -> None:
    """Ana heard of a visit next week; then it was moved to this week, and beat was away."""
    moved = due_now()
    Reminder.objects.filter(pk=moved.pk).update(send_at=ago(hours=1))
    moved.refresh_from_db()
    told = Reminder.objects.get(pk=moved.pk)
    told.pk, told.step, told.due_on = None, 1, moved.due_on + timedelta(days=7)
    told.send_at = told.sent_at = ago(days=2)
    told.status = "sent"
    told.save()
    assert overtaken([moved], now()) == set()
    # Nor does it where both were claimed together.
    told.send_at, moved.send_at = ago(minutes=5), now()
    assert overtaken([told, moved], now()) == set()
    drain()
    assert Reminder.objects.get(pk=moved.pk).status == "sent"


@pytest.mark.parametrize(("minutes_late", "batch"), [(0, 50), (60, 50), (60, 1)])
def test_one_that_is_obsolete_overtakes_nothing(minutes_late: int, batch: int) -> None:
    """Word of a visit next week failed; the visit was moved to today. Pat has it tried again."""
    today_s = due_now()
    Reminder.objects.filter(pk=today_s.pk).update(send_at=ago(minutes=minutes_late))
    next_week_s = Reminder.objects.get(pk=today_s.pk)
    next_week_s.pk, next_week_s.step = None, 1
    next_week_s.due_on = today_s.due_on + timedelta(days=7)
    next_week_s.status, next_week_s.failure = "failed", "The e-mail address was refused."
    next_week_s.save()
    retry_reminder(reminder_id=next_week_s.pk, actor=the_store().user)
    assert sum(send_due(batch).claimed for _ in range(2)) == 2
    found = [Reminder.objects.get(pk=row.pk).status for row in (today_s, next_week_s)]
    assert found == ["sent", "cancelled"]


def test_a_tick_sends_no_more_than_it_may(settings: object) -> None:
    due = [due_now(name) for name in ("Ana Ruiz", "Zoe Hart", "Eva Lund")]
    settings.REMINDERS_PER_TICK = 2
    send_due_reminders()
    assert len(mail.outbox) == 2
    still = Reminder.objects.filter(status="planned", send_at__lte=now()).exclude(channel="task")
    waiting = still.count()
    send_due_reminders()
    assert still.count() == max(0, waiting - 2)
    assert len(due) == 3


def test_what_is_not_tried_in_time_is_given_back_at_once() -> None:
    reminder = due_now()
    assert send_due(patience=-1).sent == 0
    row = Reminder.objects.get(pk=reminder.pk)
    assert (row.status, row.attempts, row.lease_until) == ("planned", 0, None)
    drain()
    assert Reminder.objects.get(pk=reminder.pk).status == "sent"


def test_one_unreadable_record_holds_up_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    from rems.services import reminder_claims

    broken, other = due_now("Ana Ruiz"), due_now("Zoe Hart")
    ask = reminder_claims.still_needed

    def stumble(rows: list[Reminder], at: datetime) -> object:
        if broken.subject_id in {row.subject_id for row in rows}:
            raise ValueError("no such zone, Ana Ruiz")
        return ask(rows, at)

    monkeypatch.setattr(reminder_claims, "still_needed", stumble)
    drain()
    assert Reminder.objects.get(pk=other.pk).status == "sent"
    row = Reminder.objects.get(pk=broken.pk)
    assert (row.status, row.attempts, row.failure) == ("planned", 1, "ValueError")


def test_what_surely_did_not_leave_is_no_second_copy_later_and_what_may_have_is(
    monkeypatch: pytest.MonkeyPatch, clock: VirtualClock
) -> None:
    reminder = due_now()
    answers = [TryLater("The provider asked us to slow down."), TimeoutError("read timed out")]

    def provider(row: Reminder) -> str:
        if row.pk == reminder.pk and answers:
            raise answers.pop(0)
        return "message-1"

    monkeypatch.setattr(reminders, "CHANNELS", {"email": provider})
    for duplicates in (0, 0, 1):
        drain()
        row = Reminder.objects.get(pk=reminder.pk)
        assert row.possible_duplicates == duplicates
        clock.shift(timedelta(minutes=3))
    assert (row.status, row.attempts, row.provider_message_id) == ("sent", 3, "message-1")


def test_one_that_became_obsolete_between_the_question_and_the_mail_does_not_leave() -> None:
    reminder = due_now()
    rows = claim(50)
    a_test(reminder.patient, ago(minutes=1))
    assert reminder.pk not in {row.pk for row in begin(rows)}


@pytest.mark.parametrize(
    "change", [datetime(2027, 3, 14, 7, tzinfo=UTC), datetime(2026, 11, 1, 6, tzinfo=UTC)]
)
def test_when_the_clocks_change_no_reminder_is_lost_or_doubled(
    clock: VirtualClock, change: datetime
) -> None:
    clock.set(change - timedelta(days=6, hours=3))
    ana = in_treatment(days=10)
    a_test(ana, ago(minutes=5))
    rows = all_planned(ana, "pregnancy_test_due").filter(channel="email")
    wanted = {row.pk: row.send_at for row in rows}
    # By the wall clock it is nine in the morning, before the change and after it.
    assert {at.astimezone(NEW_YORK).hour for at in wanted.values()} == {9}
    around = (change + timedelta(minutes=30) * step for step in range(-6, 7))
    for moment in sorted({*around, *wanted.values()}):
        clock.set(moment)
        drain()
    sent = Reminder.objects.filter(pk__in=wanted, status="sent")
    assert any(abs(row.send_at - change) < timedelta(hours=12) for row in sent)
    for row in sent:
        assert timedelta(0) <= row.sent_at - wanted[row.pk] < timedelta(minutes=1)
    keys = [message.extra_headers["Idempotency-Key"] for message in mail.outbox]
    assert len(keys) == len(set(keys))
