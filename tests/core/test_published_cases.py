"""The published cases, one readable row each: who, what is asked, what is answered."""

import json
from pathlib import Path
from typing import Any

import pytest

from pharmacy.simulation import oracle
from rems.core import answer_case, case_from_facts, facts_from_case
from tests.core.people import NOON, gus
from tests.core.versions import deciding

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


def test_the_first_published_case_is_answered_with_all_that_an_answer_tells() -> None:
    assert answer_case(CASES[0]) == {
        "id": "T001",
        "outcome": "YYY",
        "deny": [],
        "permitted_until": {
            "checkout": "2026-10-12T14:00:00-04:00",
            "approve": "2026-10-12T14:00:00-04:00",
            "dispense": "2026-10-08T23:59:59.999999-04:00",
        },
        "advisories": [],
    }
    a_boy = {"id": 7, **case_from_facts(gus, NOON)}
    assert (answer_case(a_boy)["id"], answer_case(a_boy)["advisories"]) == (7, ["PATIENT_UNDER_18"])


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


# The owner's other choice, by which the note of a case says that its answer turns.
OTHER_READINGS = {
    "T042": ("D8", "allowed"),
    "T079": ("D1", "end_of_local_day"),
    "T082": ("D1", "end_of_local_day"),
}


def test_a_case_with_another_reading_turns_when_the_owner_decides_for_it() -> None:
    turning = {case["id"]: case for case in CASES if "alt" in case}
    assert set(turning) == set(OTHER_READINGS)
    for case_id, decided in OTHER_READINGS.items():
        case = turning[case_id]
        answer = answer_case({**case, "program": deciding(*decided).to_data()})
        assert case["alt"].startswith(answer["outcome"]), case_id
        assert answer["deny"] == [], case_id
