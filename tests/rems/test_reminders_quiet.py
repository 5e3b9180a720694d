"""A reminder that is late, after an outage or a failure, waits for the end of the quiet hours."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.core import mail

from accounts.models import User
from rems.models import ContactPreference, Reminder
from rems.selectors import oldest_unsent
from rems.services.planning import plan_everything
from rems.services.reminder_desk import retry_reminder
from rems.services.reminders import send_due
from tests.builders import acting_user, now, the_store
from tests.database import VirtualClock
from tests.rems.treated import due_now

pytestmark = pytest.mark.django_db(transaction=True)

INSTANT = timedelta(microseconds=1)
NIGHT = (time(21), time(8))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def late(
    clock: VirtualClock, noon: str, quiet: tuple[time, time] = NIGHT, name: str = "Ana Ruiz"
) -> Reminder:
    """Ana's reminder was due at nine on this day, and nothing ran since."""
    clock.set(utc(noon))
    reminder = due_now(name)
    begins, ends = quiet
    preferences = ContactPreference.objects.filter(user=reminder.recipient)
    preferences.update(quiet_from=begins, quiet_until=ends)
    return reminder


def fresh(reminder: Reminder) -> Reminder:
    return Reminder.objects.get(pk=reminder.pk)


def test_after_an_outage_nobody_is_woken_and_all_hear_in_the_morning(clock: VirtualClock) -> None:
    reminder = late(clock, "2026-06-10T16:00")
    clock.set(utc("2026-06-11T03:00"))  # eleven in the evening
    sweep = send_due()
    assert (sweep.claimed, sweep.quiet, sweep.sent, sweep.cancelled) == (1, 1, 0, 0)
    assert not mail.outbox
    row = fresh(reminder)
    assert (row.status, row.attempts, row.lease_until) == ("planned", 0, None)
    morning = utc("2026-06-11T12:00")
    assert row.send_at == morning
    # It is not late any more, planning sees it the same way, and no tick takes it again.
    assert oldest_unsent(now()) is None
    assert not [one for one in plan_everything(check=True) if one.id == row.pk]
    clock.set(morning - INSTANT)
    assert send_due().claimed == 0
    clock.set(morning)
    assert send_due().sent == 1
    assert fresh(reminder).status == "sent"


@pytest.mark.parametrize(
    ("quiet", "at", "goes_out_at"),
    [
        # The borders of an ordinary night: from nine, up to but not at eight.
        (NIGHT, "2026-06-11T00:59:59.999999", None),
        (NIGHT, "2026-06-11T01:00:00", "2026-06-11T12:00"),
        (NIGHT, "2026-06-11T11:59:59.999999", "2026-06-11T12:00"),
        (NIGHT, "2026-06-11T12:00:00", None),
        # Hours that end on the day on which they began.
        ((time(13), time(18)), "2026-06-10T17:00:00", "2026-06-10T22:00"),
    ],
)
def test_at_the_borders(
    clock: VirtualClock, quiet: tuple[time, time], at: str, goes_out_at: str | None
) -> None:
    reminder = late(clock, "2026-06-10T16:00", quiet)
    goes_out(reminder, clock, utc(at), goes_out_at)


@pytest.mark.parametrize(
    ("quiet", "at", "goes_out_at"),
    [
        # 14 March 2027: at two, 07:00 UTC, it is three. The night is an hour shorter.
        (NIGHT, "2027-03-14T11:59:59.999999", "2027-03-14T12:00"),
        (NIGHT, "2027-03-14T12:00:00", None),
        # Half past two is never: the quiet ends when the clock jumps over it.
        ((time(22), time(2, 30)), "2027-03-14T06:59:59.999999", "2027-03-14T07:00"),
    ],
)
def test_in_the_night_in_which_the_clock_goes_forward(
    clock: VirtualClock, quiet: tuple[time, time], at: str, goes_out_at: str | None
) -> None:
    reminder = late(clock, "2027-03-13T17:00", quiet)
    goes_out(reminder, clock, utc(at), goes_out_at)


