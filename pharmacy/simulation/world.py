"""One whole run: everybody enters, time passes, and at the end everything is asked."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from random import Random

from django.test import override_settings

from pharmacy.simulation.agenda import Agenda, Life
from pharmacy.simulation.audit import Connection
from pharmacy.simulation.broker import Broker
from pharmacy.simulation.clock import VirtualClock
from pharmacy.simulation.clockwork import Clockwork
from pharmacy.simulation.control import drop_guards, gate_taken_out
from pharmacy.simulation.evidence_acts import CATEGORIES
from pharmacy.simulation.faults import Faults
from pharmacy.simulation.ledger import Ledger
from pharmacy.simulation.life import PatientLife
from pharmacy.simulation.postbox import BACKEND
from pharmacy.simulation.reckoning import Reckoning
from pharmacy.simulation.surprises import StaffDays, Surprises
from pharmacy.simulation.town import BEGINS_AT, Town

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
        if not plan.control:
            return _World(plan, superuser, broker, Path(name)).run(progress)
        drop_guards(superuser)
        with gate_taken_out():
            return _World(plan, superuser, broker, Path(name)).run(progress)


@contextmanager
def settled(folder: Path) -> Iterator[Broker]:
    """Mails into a file, a broker of our own, and no log of every query."""
    broker = Broker(folder)
    broker.start()
    try:
        with override_settings(
            DEBUG=False, EMAIL_BACKEND=BACKEND, EMAIL_FILE_PATH=folder / "postbox"
        ):
            yield broker
    finally:
        broker.kill()


class _World:
    def __init__(self, plan: Plan, superuser: Connection, broker: Broker, folder: Path) -> None:
        self._plan, self._postbox = plan, folder / "postbox"
        self.ledger = Ledger()
        faults = Faults(plan.dice("faults"), superuser, self.ledger) if plan.faults else None
        prescribers = 2 + plan.patients // PATIENTS_OF_A_PRESCRIBER
        self.town = Town(VirtualClock(superuser), self.ledger, faults, prescribers)
        self.clockwork = Clockwork(
            self.town, superuser, broker, plan.dice("clockwork"), plan.faults
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
        if self._plan.faults:
            self.agenda.add(BEGINS_AT, self.clockwork.mishaps)
        for n in range(self._plan.patients):
            dice = self._plan.dice(f"patient {n}")
            # In the first weeks they come one after another; in a short run within two days.
            comes_after = dice.uniform(0, min(28, self._plan.days / 15)) * timedelta(days=1)
            self.agenda.add(BEGINS_AT + comes_after, partial(self._enters, n, dice))

    def _enters(self, n: int, dice: Random) -> Life:
        patient = self.town.enter(n, MIX[n % len(MIX)], dice)
        surprises = Surprises(self.town, patient, self._plan.dice(f"surprises {n}"))
        self.agenda.add(self.town.now, surprises.run)
        self.agenda.add(self.town.now, PatientLife(self.town, patient, dice).run)
        yield from ()

    def _reckon(self) -> None:
        self.clockwork.last_tick()
        self.reckoning.replay()
        self.reckoning.audit(self.town.notes)
        self.reckoning.verify()
        self.reckoning.reminders(self._postbox, self.clockwork.outages, self.town.now)
