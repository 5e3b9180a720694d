"""What became of every message: the provider's book beside the reminders' rows.

The provider knows what it was asked and what left; the rows say what the store believes. None may be
late by more than the outages and a quarter of an hour, none lost, none sent twice without a reason
that its row shows; and what failed is a person's.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from django.conf import settings

from pharmacy.simulation.audit import Connection
from pharmacy.simulation.ledger import LATE, REMINDER, Ledger
from pharmacy.simulation.provider import LEFT, UNKNOWN, Answer, Ask, asks_in

GRACE = timedelta(minutes=15)
# As docs/reminders.md promises: 1, 2, 4 ... 60 minutes and up to a fifth more.
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)
LONGER = 1.2
LENGTH_OF_A_KEY = 36

Span = tuple[datetime, datetime]

_ROWS = """
SELECT r.id, r.status, r.send_at, r.sent_at, r.attempts, r.possible_duplicates,
  r.resolved_at, t.status, t.resolved_at
FROM rems_reminder r LEFT JOIN rems_reminder t
  ON t.subject_id = r.id AND t.kind = 'reminder_failed' AND t.channel = 'task'
WHERE r.channel <> 'task' ORDER BY r.id
"""


class Row(NamedTuple):
    """A reminder that is sent to somebody, and the task about it, if it has one."""

    key: UUID
    status: str
    send_at: datetime
    sent_at: datetime | None
    attempts: int
    possible_duplicates: int
    resolved_at: datetime | None
    task: str | None
    task_resolved_at: datetime | None


class Messages:
    """Reads the rows as the tables' superuser and writes what is wrong into the ledger.

    `outages`: when nothing could be sent. `kills`: when a worker that sends was killed. `tick`: how
    long the next one lets wait.
    """

    def __init__(
        self, ledger: Ledger, outages: Sequence[Span], kills: Sequence[datetime], tick: timedelta
    ) -> None:
        self._ledger, self._outages, self._kills, self._tick = ledger, outages, kills, tick

    def reckon(self, superuser: Connection, book: Path, end: datetime) -> None:
        """Every row and every message. `end` is now, by the virtual clock."""
        asked: dict[str, list[Ask]] = defaultdict(list)
        for ask in asks_in(book):
            asked[ask.key[:LENGTH_OF_A_KEY]].append(ask)
        for row in map(Row._make, superuser.execute(_ROWS).fetchall()):
            asks = asked.pop(str(row.key), [])
            self._ledger.reminders[row.status] += 1
            self._count(row, asks)
            wrong = (*self._late(row, asks, end), *self._doubts(row, asks), *_wrong(row, asks))
            for kind, what in wrong:
                self._ledger.violation(kind, f"reminder {row.key}, {row.status}: {what}")
        for key in asked:
            self._ledger.violation(REMINDER, f"a message about no reminder, {key}")

    def _count(self, row: Row, asks: Sequence[Ask]) -> None:
        counts, faults = self._ledger.reminders, self._ledger.faults
        left = [ask for ask in asks if ask.answer in LEFT]
        counts["messages"] += len(left)
        counts["of these second copies"] += len(left) - len({ask.key for ask in left})
        counts["possible second copies by the rows"] += row.possible_duplicates
        for ask in asks:
            if ask.answer is not Answer.TAKEN:
                faults[f"the provider {ask.answer}"] += 1

    def _late(self, row: Row, asks: Sequence[Ask], end: datetime) -> Iterator[tuple[str, str]]:
        if row.status not in ("sent", "planned"):
            return
        until = row.sent_at or end
        excused = _together([*self._outages, *self._pauses(row, asks)], row.send_at, until)
        if until - row.send_at > GRACE + excused:
            yield LATE, f"late by {until - row.send_at}, of which {excused} were outages and pauses"

    def _doubts(self, row: Row, asks: Sequence[Ask]) -> Iterator[tuple[str, str]]:
        """The row may doubt no more often than somebody had reason to."""
        reasons = sum(ask.answer in UNKNOWN for ask in asks) + len(self._kills)
        if row.possible_duplicates > reasons:
            yield REMINDER, f"{row.possible_duplicates} possible copies for {reasons} reasons"

    def _pauses(self, row: Row, asks: Sequence[Ask]) -> Iterator[Span]:
        """After a bad answer the row waits, the longer the more often it was tried; a worker that was
        killed may have counted as an attempt without asking."""
        tried: Counter[str] = Counter()
        for ask in asks:
            tried[ask.key] += 1
            killed = sum(row.send_at <= kill <= ask.at for kill in self._kills)
            if ask.answer is not Answer.TAKEN:
                yield ask.at, ask.at + longest_pause_after(tried[ask.key] + killed) + self._tick


def longest_pause_after(attempts: int) -> timedelta:
    """How long a reminder may wait after so many attempts."""
    doubled = min(FIRST_PAUSE * 2 ** min(attempts - 1, 10), LONGEST_PAUSE)
    longest: timedelta = doubled * LONGER
    return longest


def _wrong(row: Row, asks: Sequence[Ask]) -> Iterator[tuple[str, str]]:
    answers = [ask.answer for ask in asks]
    if row.status == "sent" and Answer.TAKEN not in answers:
        yield REMINDER, "the provider never took it"
    yield from _copies(row, asks)
    yield from _failures(row, asks)


def _copies(row: Row, asks: Sequence[Ask]) -> Iterator[tuple[str, str]]:
    """A message that left and is known to have left is never sent again; one of which that is not
    known shows on the row when it is."""
    left = [ask for ask in asks if ask.answer in LEFT]
    known = Counter(ask.key for ask in left if not (ask.by_the_dying or ask.answer in UNKNOWN))
    if any(copies > 1 for copies in known.values()):
        yield REMINDER, "sent twice, without a death or a doubt"
    twice = len(left) - len({ask.key for ask in left})
    if twice > row.possible_duplicates:
        yield REMINDER, f"{twice} second copies, of which the row knows {row.possible_duplicates}"


def _failures(row: Row, asks: Sequence[Ask]) -> Iterator[tuple[str, str]]:
    """It fails when it is refused, or after the last attempt; then a person has a task."""
    last = asks[-1] if asks else None
    refused = last is not None and last.answer is Answer.REFUSED
    if row.status == "failed":
        if not (refused or row.attempts >= settings.REMINDER_ATTEMPTS):
            yield REMINDER, f"given up after {row.attempts} attempts"
        if not _is_a_persons(row, last):
            yield REMINDER, "failed, and nobody has a task"
    elif last and refused and not last.by_the_dying and row.resolved_at is None:
        yield REMINDER, "refused, and not given up"


def _is_a_persons(row: Row, last: Ask | None) -> bool:
    """The task is open; or it was ticked off after the last attempt."""
    since = row.send_at if last is None else last.at
    ticked_off = row.task == "done" and row.task_resolved_at and row.task_resolved_at >= since
    return row.task == "planned" or bool(ticked_off)


def _together(spans: Sequence[Span], start: datetime, end: datetime) -> timedelta:
    """For how long of this time at least one of the spans ran."""
    total, reached = timedelta(0), start
    for since, until in sorted(spans):
        begins, ends = max(since, reached), min(until, end)
        if ends > begins:
            total += ends - begins
            reached = ends
    return total
