"""A refusal in words: what is missing, what would cure it, who can, and where."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from orders.pages.words import GATE_WORDS, OWNER_WORDS, say_instant
from rems import core
from rems.models import DecisionRecord

# The address where a finding is cured, for this reader; empty when the reader cannot go there.
Link = Callable[[core.Place], str]


@dataclass(frozen=True, slots=True)
class FindingLine:
    """One finding as a page shows it."""

    rule: str
    text: str
    cure: str
    who: str
    url: str
    when: str = ""
    is_pending: bool = False


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """One recorded answer of the rules."""

    gate: str
    is_permit: bool
    when: str
    who: str
    findings: tuple[str, ...]


def patient_lines(
    findings: Iterable[core.Finding], link: Link, zone: ZoneInfo
) -> tuple[FindingLine, ...]:
    """Findings in the plain words that are meant for the patient."""
    return tuple(_line(finding, finding.for_patient, link, zone) for finding in findings)


def staff_lines(
    findings: Iterable[core.Finding], link: Link, zone: ZoneInfo
) -> tuple[FindingLine, ...]:
    """Findings with their rule and figures, as a pharmacist reads them."""
    return tuple(_line(finding, finding.for_pharmacist, link, zone) for finding in findings)


def decision_line(record: DecisionRecord, zone: ZoneInfo) -> DecisionLine:
    """A stored decision in words. A reason that this release no longer knows is shown as it is."""
    return DecisionLine(
        gate=GATE_WORDS.get(record.gate, record.gate),
        is_permit=record.outcome == core.Outcome.PERMIT,
        when=say_instant(record.at, zone),
        who=str(record.actor),
        findings=tuple(_recorded(entry) for entry in record.findings),
    )


def _line(finding: core.Finding, text: str, link: Link, zone: ZoneInfo) -> FindingLine:
    return FindingLine(
        rule=finding.rule,
        text=text,
        cure=finding.cure,
        who=OWNER_WORDS[finding.owner],
        url=link(finding.where),
        when=_moment(finding.moment, zone),
        is_pending=finding.pending_at_pharmacy,
    )


def _moment(moment: datetime | date | None, zone: ZoneInfo) -> str:
    if moment is None:
        return ""
    if isinstance(moment, datetime):
        return say_instant(moment, zone)
    return f"{moment:%B} {moment.day}, {moment.year}"


def _recorded(entry: dict[str, str]) -> str:
    try:
        code = core.ReasonCode(entry["code"])
    except ValueError:
        return f"{entry['rule']} {entry['code']}: {entry['seen']}"
    return core.Finding(entry["rule"], code, entry["seen"]).for_pharmacist
