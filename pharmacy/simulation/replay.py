"""Does a decision record still give its answer, when its facts are put to `rems_decide` again?"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from rems import core

PLACE_IN_OUTCOME = {"checkout": 0, "approve": 1, "dispense": 2, "release": 2}
DECISIONS = """
SELECT d.id::text, d.gate, d.outcome, d.permitted_until, d.facts, d.findings, d.advisories, v.data
FROM rems_decisionrecord d JOIN rems_programversion v ON v.id = d.program_version_id
WHERE d.id > %s ORDER BY d.id
"""
NOBODY = "00000000-0000-0000-0000-000000000000"


def disagreement(
    key: str,
    gate: str,
    outcome: str,
    permitted_until: datetime | None,
    facts: dict[str, Any],
    findings: list[dict[str, Any]],
    advisories: list[str],
    program: dict[str, Any],
) -> str:
    """How the record's facts, judged under its stored version, answer otherwise; else empty."""
    line, is_judged = core.answer_line(json.dumps({"id": key, "program": program, **facts}))
    if not is_judged:
        return f"decision {key} is no case: {line}"
    answer = json.loads(line)
    until = answer["permitted_until"]["dispense" if gate == "release" else gate]
    rules = [finding["rule"] for finding in findings]
    asked_all = gate in ("dispense", "release")
    denying = [rule for rule in answer["deny"] if asked_all or rule in rules]
    recorded = ("Y" if outcome == "permit" else "N", permitted_until, rules, advisories)
    replayed = (
        answer["outcome"][PLACE_IN_OUTCOME[gate]],
        until and datetime.fromisoformat(until),
        denying,
        answer["advisories"],
    )
    return "" if recorded == replayed else f"decision {key}: recorded {recorded}, now {replayed}"
