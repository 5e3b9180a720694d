"""Beat, broker, worker and provider on the virtual clock, and how long they were away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from random import Random
from uuid import UUID

from celery import current_app
from django.conf import settings

from pharmacy.simulation.agenda import Life
from pharmacy.simulation.audit import Connection
from pharmacy.simulation.broker import Broker
from pharmacy.simulation.faults import LAST_PLACE, in_a_child
from pharmacy.simulation.ledger import PLANNED_OTHERWISE, Ledger
from pharmacy.simulation.provider import OUTAGES, Provider
from pharmacy.simulation.town import Town
from rems.models import Reminder
from rems.outbox import Difference
from rems.selectors import unsent_reminders
from rems.services import planning
from rems.tasks import TICK_SECONDS

# A tick that finds nothing does nothing: so many of them would take most of a run's time. In the
# order of the index, else PostgreSQL looks through the whole table for the first row. A task is no
# message: it waits for a person.
SOMETHING_IS_DUE = """
SELECT 1 FROM rems_reminder WHERE status = 'planned' AND channel <> 'task'
AND send_at <= %(now)s AND (lease_until IS NULL OR lease_until <= %(now)s)
ORDER BY send_at, id LIMIT 1
"""
TICK = timedelta(minutes=10)
ASKED_IN_A_TICK = round(TICK.total_seconds() / TICK_SECONDS)
DAYS_BETWEEN_OUTAGES = 9.0
WORKER_DIES = 0.02  # of the ticks that find something to do
# Beat has everybody planned anew twice a day. So many rounds would take most of a run's time.
DAYS_BETWEEN_ROUNDS = (5, 20)
LONGEST_NIGHT = timedelta(hours=12)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Clockwork:
    """Sends what is due, every ten minutes; `outages` are the times when nothing could be sent."""

    def __init__(
        self,
        town: Town,
        superuser: Connection,
        broker: Broker,
        provider: Provider,
        dice: Random,
        with_faults: bool,
    ) -> None:
        self._town, self._superuser, self._broker, self._dice = town, superuser, broker, dice
        self._provider, self._with_faults = provider, with_faults
        self._beat_is_away = False
        self._away_since: datetime | None = None
        self.outages: list[tuple[datetime, datetime]] = []
        self.kills: list[datetime] = []

    @property
    def ledger(self) -> Ledger:
        """Where deaths are counted."""
        return self._town.ledger

    def ticks(self) -> Life:
        """Beat's, to which a worker listens."""
        while True:
            yield TICK
            if not self._beat_is_away:
                self._send_what_is_due(self._work)

    def _send_what_is_due(self, work: Callable[[str], None]) -> None:
        """Until none is due, or as often as beat asks in that time; once while the broker is away."""
        for _ in range(ASKED_IN_A_TICK):
            tasks = sorted(self._broker.beat()) if self._something_is_due() else []
            for task in tasks:
                work(task)
            if not tasks:
                break

    def _something_is_due(self) -> bool:
        """Asked with the instant itself: a clock read row by row would use no index."""
        found = self._superuser.execute(SOMETHING_IS_DUE, {"now": self._town.now})
        return found.fetchone() is not None

    def _work(self, task: str) -> None:
        send = current_app.tasks[task]
        if self._with_faults and self._dice.random() < WORKER_DIES:
            self._die_at_it(send)
        else:
            send()

    def _die_at_it(self, send: object) -> None:
        """A worker is killed while it claims, sends or records; its lease has to run out."""
        assert callable(send)
        place = self._dice.randint(1, LAST_PLACE // 2)
        in_a_child(send, place)
        until = self._town.now + timedelta(seconds=settings.LEASE_SECONDS) + TICK
        self.outages.append((self._town.now, until))
        self.kills.append(self._town.now)
        self.ledger.faults["a reminder worker killed"] += 1

    def rounds(self, dice: Random) -> Life:
        """Now and then beat has everybody planned anew, part by part, through half a day."""
        while True:
            yield timedelta(days=dice.uniform(*DAYS_BETWEEN_ROUNDS))
            for _ in range(planning.PARTS):
                yield planning.PART - (self._town.now - EPOCH) % planning.PART
                if self._away_since is None:
                    self._plan_part()
            self.ledger.checks["times that everybody was planned anew"] += 1

    def _plan_part(self) -> None:
        """A difference that time alone brought is counted; another one should have been planned in
        the transaction of its fact. A move is no fact: the next round sees to it."""
        now, moved = self._town.now, self._town.moved
        late = set(unsent_reminders(now).values_list("pk", flat=True))
        for found in planning.plan_part():
            self.ledger.planned[f"{found.kind}, {found.difference}"] += 1
            due_on = Reminder.objects.get(pk=found.id).due_on
            is_only_time = has_lapsed(found, due_on, now, was_late=found.id in late)
            if not is_only_time and found.subject_id not in moved:
                what = f"{found.kind} of {found.subject_id}, {found.difference}"
                self.ledger.violation(PLANNED_OTHERWISE, what, now)
        turn = planning.part_at(now)
        moved.difference_update([key for key in moved if planning.part_of(key) == turn])

    def bad_days(self, dice: Random) -> Life:
        """The provider of mail and SMS is down: for minutes, or hours."""
        while True:
            yield timedelta(hours=round(24 * dice.expovariate(1 / DAYS_BETWEEN_OUTAGES)) + 1)
            self._provider.outage, *_ = dice.choices([*OUTAGES], [*OUTAGES.values()])
            self.ledger.faults["the provider down for a while"] += 1
            yield timedelta(minutes=dice.choice((20, 60, 120, 240, 480, 720)))
            self._provider.outage = None

    def mishaps(self) -> Life:
        """The broker is killed and loses what it held, or beat is away: for hours, or days."""
        while True:
            yield timedelta(hours=round(24 * self._dice.expovariate(1 / DAYS_BETWEEN_OUTAGES)) + 1)
            self._away_since = self._town.now
            if self._dice.random() < 0.6:
                self.ledger.faults["the broker killed and started again"] += 1
                self._broker.kill()
                yield timedelta(minutes=self._dice.randint(5, 600))
                self._broker.start()
            else:
                self.ledger.faults["beat away"] += 1
                self._beat_is_away = True
                yield timedelta(hours=self._dice.randint(1, 72))
                self._beat_is_away = False
            self._is_back()

    def _is_back(self) -> None:
        if self._away_since is not None:
            self.outages.append((self._away_since, self._town.now))
            self._away_since = None

    def last_tick(self) -> None:
        """Everything is up again, and what is due now goes out."""
        self._is_back()
        self._provider.outage = None
        self._broker.kill()
        self._broker.start()
        self._send_what_is_due(lambda task: current_app.tasks[task]())


class Turns:
    """Whose turn it is follows from the last bits of a key, which no seed gives. Here it follows from
    the order in which the keys were made."""

    def __init__(self) -> None:
        self._numbers: dict[UUID, int] = {}

    def part_of(self, key: UUID) -> int:
        """To which part a subject belongs, instead of `rems.services.planning.part_of`."""
        number = self._numbers.setdefault(key, len(self._numbers))
        return number * 61 % planning.PARTS


def has_lapsed(found: Difference, due_on: date, at: datetime, *, was_late: bool = False) -> bool:
    """Its time had come, and then a later step took its place, or its end came. One that was late at
    night waits for the morning: by then its day may be over. One that an outage held over into the
    next night waits for the end of that one."""
    waits = found.send_at - at <= LONGEST_NIGHT
    if found.difference == "outdated":
        return was_late and waits
    return found.difference == "obsolete" and (
        found.send_at <= at or (waits and due_on <= at.date())
    )
