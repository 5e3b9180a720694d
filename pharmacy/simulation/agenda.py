"""Who wakes when: lives are generators that yield how long they sleep."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Generator
from datetime import datetime, timedelta
from itertools import count

from pharmacy.simulation.ledger import BROKE_OFF
from pharmacy.simulation.town import Town

Life = Generator[timedelta, None, None]
AFTER_AN_ERROR = timedelta(days=1)


class Agenda:
    """A heap of the next things to happen, in the order of time and then of entering."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._order = count()
        self._next: list[tuple[datetime, int, Callable[[], Life], Life]] = []

    def add(self, at: datetime, begin: Callable[[], Life]) -> None:
        """Let a life begin then. When an error breaks it off, it begins anew a day later."""
        heapq.heappush(self._next, (at, next(self._order), begin, begin()))

    def go_on_until(self, end: datetime) -> None:
        """Let everything happen that happens before the instant, and turn the clock to it."""
        while self._next and self._next[0][0] < end:
            at, _, begin, life = heapq.heappop(self._next)
            self._turn_to(at)
            self._wake(begin, life)
        self._turn_to(end)

    def _turn_to(self, at: datetime) -> None:
        """The clock never goes back: acts take a second each, and may have passed the hour."""
        if at > self._town.now:
            self._town.tick(at - self._town.now)

    def _wake(self, begin: Callable[[], Life], life: Life) -> None:
        try:
            sleeps = next(life)
        except StopIteration:
            return
        except Exception as error:
            what = f"{type(error).__name__}: {error}"
            self._town.ledger.violation(BROKE_OFF, what, self._town.now)
            sleeps, life = AFTER_AN_ERROR, begin()
        heapq.heappush(self._next, (self._town.now + sleeps, next(self._order), begin, life))
