"""What the simulation saw: counts of what was done and refused, and every violation."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import NamedTuple


class Violation(NamedTuple):
    """Something that must not be: of which kind, and where. Ids only."""

    kind: str
    what: str


FORBIDDEN = "done, though what the pharmacy had received forbade it"
DISAGREEMENT = "answered otherwise than the notebook"
NOT_REFUSED = "done, though it must be refused"
BROKE_OFF = "broke off with an error that nobody expected"
HALF_DONE = "left half done by a crash"
NO_REPLAY = "a decision that does not replay"
BROKEN_SEAL = "a broken seal"
AUDIT = "found by the audit"
LATE = "a reminder late by more than the outage and 15 minutes"
REMINDER = "a reminder sent twice without a reason, lost, or failed and nobody's"
PLANNED_OTHERWISE = "planned anew, something was missing or stood otherwise"


class Ledger:
    """Counts by name, and the violations in the order in which they were found."""

    def __init__(self) -> None:
        self.orders: Counter[str] = Counter()
        self.refusals: Counter[str] = Counter()
        self.not_done: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self.reminders: Counter[str] = Counter()
        self.planned: Counter[str] = Counter()
        self.checks: Counter[str] = Counter()
        self.acts = 0
        self.decisions = 0
        self.violations: list[Violation] = []

    def violation(self, kind: str, what: str, at: datetime | None = None) -> None:
        """Note one, with the virtual time (UTC) at which it came to be."""
        when = f"{at:%Y-%m-%d %H:%M:%S}: " if at else ""
        self.violations.append(Violation(kind, f"{when}{what}"))

    def lines(self, shown: int) -> list[str]:
        """The whole report; of the violations as many as asked for."""
        sections = {
            "Orders": self.orders,
            "Refusals by rule": self.refusals,
            "Not done for another reason": self.not_done,
            "Reminders": self.reminders,
            "Put right by planning anew": self.planned,
            "Faults": self.faults,
            "Checked": self.checks,
        }
        counts = [
            line
            for title, counter in sections.items()
            if counter
            for line in ["", title, *(f"{n:9,} {name}" for name, n in sorted(counter.items()))]
        ]
        return [*counts, "", *self._violation_lines(shown)]

    def _violation_lines(self, shown: int) -> list[str]:
        kinds = Counter(violation.kind for violation in self.violations)
        first = [f"  {v.kind}: {v.what}" for v in self.violations[:shown]]
        return [
            f"{self.acts:,} acts, {self.decisions:,} decisions",
            f"{len(self.violations):,} violations",
            *(f"{n:9,} {kind}" for kind, n in sorted(kinds.items())),
            *(["The first of them:", *first] if first else []),
        ]
