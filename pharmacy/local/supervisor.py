"""Keeps the store's programs running, and stops them in order.

Every program is a child with a session of its own; the kernel ends it if we are killed.
A child that dies is started again, at once the first time and ever more slowly after that.
"""

import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from .children import stop_all

TICK_SECONDS = 0.1
LONGEST_PAUSE = 30.0
STEADY_SECONDS = 60.0

Child = subprocess.Popen[bytes]


@dataclass
class Service:
    """One program: how to start it, and how and when to stop it.

    Services with a lower `stop_turn` stop first, those with the same turn together.
    `patience` is how many seconds it may take to finish what it is doing.
    """

    name: str
    start: Callable[[], Child]
    stop_turn: int
    stop_signal: signal.Signals = signal.SIGTERM
    patience: float = 15.0
    child: Child | None = None
    started_at: float = 0.0
    pause: float = 0.0
    due_at: float | None = None

    def launch(self) -> Child:
        """Start the program now."""
        self.child = self.start()
        self.started_at = time.monotonic()
        self.due_at = None
        return self.child

    def died(self) -> int | None:
        """The exit code of a child that ended since we last looked, else None."""
        if self.child is None or self.child.poll() is None:
            return None
        code = self.child.returncode
        self.child = None
        steady = time.monotonic() - self.started_at > STEADY_SECONDS
        self.pause = 0.0 if steady else min(LONGEST_PAUSE, self.pause * 2 or 0.5)
        self.due_at = time.monotonic() + self.pause
        return code

    def is_due(self) -> bool:
        """Whether a dead program's pause is over."""
        return self.due_at is not None and time.monotonic() >= self.due_at


@dataclass
class Supervisor:
    """Watches its services until a signal asks it to stop."""

    say: Callable[[str], None]
    services: list[Service] = field(default_factory=list)
    stopping: bool = False
    _impatient: bool = False

    def listen(self) -> None:
        """Stop on INT, TERM and HUP; a second one stops waiting for work that still runs."""
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sign, self._asked_to_stop)

    def _asked_to_stop(self, sign: int, frame: object) -> None:
        self._impatient = self.stopping
        self.stopping = True

    def add(self, service: Service) -> Child:
        """Start a service and watch it from now on."""
        child = service.launch()
        self.services.append(service)
        return child

    def watch(self, every_tick: Callable[[], None]) -> None:
        """Until asked to stop: start again what died, and call `every_tick`."""
        while not self.stopping:
            for service in self.services:
                self._look_after(service)
            every_tick()
            time.sleep(TICK_SECONDS)

    def _look_after(self, service: Service) -> None:
        code = service.died()
        if code is not None:
            self.say(f"{service.name} ended ({_in_words(code)}); starting it again")
        if service.is_due():
            service.launch()

    def stop(self) -> None:
        """Stop everything, turn by turn; what does not go in its time is killed."""
        for turn in sorted({service.stop_turn for service in self.services}):
            group = [s for s in self.services if s.stop_turn == turn and s.child is not None]
            if group:
                self.say(f"Stopping {' and '.join(service.name for service in group)}")
                self._stop_group(group)

    def _stop_group(self, group: Sequence[Service]) -> None:
        children = [(s.child, s.stop_signal) for s in group if s.child is not None]
        patience = max(service.patience for service in group)
        stubborn = stop_all(children, patience, give_up=lambda: self._impatient)
        names = [s.name for s in group if s.child in stubborn]
        if names:
            self.say(f"Killed {' and '.join(names)}, which did not stop in time")


def _in_words(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
