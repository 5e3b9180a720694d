"""A case in, its answer out: plain JSON values, for `rems_decide` and for replaying records."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rems.core.calendar import zone_named
from rems.core.cases import MalformedCase, facts_from_case
from rems.core.decision import decide_all
from rems.core.facts import Facts
from rems.core.findings import Decision, Finding
from rems.core.programs import (
    InvalidProgram,
    ProgramVersion,
    UnknownProgram,
    first_version,
    program_in_force,
)
from rems.core.records import case_from_facts
from rems.core.vocabulary import Gate

DEFAULT_PROGRAM_CODE = "PS-POMALIDOMIDE"

_ANSWERED = (Gate.CHECKOUT, Gate.APPROVE, Gate.DISPENSE)


def answer_line(line: bytes | str, *, explain: bool = False) -> tuple[str, bool]:
    """One JSON line for one JSON line, and whether it could be judged.

    What cannot be judged is answered with its id (null where there is none) and an error that
    names the field.
    """
    try:
        case = json.loads(line, object_pairs_hook=_each_once)
    except MalformedCase as error:
        return _error_line(_id_of(json.loads(line)), str(error)), False
    except (ValueError, RecursionError):
        return _error_line(None, "case: not a JSON line"), False
    try:
        return json.dumps(answer_case(case, explain=explain)), True
    except MalformedCase as error:
        return _error_line(_id_of(case), str(error)), False
    except Exception as error:  # whatever a line holds, the others are answered
        return _error_line(_id_of(case), f"case: cannot be judged ({type(error).__name__})"), False


def answer_case(case: Any, *, explain: bool = False) -> dict[str, Any]:
    """The answer to one case; `expect`, `deny` and `note` are ignored.

    `deny` names the failing rules in the order of section 13, `permitted_until` an instant with
    the pharmacy's offset, or null where refused. Raises MalformedCase.
    """
    at, facts = facts_from_case(case)
    if _id_of(case) is None:
        raise MalformedCase("id", "missing")
    decisions = decide_all(facts, _program(case, at), at, _ANSWERED)
    last, zone = decisions[Gate.DISPENSE], zone_named(facts.time_zone)
    answer = {
        "id": case["id"],
        "outcome": "".join("Y" if decisions[gate].is_permit else "N" for gate in _ANSWERED),
        "deny": list(last.denying_rules),
        "permitted_until": {gate.value: _until(decisions[gate], zone) for gate in _ANSWERED},
        "advisories": [advisory.code.value for advisory in last.advisories],
    }
    return {**answer, "explain": [_explained(x) for x in last.findings]} if explain else answer


def replayable_case(facts: Facts, at: datetime, program: ProgramVersion) -> dict[str, Any]:
    """The case that is answered again as `program` answered it; with the version where it has to be.

    A version that this software does not bring itself is written out: without the database too, a
    record replays.
    """
    case = case_from_facts(facts, at)
    return case if _program(case, at) == program else {**case, "program": program.to_data()}


def _program(case: Mapping[str, Any], at: datetime) -> ProgramVersion:
    """The version that the case names as data, else the one in force, else (before it) the first."""
    if case.get("program") is not None:
        try:
            return ProgramVersion.from_data(case["program"])
        except InvalidProgram as error:
            raise MalformedCase("program", str(error)) from None
    try:
        return program_in_force(DEFAULT_PROGRAM_CODE, at)
    except UnknownProgram:
        return first_version(DEFAULT_PROGRAM_CODE)


def _until(decision: Decision, zone: ZoneInfo) -> str | None:
    until = decision.permitted_until
    return None if until is None else until.astimezone(zone).isoformat()


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object. Which of two results would count? Raises MalformedCase for a name given twice."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise MalformedCase(next(x for x in names if names.count(x) > 1), "given twice")
    return found


def _explained(finding: Finding) -> dict[str, str]:
    return {
        "rule": finding.rule,
        "code": finding.code.value,
        "owner": finding.owner.value,
        "patient": finding.for_patient,
        "pharmacist": finding.for_pharmacist,
    }


def _id_of(case: Any) -> str | int | None:
    """What names a case: text or a whole number."""
    case_id = case.get("id") if isinstance(case, dict) else None
    return case_id if isinstance(case_id, str) or type(case_id) is int else None


def _error_line(case_id: Any, error: str) -> str:
    return json.dumps({"id": case_id, "error": error})
