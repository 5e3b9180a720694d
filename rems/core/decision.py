"""The decision: every rule is asked, none stops the others, and doubt refuses."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from rems.core.advisories import advisories
from rems.core.calendar import MICROSECOND
from rems.core.facts import Facts, instant
from rems.core.findings import Advisory, Decision, Finding
from rems.core.programs import ProgramVersion
from rems.core.rules import BLOCKING, RULES_AT, Rule, Unmet
from rems.core.situation import Situation
from rems.core.vocabulary import Gate, Outcome, ReasonCode

# The rules that had something to say: a refusal, or the instant until which they hold.
Answers = list[tuple[Rule, Unmet | datetime]]

# The id under which a failure outside any single rule is told.
CORE = "CORE"


def decide(facts: Facts, program: ProgramVersion | None, gate: Gate, at: datetime) -> Decision:
    """The answer of one gate at the aware instant `at`, under that program version.

    Never raises for what the facts say: a rule that fails, an unknown gate and a missing program
    refuse. Raises ValueError for a naive `at`.
    """
    moment = instant(at)
    rules = RULES_AT.get(gate)
    if rules is None:
        return _refusal(None, moment, program, ReasonCode.UNKNOWN_GATE, f"gate {gate!r}")
    if program is None:
        return _refusal(gate, moment, None, ReasonCode.UNKNOWN_PROGRAM, "no program version")
    return _decided(facts, program, moment, {gate: rules})[gate]


def decide_all(
    facts: Facts,
    program: ProgramVersion | None,
    at: datetime,
    gates: tuple[Gate, ...] = tuple(Gate),
) -> dict[Gate, Decision]:
    """The answers of these gates at once, each as `decide` gives it."""
    moment = instant(at)
    if program is None:
        return {gate: decide(facts, None, gate, moment) for gate in gates}
    return _decided(facts, program, moment, {gate: RULES_AT[gate] for gate in gates})


def _decided(
    facts: Facts, program: ProgramVersion, at: datetime, gates: dict[Gate, tuple[Rule, ...]]
) -> dict[Gate, Decision]:
    try:
        situation = Situation(facts, program.terms, at)
        answers = _ask(max(gates.values(), key=len), situation)
        advice = advisories(situation)
        return {
            gate: _decision(gate, situation, program, rules, answers, advice)
            for gate, rules in gates.items()
        }
    except Exception as error:  # refuse by default: doubt about the facts is a refusal
        seen = type(error).__name__
        return {gate: _refusal(gate, at, program, ReasonCode.RULE_FAILED, seen) for gate in gates}


def _ask(rules: tuple[Rule, ...], situation: Situation) -> Answers:
    answers: Answers = []
    for rule in rules:
        try:
            answer = rule.test(situation)
        except Exception as error:  # a rule that raises is a refusing finding
            answer = Unmet(ReasonCode.RULE_FAILED, type(error).__name__)
        if answer is not None:
            answers.append((rule, answer))
    return answers


def _decision(
    gate: Gate,
    situation: Situation,
    program: ProgramVersion,
    rules: tuple[Rule, ...],
    answers: Answers,
    advice: tuple[Advisory, ...],
) -> Decision:
    """The decision of one gate, from the answers of its own rules among those given."""
    own = [pair for pair in answers if pair[0].gate in BLOCKING[gate]]
    findings = _findings(own)
    return Decision(
        gate=gate,
        at=situation.at,
        outcome=Outcome.REFUSE if findings else Outcome.PERMIT,
        findings=findings,
        advisories=advice,
        permitted_until=None if findings else _permitted_until(situation, program, rules, own),
        program_version=_name(program),
    )


def _findings(answers: Answers) -> tuple[Finding, ...]:
    return tuple(
        Finding(rule.id, answer.code, answer.seen, answer.moment)
        for rule, answer in answers
        if isinstance(answer, Unmet)
    )


def _permitted_until(
    situation: Situation, program: ProgramVersion, rules: tuple[Rule, ...], answers: Answers
) -> datetime | None:
    """The last permitted instant by this version of the program: the next one decides anew."""
    until, ends_at = _last_permitted(situation, rules, answers), program.in_force_until
    if ends_at is None or ends_at <= situation.at or (until is not None and until < ends_at):
        return until
    return ends_at - MICROSECOND


def _last_permitted(
    situation: Situation, rules: tuple[Rule, ...], answers: Answers
) -> datetime | None:
    """Walk forward over what is already on file for later, to the last instant that is permitted.

    Between two arrivals the situation changes by the clock alone, and each rule has said until
    when it holds; at an arrival every rule is asked again.
    """
    ends_at = _horizon(answers)
    for arrival in _arrivals(situation.facts, situation.at):
        if ends_at is not None and ends_at < arrival - MICROSECOND:
            break
        later = Situation(situation.facts, situation.terms, arrival)
        answers = _ask(rules, later)
        if _findings(answers):
            return arrival - MICROSECOND
        ends_at = _horizon(answers)
    return ends_at


def _horizon(answers: Answers) -> datetime | None:
    ends = [answer for _, answer in answers if isinstance(answer, datetime)]
    return min(ends) if ends else None


def _arrivals(facts: Facts, at: datetime) -> list[datetime]:
    """The later instants at which something on file begins to count, soonest first.

    Only what can end or extend a permit: all else that lies ahead already refuses now.
    """
    supply = facts.previous_supply
    moments: Iterable[datetime] = (
        *(test.collected_at for test in facts.pregnancy_tests),
        *(hold.opened_at for hold in facts.holds),
        *facts.surveys_completed_at,
        *((supply.dispensed_at,) if supply else ()),
    )
    return sorted({moment for moment in moments if moment > at})


def _refusal(
    gate: Gate | None,
    at: datetime,
    program: ProgramVersion | None,
    code: ReasonCode,
    seen: str,
) -> Decision:
    return Decision(
        gate=gate,
        at=at,
        outcome=Outcome.REFUSE,
        findings=(Finding(CORE, code, seen),),
        advisories=(),
        permitted_until=None,
        program_version=None if program is None else _name(program),
    )


def _name(program: ProgramVersion) -> str:
    return f"{program.program_code} {program.version}"
