"""The reckoning of messages can fail: each way in which a row and the provider's book may disagree
is found; what the doubts, deaths and pauses allow is not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from pharmacy.simulation.audit import Connection
from pharmacy.simulation.clockwork import has_lapsed
from pharmacy.simulation.ledger import LATE, REMINDER, Ledger
from pharmacy.simulation.messages import Messages, longest_pause_after
from pharmacy.simulation.postbox import posted_to
from pharmacy.simulation.provider import BAD_DAYS, Answer, Provider, asks_in
from rems.models import Reminder
from rems.outbox import Difference
from rems.services import reminder_outcomes
from rems.services.reminders import send_due
from tests.builders import now, the_store
from tests.database import VirtualClock
from tests.rems.telling import a_reminder
from tests.rems.treated import due_now

pytestmark = [pytest.mark.short_proof, pytest.mark.django_db(transaction=True)]

MINUTE, TICK = timedelta(minutes=1), timedelta(minutes=10)


class Desk:
    """A reminder that fell due an hour ago, the provider's book, and who reads both."""

    def __init__(self, folder: Path, superuser: Connection) -> None:
        self._book, self._superuser = folder / "messages", superuser
        self.provider = Provider(self._book)
        self.due_at = now() - 60 * MINUTE
        self.row = a_reminder()
        self.outages: list[tuple[datetime, datetime]] = []
        self.kills: list[datetime] = []
        self.has(send_at=self.due_at)

    def has(self, **columns: Any) -> None:
        """So the row stands."""
        Reminder.objects.filter(pk=self.row.pk).update(**columns)

    def was_sent_after(self, minutes: int) -> None:
        """It is recorded as sent so long after it was due."""
        self.has(status="sent", sent_at=self.due_at + minutes * MINUTE)

    def writes(self, *asks: tuple[int, Answer], about: str = "") -> None:
        """The provider was asked so many minutes after it was due, and answered so."""
        for minutes, answer in asks:
            at = self.due_at + minutes * MINUTE
            self.provider.now, self.provider.outage = partial(datetime.astimezone, at, UTC), answer
            self.provider.ask(about or str(self.row.pk), "ana.ruiz@example.com")

    def finds(self) -> list[tuple[str, str]]:
        """Which violations the reckoning sees: kinds and words."""
        ledger = Ledger()
        messages = Messages(ledger, self.outages, self.kills, TICK)
        messages.reckon(self._superuser, self._book, now())
        return [(found.kind, found.what.partition(": ")[2]) for found in ledger.violations]


@pytest.fixture
def desk(tmp_path: Path, superuser_connection: Connection) -> Desk:
    """Nothing was asked yet."""
    return Desk(tmp_path, superuser_connection)


def test_what_left_in_time_is_in_order(desk: Desk) -> None:
    desk.writes((5, Answer.TAKEN))
    desk.was_sent_after(5)
    assert desk.finds() == []


def test_what_left_too_late_is_found_and_an_outage_explains_so_much_and_no_more(desk: Desk) -> None:
    desk.writes((40, Answer.TAKEN))
    desk.was_sent_after(40)
    assert [kind for kind, _ in desk.finds()] == [LATE]
    start = desk.due_at
    desk.outages = [(start, start + 20 * MINUTE), (start + 10 * MINUTE, start + 24 * MINUTE)]
    assert [kind for kind, _ in desk.finds()] == [LATE], "what overlaps counts once"
    desk.outages.append((start + 24 * MINUTE, start + 25 * MINUTE))
    assert desk.finds() == []


def test_what_still_waits_an_hour_later_is_found(desk: Desk) -> None:
    [(kind, what)] = desk.finds()
    assert kind == LATE
    assert what.startswith("late by 1:0")


