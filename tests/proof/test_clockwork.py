"""The virtual clock holds nothing up that in a real hour would have gone on: neither a long queue of
messages, nor a person with many failures to see to, makes a message late."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from types import SimpleNamespace
from typing import cast

import pytest
from django.conf import LazySettings

from pharmacy.simulation.audit import Connection
from pharmacy.simulation.broker import Broker
from pharmacy.simulation.clockwork import TICK, Clockwork
from pharmacy.simulation.ground import SECOND
from pharmacy.simulation.ledger import Ledger
from pharmacy.simulation.provider import Provider
from pharmacy.simulation.surprises import FailureDesk
from pharmacy.simulation.town import BEGINS_AT, Town
from pharmacy.simulation.world import Plan, by_the_seed
from rems import tasks
from rems.models import Reminder
from rems.outbox import SEND_DUE_REMINDERS
from rems.selectors import unsent_reminders
from tests.builders import now
from tests.database import VirtualClock
from tests.rems.telling import a_reminder
from tests.rems.treated import due_now

pytestmark = [pytest.mark.short_proof, pytest.mark.django_db(transaction=True)]


class Beat:
    """A broker that is there: each time the one task waits."""

    def __init__(self) -> None:
        self.asked = 0

    def beat(self) -> set[str]:
        self.asked += 1
        return {SEND_DUE_REMINDERS}


class AwayBeat(Beat):
    """The broker is down."""

    def beat(self) -> set[str]:
        super().beat()
        return set()


def due(count: int) -> list[Reminder]:
    """So many messages fell due just now."""
    names = [f"{first} {last}" for first in ("Ana", "Zoe", "Eva") for last in ("Ruiz", "Hart")]
    return [due_now(name) for name in names[:count]]


def clockwork(superuser: Connection, beat: Beat) -> Iterator[timedelta]:
    """Its ticks, one for each `next`; the first begins it."""
    town = cast(Town, SimpleNamespace(now=now(), ledger=Ledger()))
    made = Clockwork(town, superuser, cast(Broker, beat), cast(Provider, None), Random(1), False)
    ticks = made.ticks()
    assert next(ticks) == TICK
    return ticks


def waiting() -> int:
    """How many messages are due and did not go out."""
    return unsent_reminders(now()).count()


def test_a_queue_longer_than_one_beat_takes_goes_out_in_ten_virtual_minutes(
    superuser_connection: Connection, settings: LazySettings
) -> None:
    due(4)
    settings.REMINDERS_PER_TICK = 1
    beat = Beat()
    next(clockwork(superuser_connection, beat))
    assert waiting() == 0
    assert beat.asked >= 4


def test_no_more_goes_out_than_beat_asks_for_in_that_time(
    superuser_connection: Connection, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    due(4)
    before = waiting()
    settings.REMINDERS_PER_TICK = 1
    monkeypatch.setattr("pharmacy.simulation.clockwork.ASKED_IN_A_TICK", 2)
    beat = Beat()
    next(clockwork(superuser_connection, beat))
    assert (beat.asked, waiting()) == (2, before - 2)


def test_a_broker_that_is_away_is_asked_once(superuser_connection: Connection) -> None:
    due(1)
    beat = AwayBeat()
    next(clockwork(superuser_connection, beat))
    assert beat.asked == 1
    assert waiting()


def test_how_slow_this_machine_is_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    due(2)
    monkeypatch.setattr(tasks, "LONGEST_RUN_SECONDS", 0.0)
    tasks.send_due_reminders()
    assert waiting(), "a real worker stops in time for the next beat"
    with by_the_seed(Plan(patients=1, days=1, seed=1)):
        tasks.send_due_reminders()
    assert waiting() == 0


def test_who_sees_to_many_failures_lets_beat_go_on_between_them(clock: VirtualClock) -> None:
    """After an outage there are hundreds; each takes its second."""
    clock.set(BEGINS_AT)
    town = Town(clock, Ledger(), None, 1)
    for step in range(1, 9):
        a_reminder(step=step, status="failed", failure="It was refused.")
    desk = FailureDesk(town, Random(1)).run()
    assert next(desk) >= timedelta(hours=2)
    for _ in range(8):
        before = town.now
        assert next(desk) == SECOND
        assert town.now - before <= SECOND, "more than one at once"
    assert next(desk) >= timedelta(hours=2)
    assert Reminder.objects.filter(channel="email").exclude(status="failed").count() >= 4


def test_a_failure_that_was_seen_to_meanwhile_is_left_alone(clock: VirtualClock) -> None:
    clock.set(BEGINS_AT)
    town = Town(clock, Ledger(), None, 1)
    row = a_reminder(status="failed", failure="It was refused.")
    desk = FailureDesk(town, Random(1)).run()
    next(desk)
    assert next(desk) == SECOND
    Reminder.objects.filter(pk=row.pk).update(status="cancelled")
    assert next(desk) >= timedelta(hours=2)
    row.refresh_from_db()
    assert (row.status, row.resolved_at) == ("cancelled", None)