@pytest.mark.parametrize(
    ("quiet", "at", "goes_out_at"),
    [
        # 1 November 2026: at two, 06:00 UTC, it is one again. The night is an hour longer.
        (NIGHT, "2026-11-01T12:59:59.999999", "2026-11-01T13:00"),
        (NIGHT, "2026-11-01T13:00:00", None),
        # Half past one comes twice; so does the quarter before it, and that is quiet each time.
        ((time(22), time(1, 30)), "2026-11-01T05:15:00", "2026-11-01T05:30"),
        ((time(22), time(1, 30)), "2026-11-01T06:15:00", "2026-11-01T06:30"),
    ],
)
def test_in_the_night_in_which_the_clock_goes_back(
    clock: VirtualClock, quiet: tuple[time, time], at: str, goes_out_at: str | None
) -> None:
    reminder = late(clock, "2026-10-31T16:00", quiet)
    goes_out(reminder, clock, utc(at), goes_out_at)


def goes_out(
    reminder: Reminder, clock: VirtualClock, at: datetime, goes_out_at: str | None
) -> None:
    """At once, or not before that instant and then indeed."""
    clock.set(at)
    sent = send_due().sent
    if goes_out_at is None:
        assert sent == 1
        return
    assert sent == 0
    assert fresh(reminder).send_at == utc(goes_out_at)
    clock.set(utc(goes_out_at))
    assert send_due().sent == 1


def test_who_is_awake_elsewhere_hears_in_the_same_tick(clock: VirtualClock) -> None:
    reminder = late(clock, "2026-06-10T16:00")
    other = late(clock, "2026-06-10T16:00", name="Zoe Hart")
    ContactPreference.objects.filter(user=other.recipient).update(time_zone="America/Los_Angeles")
    clock.set(utc("2026-06-11T02:00"))  # ten in the evening here, seven there
    sweep = send_due()
    assert (sweep.sent, sweep.quiet) == (1, 1)
    assert (fresh(reminder).status, fresh(other).status) == ("planned", "sent")


def test_a_second_attempt_that_would_come_at_night_waits_and_is_still_the_second(
    settings: object, clock: VirtualClock
) -> None:
    reminder = late(clock, "2026-06-10T16:00")
    working = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "tests.rems.test_reminders_sending.DeadServer"
    clock.set(utc("2026-06-11T00:59"))
    assert send_due().postponed == 1
    settings.EMAIL_BACKEND = working
    clock.set(utc("2026-06-11T01:01"))
    assert send_due().quiet == 1
    row = fresh(reminder)
    assert (row.attempts, row.send_at) == (1, utc("2026-06-11T12:00"))
    clock.set(row.send_at)
    assert send_due().sent == 1
    row = fresh(reminder)
    assert (row.attempts, row.possible_duplicates) == (2, 1)


def test_one_that_a_person_asks_to_be_tried_again_wakes_nobody_either(clock: VirtualClock) -> None:
    reminder = late(clock, "2026-06-10T16:00")
    Reminder.objects.filter(pk=reminder.pk).update(status="failed", attempts=8)
    clock.set(utc("2026-06-11T03:00"))
    staff: User = the_store().user
    retry_reminder(reminder_id=reminder.pk, actor=staff)
    assert send_due().quiet == 1
    assert fresh(reminder).send_at == utc("2026-06-11T12:00")


def test_what_the_night_made_obsolete_is_not_sent_in_the_morning(clock: VirtualClock) -> None:
    reminder = late(clock, "2026-06-10T16:00")
    clock.set(utc("2026-06-11T03:00"))
    send_due()
    User.objects.filter(pk=acting_user(reminder.patient).pk).update(is_active=False)
    clock.set(utc("2026-06-11T12:00"))
    assert send_due().cancelled == 1
    assert not mail.outbox