@pytest.mark.parametrize(("minutes", "is_late"), [(26, False), (27, True)])
def test_a_pause_after_a_bad_answer_is_allowed_once_and_with_the_next_tick(
    desk: Desk, minutes: int, is_late: bool
) -> None:
    # A minute and a fifth, the tick after it, and a quarter of an hour.
    desk.writes((1, Answer.LATER), (minutes, Answer.TAKEN))
    desk.was_sent_after(minutes)
    assert [kind for kind, _ in desk.finds()] == [LATE] * is_late


def test_the_pauses_double_up_to_an_hour_as_those_of_the_store() -> None:
    for attempts in range(1, 9):
        allowed = longest_pause_after(attempts)
        assert all(reminder_outcomes.pause_after(attempts) <= allowed for _ in range(50))
        assert allowed <= 1.3 * reminder_outcomes.pause_after(attempts)


Told = Callable[[Desk], None]


def recorded_and_never_taken(desk: Desk) -> None:
    desk.writes((5, Answer.ERROR))
    desk.was_sent_after(5)


def sent_twice_without_a_doubt(desk: Desk) -> None:
    desk.writes((5, Answer.TAKEN), (6, Answer.TAKEN))
    desk.was_sent_after(6)
    desk.has(possible_duplicates=1)
    desk.kills = [desk.due_at]


def a_second_copy_of_which_the_row_knows_nothing(desk: Desk) -> None:
    desk.writes((5, Answer.SILENCE_AFTER), (15, Answer.TAKEN))
    desk.was_sent_after(15)


def a_doubt_without_a_reason(desk: Desk) -> None:
    desk.writes((5, Answer.TAKEN))
    desk.was_sent_after(5)
    desk.has(possible_duplicates=1)


def given_up_too_soon(desk: Desk) -> None:
    desk.writes((5, Answer.LATER))
    desk.has(status="failed", attempts=1)
    a_task(desk)


def failed_and_nobody_s(desk: Desk) -> None:
    desk.writes((5, Answer.REFUSED))
    desk.has(status="failed", attempts=1)


def failed_again_after_its_task_was_ticked_off(desk: Desk) -> None:
    desk.writes((5, Answer.REFUSED))
    desk.has(status="failed", attempts=1)
    ticked_off_at = desk.due_at + 4 * MINUTE
    a_task(desk, status="done", resolved_by=the_store().user, resolved_at=ticked_off_at)


def refused_and_not_given_up(desk: Desk) -> None:
    desk.writes((5, Answer.REFUSED))
    desk.has(status="cancelled")


def a_task(desk: Desk, **more: Any) -> None:
    task = {"kind": "reminder_failed", "channel": "task", "status": "planned", **more}
    Reminder.objects.create(
        subject_id=desk.row.pk, due_on=desk.row.due_on, send_at=desk.due_at, **task
    )


