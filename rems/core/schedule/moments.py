"""When a step goes out, on somebody's wall clock and outside of their quiet hours."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from rems.core.calendar import instant_on_wall
from rems.core.schedule.leads import STEPS, Step
from rems.core.schedule.obligation import Obligation

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
# What has to be said before the quiet hours begin is said so long before: time for several attempts.
ROOM = timedelta(hours=1)
AT_ONCE = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Quiet:
    """Local hours in which nobody is disturbed: from `begins`, up to but not at `ends`; none when
    both are equal. They may go over midnight."""

    begins: time
    ends: time

    def covers(self, wall: time) -> bool:
        """Whether it is quiet at this time on the wall."""
        if self.begins <= self.ends:
            return self.begins <= wall < self.ends
        return wall >= self.begins or wall < self.ends


NEVER_QUIET = Quiet(time.min, time.min)


def moment_of(step: Step, obligation: Obligation, zone: ZoneInfo) -> datetime:
    """When the step's time comes, in UTC, before any quiet hours. `zone` is the recipient's.

    Of an obligation without anything to wait for, the due day's own step comes at once.
    """
    if step.after is not None:
        assert obligation.due_at is not None, f"{obligation.kind} has no instant"
        return obligation.due_at + step.after
    if obligation.at_once and step.days <= 0:
        return AT_ONCE
    return instant_on_wall(obligation.due_on + step.days * DAY, step.local_time, zone)


def sendable(moment: datetime, at: datetime, zone: ZoneInfo, quiet: Quiet) -> datetime:
    """The instant, not before `at`, at which it may be sent: moved within the day, if it must be.

    Out of quiet hours that end on the same local day it moves to their end; else to an hour before
    they begin. Only what comes due in the night itself, or is late, waits for their end.
    """
    if moment > at:
        moved = _within_the_day(moment, zone, quiet)
        if moved > at:
            return moved
    return _when_quiet_ends(at, zone, quiet)


def _within_the_day(moment: datetime, zone: ZoneInfo, quiet: Quiet) -> datetime:
    wall = moment.astimezone(zone)
    if not quiet.covers(wall.time()):
        return moment
    if wall.time() < quiet.ends:
        return _when_quiet_ends(moment, zone, quiet)
    before = instant_on_wall(wall.date(), quiet.begins, zone) - ROOM
    return _when_quiet_ends(before, zone, quiet)


def _when_quiet_ends(at: datetime, zone: ZoneInfo, quiet: Quiet) -> datetime:
    """`at`, or the end of the quiet hours that it falls into. Where the clock shows that end twice
    in one night, the next one that is still to come; where it skips it, the moment of the jump."""
    wall = at.astimezone(zone)
    if not quiet.covers(wall.time()):
        return at
    today = datetime.combine(wall.date(), quiet.ends, tzinfo=zone)
    ends = (today, today.replace(fold=1), today + DAY)
    end = next(end for one in ends if (end := one.astimezone(UTC)) > at)
    while end - MINUTE > at and not quiet.covers((end - MINUTE).astimezone(zone).time()):
        end -= MINUTE
    return end


def steps_to_tell(
    obligation: Obligation, numbers: Container[int], zone: ZoneInfo, quiet: Quiet, at: datetime
) -> list[tuple[int, datetime]]:
    """Of these steps (counted from 1) those that should stand for one person: number and instant.

    Of those whose time has come only the last one, and of two at one time one.
    """
    steps = enumerate(STEPS[obligation.kind], start=1)
    moments = {
        moment_of(step, obligation, zone): number for number, step in steps if number in numbers
    }
    passed = max((moment for moment in moments if moment <= at), default=None)
    return [
        (number, sendable(moment, at, zone, quiet))
        for moment, number in moments.items()
        if moment == passed or moment > at
    ]
