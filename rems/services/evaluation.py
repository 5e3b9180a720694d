"""Ask the core about a gate and put down why (design, section 4, step 3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from uuid6 import uuid7

from accounts.models import User
from rems import core
from rems.errors import ClockSetBack
from rems.loaders import Asked, Fill, LoadedFacts, load_facts, load_many
from rems.locks import Parties
from rems.models import DecisionRecord


@dataclass(frozen=True, slots=True)
class Verdict:
    """The core's decision, the facts it rests on, and its record."""

    decision: core.Decision
    loaded: LoadedFacts
    record: DecisionRecord

    @property
    def is_permit(self) -> bool:
        """Whether the gate opens."""
        return self.decision.is_permit


def evaluate(
    *,
    parties: Parties,
    prescription_id: UUID | None,
    gate: core.Gate,
    fill: Fill,
    at: datetime,
    actor: User,
    subject_id: UUID | None,
) -> Verdict:
    """Decide, inside the caller's transaction and under the locks of a decision.

    `subject_id` is the order's key, made beforehand. The caller writes and seals the record, permit
    or refuse. Raises core.UnknownProgram when no version is in force, ClockSetBack: there is no
    record then.
    """
    loaded = load_facts(parties, prescription_id, fill, at)
    if loaded.known_at is not None and loaded.known_at > at:
        raise ClockSetBack(loaded.known_at - at)
    decision = core.decide(loaded.facts, loaded.program, gate, at)
    record_id = uuid7()
    record = DecisionRecord(
        id=record_id,
        patient_id=parties.patient_id,
        subject_id=subject_id,
        gate=gate.value,
        outcome=decision.outcome.value,
        at=at,
        permitted_until=decision.permitted_until,
        program_version_id=loaded.program_version_id,
        # A whole case, so that a record replays as it stands.
        facts={
            "id": str(record_id),
            **core.replayable_case(loaded.facts, at, loaded.program),
        },
        findings=[finding_data(finding) for finding in decision.findings],
        advisories=[advisory.code.value for advisory in decision.advisories],
        actor=actor,
    )
    return Verdict(decision, loaded, record)


def preview(
    *, parties: Parties, prescription_id: UUID | None, fill: Fill, at: datetime
) -> dict[core.Gate, core.Decision]:
    """What every gate would answer now. Takes no lock and records nothing: it opens no gate."""
    loaded = load_facts(parties, prescription_id, fill, at)
    return core.decide_all(loaded.facts, loaded.program, at)


@dataclass(frozen=True, slots=True)
class Preview:
    """What every gate would answer now, and the facts behind it. It opens no gate."""

    loaded: LoadedFacts
    decisions: dict[core.Gate, core.Decision]


def preview_many(asked: Sequence[Asked], at: datetime) -> list[Preview]:
    """A preview of each fill, in one round trip. Takes no lock and records nothing.

    Raises core.UnknownProgram when no version of one's program is in force.
    """
    return [
        Preview(loaded, core.decide_all(loaded.facts, loaded.program, at))
        for loaded in load_many(asked, at)
    ]


def finding_data(finding: core.Finding) -> dict[str, Any]:
    """A finding as the decision record keeps it."""
    return {"rule": finding.rule, "code": finding.code.value, "seen": finding.seen}
