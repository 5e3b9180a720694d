"""The provider of mail and SMS: it takes a message, refuses it, breaks down or says nothing.

What becomes of a message is the seed's. It is written down before it is answered, in a file, which a
dying worker cannot lose: the reckoning knows from it what left the house.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from random import Random
from typing import NamedTuple


class Answer(StrEnum):
    """What it does with one message; the words of the report."""

    TAKEN = "took it"
    LATER = "said not now"
    TOO_MANY = "said too many at once"
    AWAY = "could not be reached"
    REFUSED = "refused the address"
    ERROR = "broke down (5xx) before it took it"
    ERROR_AFTER = "broke down (5xx) after it took it"
    SILENCE = "said nothing and did not take it"
    SILENCE_AFTER = "said nothing and took it"


# After these the message is with its recipient.
LEFT = frozenset({Answer.TAKEN, Answer.ERROR_AFTER, Answer.SILENCE_AFTER})
# Whoever sent it cannot know.
UNKNOWN = frozenset(
    {Answer.ERROR, Answer.ERROR_AFTER, Answer.SILENCE, Answer.SILENCE_AFTER},
)
# How likely each is, of a hundred messages; the rest are taken.
BAD_DAYS = {
    Answer.LATER: 2.0,
    Answer.TOO_MANY: 2.0,
    Answer.AWAY: 1.0,
    Answer.REFUSED: 1.0,
    Answer.ERROR: 1.0,
    Answer.ERROR_AFTER: 1.5,
    Answer.SILENCE: 1.0,
    Answer.SILENCE_AFTER: 1.5,
}
# What an outage of hours may look like from here, and how often.
OUTAGES = {
    Answer.AWAY: 4,
    Answer.TOO_MANY: 2,
    Answer.SILENCE: 2,
    Answer.ERROR: 2,
    Answer.SILENCE_AFTER: 1,
}


class Ask(NamedTuple):
    """One message that the provider was asked to send. `key` is the message's own, which begins with
    its reminder's; `by_the_dying` is a worker that is about to be killed."""

    key: str
    at: datetime
    answer: Answer
    by_the_dying: bool


class Provider:
    """Asked by both channels. Without a seed it takes everything."""

    def __init__(self, book: Path, seed: str = "") -> None:
        self._book, self._seed = book, seed
        self._asked: Counter[str] = Counter()
        self._process = os.getpid()
        self.now: Callable[[], datetime] | None = None
        self.outage: Answer | None = None

    def ask(self, key: str, address: str) -> Answer:
        """Have the message sent to the address. The same people, the same answers, for one seed."""
        assert self.now is not None
        self._asked[address] += 1
        dice = Random(f"{self._seed}/{address}/{self._asked[address]}")
        answer = self.outage or (_drawn(dice) if self._seed else Answer.TAKEN)
        self._write(Ask(key, self.now(), answer, os.getpid() != self._process))
        return answer

    def _write(self, ask: Ask) -> None:
        fields = (ask.key, ask.at.isoformat(), ask.answer.name, str(int(ask.by_the_dying)))
        file = os.open(self._book, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(file, f"{' '.join(fields)}\n".encode("ascii"))
        finally:
            os.close(file)


def asks_in(book: Path) -> list[Ask]:
    """Everything that the provider was asked, in order."""
    lines = book.read_text(encoding="ascii").splitlines() if book.exists() else []
    return [
        Ask(key, datetime.fromisoformat(at), Answer[name], dying == "1")
        for key, at, name, dying in (line.split() for line in lines)
    ]


def _drawn(dice: Random) -> Answer:
    taken = {Answer.TAKEN: 100 - sum(BAD_DAYS.values())}
    answer, *_ = dice.choices([*BAD_DAYS, *taken], [*BAD_DAYS.values(), *taken.values()])
    return answer
