"""One whole run: everybody enters, time passes, and at the end everything is asked."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from math import inf
from pathlib import Path
from random import Random
from unittest.mock import patch

from django.test import override_settings

from pharmacy.simulation.agenda import Agenda, Life
from pharmacy.simulation.audit import Connection
from pharmacy.simulation.broker import Broker
from pharmacy.simulation.clock import VirtualClock
from pharmacy.simulation.clockwork import TICK, Clockwork, Turns
from pharmacy.simulation.control import drop_guards, gate_taken_out
from pharmacy.simulation.evidence_acts import CATEGORIES
from pharmacy.simulation.faults import Faults
from pharmacy.simulation.ledger import Ledger
from pharmacy.simulation.life import PatientLife
from pharmacy.simulation.messages import Messages
from pharmacy.simulation.postbox import posted_to
from pharmacy.simulation.provider import Provider
from pharmacy.simulation.reckoning import Reckoning
from pharmacy.simulation.surprises import FailureDesk, StaffDays, Surprises
from pharmacy.simulation.town import BEGINS_AT, Town
from rems import tasks
from rems.services import planning, reminder_outcomes

PATIENTS_OF_A_PRESCRIBER = 25
# Half of the patients can become pregnant: there most can go wrong.
MIX = (*CATEGORIES, "FRP_ADULT", "FRP_ADULT", "FRP_CHILD")
Progress = Callable[[int, Ledger], None]


@dataclass(frozen=True)
class Plan:
    """What was asked for; `seed` decides everything else."""

    patients: int
    days: int
    seed: int
    faults: bool = False
    control: bool = False

    def dice(self, whose: str) -> Random:
        """Each life has its own: it stays the same when another one changes."""
        return Random(f"{self.seed}/{whose}")


def simulate(plan: Plan, superuser: Connection, progress: Progress) -> Ledger:
    """Let it all happen in the throwaway database that `superuser` is connected to."""
    with tempfile.TemporaryDirectory(prefix="simulation-") as name, settled(Path(name)) as broker:
        book = Path(name) / "messages"
        provider = Provider(book, f"{plan.seed}/provider" if plan.faults else "")
        with posted_to(provider), by_the_seed(plan), _gate_or_none(plan, superuser):
            return _World(plan, superuser, broker, provider, book).run(progress)


@contextmanager
def settled(folder: Path) -> Iterator[Broker]:
    """A broker of our own, and no log of every query."""
    broker = Broker(folder)
    broker.start()
    try:
        with override_settings(DEBUG=False):
            yield broker
    finally:
        broker.kill()


@contextmanager
def by_the_seed(plan: Plan) -> Iterator[None]:
    """What the store leaves to chance is the seed's: how much longer a pause is, and who is planned
    anew when. How long sending takes on this machine is nobody's: the virtual clock stands still."""
    with (
        patch.object(reminder_outcomes, "random", plan.dice("pauses")),
        patch.object(planning, "part_of", Turns().part_of),
        patch.object(tasks, "LONGEST_RUN_SECONDS", inf),
    ):
        yield


@contextmanager
def _gate_or_none(plan: Plan, superuser: Connection) -> Iterator[None]:
    if not plan.control:
        yield
        return
    drop_guards(superuser)
    with gate_taken_out():
        yield


class _World:
    def __init__(
        self, plan: Plan, superuser: Connection, broker: Broker, provider: Provider, book: Path
    ) -> None:
        self._plan, self._superuser, self._book = plan, superuser, book
        self.ledger = Ledger()
        faults = Faults(plan.dice("faults"), superuser, self.ledger) if plan.faults else None
        prescribers = 2 + plan.patients // PATIENTS_OF_A_PRESCRIBER
        self.town = Town(VirtualClock(superuser), self.ledger, faults, prescribers)
        provider.now = lambda: self.town.now
        self.clockwork = Clockwork(
            self.town, superuser, broker, provider, plan.dice("clockwork"), plan.faults
        )
        self.reckoning = Reckoning(superuser, self.ledger)
        self.agenda = Agenda(self.town)

    def run(self, progress: Progress) -> Ledger:
        """Day after day, and then the reckoning."""
        self._begin()
        for day in range(1, self._plan.days + 1):
            self.agenda.go_on_until(BEGINS_AT + timedelta(days=day))
            if day % max(self._plan.days // 24, 1) == 0:
                self.reckoning.replay()
                progress(day, self.ledger)
        self._reckon()
        return self.ledger

    def _begin(self) -> None:
        self.agenda.add(BEGINS_AT, self.clockwork.ticks)
        self.agenda.add(BEGINS_AT, StaffDays(self.town, self._plan.dice("staff")).run)
        self.agenda.add(BEGINS_AT, partial(self.clockwork.rounds, self._plan.dice("rounds")))
        if self._plan.faults:
            self.agenda.add(BEGINS_AT, self.clockwork.mishaps)
            bad_days = partial(self.clockwork.bad_days, self._plan.dice("bad days"))
            self.agenda.add(BEGINS_AT, bad_days)
            self.agenda.add(BEGINS_AT, FailureDesk(self.town, self._plan.dice("desk")).run)
        for n in range(self._plan.patients):
            dice = self._plan.dice(f"patient {n}")
            # In the first weeks they come one after another; in a short run within two days.
            comes_after = dice.uniform(0, min(28, self._plan.days / 15)) * timedelta(days=1)
            self.agenda.add(BEGINS_AT + comes_after, partial(self._enters, n, dice))

    def _enters(self, n: int, dice: Random) -> Life:
        patient = self.town.enter(n, MIX[n % len(MIX)], dice)
        self.town.choose_how_to_be_told(patient, self._plan.dice(f"told {n}"))
        surprises = Surprises(self.town, patient, self._plan.dice(f"surprises {n}"))
        self.agenda.add(self.town.now, surprises.run)
        self.agenda.add(self.town.now, PatientLife(self.town, patient, dice).run)
        yield from ()

    def _reckon(self) -> None:
        self.clockwork.last_tick()
        self.reckoning.replay()
        self.reckoning.audit(self.town.notes)
        self.reckoning.verify()
        outages, kills = self.clockwork.outages, self.clockwork.kills
        messages = Messages(self.ledger, outages, kills, TICK)
        messages.reckon(self._superuser, self._book, self.town.now)
