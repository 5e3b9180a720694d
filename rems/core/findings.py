"""What a decision says: findings, advisories, the decision itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from rems.core.vocabulary import AdvisoryCode, Gate, Outcome, Owner, Place, ReasonCode
from rems.core.wording import ADVISORIES, WORDINGS

PENDING_AT_PHARMACY = frozenset({"R05", "R40", "R41", "R42", "R43", "R44", "R47", "R48"})


@dataclass(frozen=True, slots=True)
class Finding:
    """One unmet rule. `seen` says with figures what the rule met (pharmacy's local time).

    `moment` is the instant or date that matters to the patient: when something ran out, or from
    when it will be possible.
    """

    rule: str
    code: ReasonCode
    seen: str
    moment: datetime | date | None = None

    @property
    def cure(self) -> str:
        """What would cure it, as a pharmacist reads it."""
        return WORDINGS[self.code].cure

    @property
    def owner(self) -> Owner:
        """Who can cure it."""
        return WORDINGS[self.code].owner

    @property
    def where(self) -> Place:
        """Where it is cured: a symbolic key."""
        return WORDINGS[self.code].where

    @property
    def pending_at_pharmacy(self) -> bool:
        """Whether the pharmacy adds it later: in a preview not the patient's to worry about."""
        return self.rule in PENDING_AT_PHARMACY

    @property
    def for_patient(self) -> str:
        """The finding and what happens next, in plain words."""
        return WORDINGS[self.code].patient

    @property
    def for_pharmacist(self) -> str:
        """The finding with its rule, its figures and its cure."""
        wording = WORDINGS[self.code]
        return f"{self.rule} {wording.title}: {self.seen}. {wording.cure}"


@dataclass(frozen=True, slots=True)
class Advisory:
    """Something for the pharmacist to think about; it never blocks."""

    code: AdvisoryCode
    seen: str

    @property
    def text(self) -> str:
        """The advice in one sentence."""
        return ADVISORIES[self.code]


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer of one gate at the instant `at` (UTC).

    `findings` stand in the order of section 13. `permitted_until` is the last instant at which
    the permit still holds if no new fact arrives; None when refused. `program_version` is
    "CODE version", or None when no program was known.
    """

    gate: Gate | None
    at: datetime
    outcome: Outcome
    findings: tuple[Finding, ...]
    advisories: tuple[Advisory, ...]
    permitted_until: datetime | None
    program_version: str | None

    @property
    def is_permit(self) -> bool:
        """Whether the gate opens."""
        return self.outcome is Outcome.PERMIT

    @property
    def denying_rules(self) -> tuple[str, ...]:
        """The ids of the failing rules, in the order of section 13."""
        return tuple(finding.rule for finding in self.findings)
