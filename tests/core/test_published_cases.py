"""The published cases, one readable row each: who, what is asked, what is answered."""

import json
from pathlib import Path
from typing import Any

import pytest

from pharmacy.simulation import oracle
from rems.core import answer_case, case_from_facts, facts_from_case

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "cases" / "decisions.jsonl").read_text().splitlines()
]


def test_all_sixty_published_cases_are_here() -> None:
    assert len({case["id"] for case in CASES}) == 60


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['id']}: {case['note']}")
def test_a_published_case_is_answered_as_published(case: dict[str, Any]) -> None:
    answer = answer_case(case)
    assert (answer["outcome"], answer["deny"]) == (case["expect"], case["deny"])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_a_published_case_survives_being_recorded_and_replayed(case: dict[str, Any]) -> None:
    at, facts = facts_from_case(case)
    recorded = json.loads(json.dumps({"id": case["id"], **case_from_facts(facts, at)}))
    assert facts_from_case(recorded) == (at, facts)
    assert answer_case(recorded) == answer_case(case)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_the_second_reading_of_the_rules_agrees_with_the_published_case(
    case: dict[str, Any],
) -> None:
    assert oracle.judge(case) == (case["expect"], case["deny"])