WRONG: dict[str, Told] = {
    "the provider never took it": recorded_and_never_taken,
    "sent twice, without a death or a doubt": sent_twice_without_a_doubt,
    "1 second copies, of which the row knows 0": a_second_copy_of_which_the_row_knows_nothing,
    "1 possible copies for 0 reasons": a_doubt_without_a_reason,
    "given up after 1 attempts": given_up_too_soon,
    "failed, and nobody has a task": failed_and_nobody_s,
    "refused, and not given up": refused_and_not_given_up,
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_with_a_row_is_found(desk: Desk, what: str) -> None:
    WRONG[what](desk)
    assert desk.finds() == [(REMINDER, what)]


def test_a_task_that_was_ticked_off_before_it_failed_again_is_nobody_s(desk: Desk) -> None:
    failed_again_after_its_task_was_ticked_off(desk)
    assert desk.finds() == [(REMINDER, "failed, and nobody has a task")]


def test_a_message_about_no_reminder_is_found(desk: Desk) -> None:
    desk.was_sent_after(5)
    desk.writes((5, Answer.TAKEN))
    desk.writes((5, Answer.TAKEN), about=str(uuid4()))
    [(kind, _)] = desk.finds()
    assert kind == REMINDER


ALLOWED: dict[str, Sequence[tuple[int, Answer]]] = {
    "it left and nobody knew": [(5, Answer.SILENCE_AFTER), (15, Answer.TAKEN)],
    "it broke down when it had left": [(5, Answer.ERROR_AFTER), (15, Answer.TAKEN)],
    "it did not leave and nobody knew": [(5, Answer.SILENCE), (15, Answer.TAKEN)],
}


@pytest.mark.parametrize("asks", ALLOWED.values(), ids=ALLOWED)
def test_a_doubt_that_shows_on_the_row_is_allowed(
    desk: Desk, asks: Sequence[tuple[int, Answer]]
) -> None:
    desk.writes(*asks)
    desk.was_sent_after(15)
    desk.has(possible_duplicates=1, attempts=2)
    assert desk.finds() == []


def test_the_store_s_own_sending_through_every_bad_answer_is_in_order(
    tmp_path: Path, superuser_connection: Connection, clock: VirtualClock
) -> None:
    """With the real channel, worker and rows: nothing is found, and the book is as it was told."""
    clock.set(datetime(2026, 6, 10, 16, tzinfo=UTC))
    reminder = due_now()
    far = now() + timedelta(days=400)
    Reminder.objects.exclude(pk=reminder.pk).update(send_at=far)
    provider = Provider(tmp_path / "messages")
    provider.now = clock.now
    answers = [answer for answer in BAD_DAYS if answer is not Answer.REFUSED]
    with posted_to(provider):
        for answer in (*answers[:6], Answer.TAKEN):
            provider.outage = answer
            send_due()
            clock.shift(73 * MINUTE)
    assert [ask.answer for ask in asks_in(tmp_path / "messages")] == [*answers[:6], Answer.TAKEN]
    ledger = Ledger()
    Messages(ledger, [], [], 73 * MINUTE).reckon(
        superuser_connection, tmp_path / "messages", clock.now()
    )
    assert ledger.violations == []
    assert ledger.reminders["sent"] == 1


def test_the_same_seed_has_the_same_answers_for_the_same_people(tmp_path: Path) -> None:
    answers = []
    for name in ("one", "two", "another"):
        provider = Provider(tmp_path / name, "1/provider" if name != "another" else "2/provider")
        provider.now = now
        for number in range(2000):
            provider.ask(f"key-{number}", f"patient.{number % 20}@example.com")
        answers.append([ask.answer for ask in asks_in(tmp_path / name)])
    assert answers[0] == answers[1] != answers[2]
    assert set(answers[0]) == set(Answer)


def test_what_an_outage_held_over_into_the_next_night_waits_for_its_end(desk: Desk) -> None:
    at = desk.due_at
    found = Difference(
        "outdated", desk.row.pk, desk.row.pk, "survey_due", "email", at + 12 * 60 * MINUTE
    )
    assert has_lapsed(found, at.date(), at, was_late=True)
    assert not has_lapsed(found, at.date(), at, was_late=False), "it was moved without a fact"
    a_minute_longer = replace(found, send_at=found.send_at + MINUTE)
    assert not has_lapsed(a_minute_longer, at.date(), at, was_late=True)


@pytest.mark.parametrize(
    ("difference", "minutes", "due_in", "is_only_time"),
    [
        ("obsolete", -1, 9, True),
        ("obsolete", 1, 9, False),
        ("missing", -1, 9, False),
        ("outdated", -1, 9, False),
        # It waited for the morning, and its day is over.
        ("obsolete", 12 * 60, 0, True),
        ("obsolete", 12 * 60 + 1, 0, False),
        ("outdated", 60, 0, False),
    ],
)
def test_only_what_is_past_may_lapse_without_a_fact(
    desk: Desk, difference: str, minutes: int, due_in: int, is_only_time: bool
) -> None:
    at = desk.due_at
    found = Difference(
        difference, desk.row.pk, desk.row.pk, "survey_due", "task", at + minutes * MINUTE
    )
    due_on = at.date() + timedelta(days=due_in)
    assert has_lapsed(found, due_on, at) is is_only_time
