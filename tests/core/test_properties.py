"""What must hold for every case anyone can construct; the cases are made from a seed."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pharmacy.simulation import oracle
from rems.core import (
    CREDENTIALS,
    PROGRAMS,
    RULES,
    Facts,
    Gate,
    Outcome,
    answer_case,
    decide,
    decide_all,
    facts_from_case,
)
from tests.core.aimed import any_case
from tests.core.generated import iso, read

PROGRAM = PROGRAMS[0]
MICROSECOND = timedelta(microseconds=1)
SEEDS = st.integers(min_value=0, max_value=2**40)
CASES = SEEDS.map(any_case)


def letters(case: dict[str, Any]) -> str:
    return str(answer_case(case)["outcome"])


@settings(max_examples=1500, deadline=None)
@given(CASES)
def test_two_readings_of_the_rules_agree(case: dict[str, Any]) -> None:
    answer = answer_case(case)
    assert (answer["outcome"], answer["deny"]) == oracle.judge(case)


@settings(max_examples=1500, deadline=None)
@given(CASES)
def test_a_permit_holds_until_the_last_instant_and_not_a_microsecond_longer(
    case: dict[str, Any],
) -> None:
    at, facts = facts_from_case(case)
    _assert_exact(facts, at)


@settings(max_examples=500, deadline=None)
@given(CASES, st.sampled_from(CREDENTIALS), st.integers(min_value=1, max_value=40 * 24))
def test_a_permit_ends_a_microsecond_before_a_credential_that_it_rests_on(
    case: dict[str, Any], credential: str, hours: int
) -> None:
    at, lasting = facts_from_case(case)
    ends_at = at + timedelta(hours=hours)
    end: dict[str, Any] = {f"{credential}_until": ends_at}
    ending = replace(lasting, **end)
    _assert_exact(ending, at)
    rests_on_it = set(Gate) - ({Gate.CHECKOUT} if credential == "pharmacist_trained" else set())
    for gate, decision in decide_all(ending, PROGRAM, at).items():
        before = decide(lasting, PROGRAM, gate, at)
        assert decision.outcome is before.outcome
        if before.permitted_until is not None and gate in rests_on_it:
            assert decision.permitted_until == min(before.permitted_until, ends_at - MICROSECOND)
        else:
            assert decision.permitted_until == before.permitted_until


def _assert_exact(facts: Facts, at: datetime) -> None:
    for gate, decision in decide_all(facts, PROGRAM, at).items():
        until = decision.permitted_until
        assert (until is None) is (decision.outcome is Outcome.REFUSE)
        if until is not None:
            assert until >= at
            assert decide(facts, PROGRAM, gate, until).is_permit
            assert not decide(facts, PROGRAM, gate, until + MICROSECOND).is_permit


@settings(max_examples=400, deadline=None)
@given(CASES, st.floats(min_value=0, max_value=1))
def test_a_permit_holds_at_every_instant_in_between(case: dict[str, Any], share: float) -> None:
    at, facts = facts_from_case(case)
    for gate, decision in decide_all(facts, PROGRAM, at).items():
        if decision.permitted_until is not None:
            between = at + (decision.permitted_until - at) * share
            assert decide(facts, PROGRAM, gate, between).is_permit


@settings(max_examples=400, deadline=None)
@given(CASES)
def test_asking_one_gate_and_asking_all_give_the_same_answer(case: dict[str, Any]) -> None:
    at, facts = facts_from_case(case)
    together = decide_all(facts, PROGRAM, at)
    assert together == {gate: decide(facts, PROGRAM, gate, at) for gate in Gate}
    assert together[Gate.RELEASE] == replace(together[Gate.DISPENSE], gate=Gate.RELEASE)


@settings(max_examples=600, deadline=None)
@given(CASES, st.integers(min_value=-40 * 24, max_value=24), st.sampled_from(["pos", "ind"]))
def test_a_positive_test_never_turns_no_into_yes(
    case: dict[str, Any], hours: int, result: str
) -> None:
    worse = copy.deepcopy(case)
    taken = iso(read(case["now"]) + timedelta(hours=hours), case["facts"]["tz"])
    test = {"at": taken, "res": result, "sens": 25, "verified": True}
    worse["facts"]["tests"].append(test)
    _assert_not_better(case, worse)


@settings(max_examples=600, deadline=None)
@given(
    CASES,
    st.integers(min_value=-40 * 24, max_value=24),
    st.sampled_from(
        [
            "missed_period",
            "abnormal_bleeding",
            "contraception_stopped",
            "pregnancy_suspected",
            "positive_test",
            "category_review",
        ]
    ),
)
def test_an_open_hold_never_turns_no_into_yes(case: dict[str, Any], hours: int, kind: str) -> None:
    worse = copy.deepcopy(case)
    opened = iso(read(case["now"]) + timedelta(hours=hours), case["facts"]["tz"])
    worse["facts"]["holds"].append({"type": kind, "at": opened, "cleared_at": None})
    _assert_not_better(case, worse)
    if hours <= 0:
        assert letters(worse) == "NNN"


def _assert_not_better(case: dict[str, Any], worse: dict[str, Any]) -> None:
    before, after = letters(case), letters(worse)
    assert all(old == "Y" or new == "N" for old, new in zip(before, after, strict=True))


@settings(max_examples=500, deadline=None)
@given(CASES, st.integers(min_value=-200, max_value=200))
def test_shifting_everything_by_whole_weeks_keeps_the_answer(
    case: dict[str, Any], weeks: int
) -> None:
    still = copy.deepcopy(case)
    # Phoenix keeps one UTC offset; birthdays and calendar months do not count in weeks.
    still["facts"] |= {"tz": "America/Phoenix", "dob": "1950-01-01", "discontinued_at": None}
    for place in (still["facts"], still["facts"]["ppaf"] or {}, still["facts"]["rx"]):
        if "FNRP_ADULT" in place.get("cat", ""):
            place["cat"] = "MALE_ADULT"
    shifted = _shifted(still, timedelta(weeks=weeks))
    shifted["facts"]["dob"] = still["facts"]["dob"]
    assert answer_case(shifted)["deny"] == answer_case(still)["deny"]
    for gate, until in answer_case(still)["permitted_until"].items():
        moved = answer_case(shifted)["permitted_until"][gate]
        assert (moved and read(moved)) == (until and read(until) + timedelta(weeks=weeks))


def _shifted(value: Any, by: timedelta) -> Any:
    if isinstance(value, dict):
        return {key: _shifted(item, by) for key, item in value.items()}
    if isinstance(value, list):
        return [_shifted(item, by) for item in value]
    if isinstance(value, str) and len(value) == 10 and value[4:5] == "-":
        return (date.fromisoformat(value) + by).isoformat()
    if isinstance(value, str) and value[10:11] == "T":
        return (datetime.fromisoformat(value) + by).isoformat()
    return value


@settings(max_examples=400, deadline=None)
@given(CASES, SEEDS)
def test_the_order_of_recording_does_not_matter(case: dict[str, Any], seed: int) -> None:
    shuffled = copy.deepcopy(case)
    for kind in ("tests", "holds", "surveys"):
        Random(seed).shuffle(shuffled["facts"][kind])
    assert answer_case(shuffled) == answer_case(case)


@settings(max_examples=300, deadline=None)
@given(CASES)
def test_every_finding_says_who_can_cure_it_how_and_where(case: dict[str, Any]) -> None:
    at, facts = facts_from_case(case)
    by_id = {rule.id: rule for rule in RULES}
    for finding in decide(facts, PROGRAM, Gate.DISPENSE, at).findings:
        assert finding.code in by_id[finding.rule].codes
        assert finding.cure
        assert finding.owner
        assert finding.where
        assert finding.seen
        assert finding.seen in finding.for_pharmacist
        assert finding.for_patient


def test_over_20000_cases_each_rule_alone_refuses_at_least_100() -> None:
    alone: Counter[str] = Counter()
    judge: Callable[[int], list[str]] = lambda seed: answer_case(any_case(seed))["deny"]  # noqa: E731
    for seed in range(20_000):
        deny = judge(seed)
        if len(deny) == 1:
            alone[deny[0]] += 1
    assert {rule.id: alone[rule.id] for rule in RULES if alone[rule.id] < 100} == {}
