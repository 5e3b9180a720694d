"""One patient's course of treatment in one program, from the facts that the gate is asked about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from rems.core.calendar import local_date
from rems.core.programs import ProgramVersion
from rems.core.schedule.obligation import Kind, Obligation
from rems.core.vocabulary import CycleRegularity, Indication, RiskCategory


@dataclass(frozen=True, slots=True)
class Capsules:
    """A supply that the patient has, or had. `started_on` is the first dose, or the soonest day it
    can have been when none `is_recorded`."""

    dispensed_at: datetime
    started_on: date
    is_recorded: bool
    days: int
    quantity: int


@dataclass(frozen=True, slots=True)
class OpenAuthorization:
    """A prescription's number. `tested_at`: the newest negative test at or before its issue."""

    issued_at: datetime
    tested_at: datetime | None


@dataclass(frozen=True, slots=True)
class OpenOrder:
    """An order whose parcel has not left. `since` is its last step."""

    key: str
    since: datetime
    is_shipped: bool
    confirmed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Course:
    """One patient in one program. `supplies` are those since treatment last stopped, at
    `stopped_at`; it `is_active` when it never did, or the patient was enrolled again, at
    `enrolled_at`, under a form that may be older than the stop."""

    program: ProgramVersion
    zone: ZoneInfo
    category: RiskCategory | None = None
    is_active: bool = True
    stopped_at: datetime | None = None
    had_capsules: bool = False
    supplies: tuple[Capsules, ...] = ()
    last_test_at: datetime | None = None
    reported_at: datetime | None = None
    cycles: CycleRegularity = CycleRegularity.REGULAR
    surveyed_at: datetime | None = None
    form_signed_at: datetime | None = None
    enrolled_at: datetime | None = None
    indication: Indication | None = None
    authorization: OpenAuthorization | None = None
    orders: tuple[OpenOrder, ...] = ()

    @property
    def started_on(self) -> date | None:
        """The first dose since treatment last stopped."""
        return min((supply.started_on for supply in self.supplies), default=None)

    @property
    def newest(self) -> Capsules | None:
        """The supply in hand."""
        return max(self.supplies, key=lambda supply: supply.dispensed_at, default=None)

    def on(self, at: datetime) -> date:
        """The local day of an instant."""
        return local_date(at, self.zone)

    def due(self, kind: Kind, due_on: date, **more: object) -> Obligation:
        """An obligation of this course."""
        return Obligation(self.program.program_code, kind, due_on, **more)  # type: ignore[arg-type]
