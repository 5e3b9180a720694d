"""The case format is strict: what is malformed is answered with the name of the field."""

from __future__ import annotations

import copy
import json
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rems.core import (
    PROGRAMS,
    MalformedCase,
    answer_case,
    answer_line,
    case_from_facts,
    facts_from_case,
)
from tests.core.aimed import any_case
from tests.core.generated import permitted_case

HOLD = {"type": "missed_period", "at": "2026-10-01T10:00:00Z", "cleared_at": None}


def whole_case() -> dict[str, Any]:
    """A case in which every part of the format is present."""
    case = permitted_case(Random(3), "FRP_ADULT")
    case["facts"]["holds"] = [dict(HOLD)]
    case["facts"]["surveys"] = ["2026-10-01T10:00:00Z"]
    case["facts"]["fnrp"] = {"type": "hysterectomy", "on": "2009-05-11"}
    case["facts"]["prev"] = {
        "dispensed_at": "2026-09-01T10:00:00Z",
        "start": "2026-09-02",
        "days": 28,
    }
    return case


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, dict):
        return [p for k, v in value.items() for p in [(*path, k), *_places(v, (*path, k))]]
    if isinstance(value, list):
        return [p for n, v in enumerate(value) for p in _places(v, (*path, n))]
    return []


def _named(path: tuple[Any, ...]) -> str:
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path).lstrip(".")


def _parent(case: Any, path: tuple[Any, ...]) -> Any:
    for key in path[:-1]:
        case = case[key]
    return case


NOT_REQUIRED = {("id",), ("facts", "product", "expires_on")}
REQUIRED = [path for path in _places(whole_case()) if path not in NOT_REQUIRED]


@pytest.mark.parametrize("path", REQUIRED, ids=_named)
def test_a_missing_field_is_named(path: tuple[Any, ...]) -> None:
    case = whole_case()
    del _parent(case, path)[path[-1]]
    with pytest.raises(MalformedCase) as caught:
        answer_case(case)
    assert (caught.value.field, caught.value.problem) == (_named(path), "missing")


WRONG: list[tuple[str, Any]] = [
    ("now", "2026-10-08T15:00:00"),
    ("now", "2026-10-08"),
    ("now", 1234567890),
    ("now", None),
    ("now", "0001-01-01T00:00:00+14:00"),
    ("facts", []),
    ("facts.tz", "Mars/Olympus"),
    ("facts.tz", 5),
    ("facts.cat", "FRP"),
    ("facts.cat", None),
    ("facts.cat", ["FRP_ADULT"]),
    ("facts.dob", "1984-03-02T00:00:00Z"),
    ("facts.dob", "1984-02-30"),
    ("facts.dob", "19840302"),
    ("facts.dob", 19840302),
    ("facts.dob", None),
    ("facts.dob", {"year": 1984}),
    ("facts.dob", ["1984-03-02"]),
    ("facts.dob", "soon"),
    ("facts.dob", "1984-W09-5"),
    ("facts.dob", "1984112112"),
    ("facts.allergy", 0),
    ("facts.allergy", 1),
    ("facts.allergy", "false"),
    ("facts.first_rx", None),
    ("facts.rx", None),
    ("facts.rx.days", True),
    ("facts.rx.days", 28.0),
    ("facts.rx.days", "28"),
    ("facts.rx.qty", None),
    ("facts.rx.channel", "pigeon"),
    ("facts.rx.auth_no", 1001),
    ("facts.rx.auth_issued_at", "2026-10-06T10:05:00"),
    ("facts.rx.cat", "MALE"),
    ("facts.ppaf", "signed"),
    ("facts.ppaf.status", None),
    ("facts.ppaf.signed_at", None),
    ("facts.tests", None),
    ("facts.tests", {}),
    ("facts.tests[0]", "neg"),
    ("facts.tests[0].res", "negative"),
    ("facts.tests[0].sens", True),
    ("facts.tests[0].sens", float("inf")),
    ("facts.tests[0].sens", float("nan")),
    ("facts.tests[0].sens", "25"),
    ("facts.holds[0].type", "missed"),
    ("facts.holds[0].at", None),
    ("facts.fnrp.type", "vasectomy"),
    ("facts.fnrp.on", None),
    ("facts.prev.start", "2026-09-02T00:00:00Z"),
    ("facts.surveys[0]", "2026-10-01"),
    ("facts.surveys", "2026-10-01T10:00:00Z"),
    ("facts.conf", "CONF-1"),
    ("facts.conf.at", "yesterday"),
    ("facts.mode", "drone"),
    ("facts.product", None),
    ("facts.product.expired", None),
    ("facts.therapy_start", "2026-10-01T00:00:00Z"),
    ("facts.discontinued_at", "2026-10-01"),
]


def _put(case: dict[str, Any], field: str, value: Any) -> None:
    path = field.replace("[", ".").replace("]", "").split(".")
    keys = [int(key) if key.isdigit() else key for key in path]
    _parent(case, tuple(keys))[keys[-1]] = value


@pytest.mark.parametrize(("field", "value"), WRONG, ids=str)
def test_a_wrong_value_is_named(field: str, value: Any) -> None:
    case = whole_case()
    _put(case, field, value)
    answer, judged = answer_line(json.dumps(case))
    assert not judged
    assert json.loads(answer)["id"] == "G"
    assert json.loads(answer)["error"].startswith(f"{field}: ")


def test_of_an_unknown_word_the_known_ones_are_told() -> None:
    case = whole_case()
    case["facts"]["rx"]["channel"] = "pigeon"
    with pytest.raises(
        MalformedCase, match=r"^facts\.rx\.channel: expected one of .+, got 'pigeon'"
    ):
        facts_from_case(case)


def test_a_date_that_is_an_object_is_no_missing_date() -> None:
    case = whole_case()
    case["facts"]["dob"] = {str(digit): digit for digit in range(10)}
    with pytest.raises(MalformedCase, match=r"^facts\.dob: expected a date such as"):
        facts_from_case(case)


@pytest.mark.parametrize(("length", "told"), [(2, "whole"), (58, "whole"), (59, "cut")])
def test_a_long_value_is_not_told_whole(length: int, told: str) -> None:
    case = whole_case()
    case["facts"]["rx"]["days"] = "7" * length
    with pytest.raises(MalformedCase) as caught:
        facts_from_case(case)
    shown = "'" + "7" * length + "'" if told == "whole" else "'" + "7" * 56 + "..."
    assert caught.value.problem == f"expected a whole number, got {shown}"


@pytest.mark.parametrize("word", [1, "true", None, False])
def test_only_true_says_that_a_case_is_incomplete(word: Any) -> None:
    case = {**whole_case(), "incomplete": word}
    case["facts"]["rx"] = None
    with pytest.raises(MalformedCase, match=r"facts\.rx: expected an object"):
        facts_from_case(case)


@pytest.mark.parametrize(
    ("part", "extra"),
    [("rx", "auto_ship"), ("product", "expires_on"), ("", "indication"), ("", "on_dialysis")],
)
def test_an_optional_field_is_checked_where_it_is_given(part: str, extra: str) -> None:
    case = whole_case()
    place = case["facts"][part] if part else case["facts"]
    place[extra] = "perhaps"
    with pytest.raises(MalformedCase, match=extra):
        facts_from_case(case)


@pytest.mark.parametrize(
    ("field", "rule"),
    [
        ("facts.ppaf", "R03"),
        ("facts.conf", "R40"),
        ("facts.conf.at", "R40"),
        ("facts.conf.no", "R40"),
        ("facts.rx.auth_no", "R13"),
        ("facts.rx.auth_issued_at", "R13"),
        ("facts.counselled_at", "R43"),
        ("facts.approved_at", "R48"),
    ],
)
def test_what_may_be_null_is_absent_and_refused(field: str, rule: str) -> None:
    case = permitted_case(Random(3), "FRP_ADULT")
    _put(case, field, None)
    assert answer_case(case)["deny"] == [rule]


def test_findings_are_explained_where_that_is_asked_for_by_its_name() -> None:
    case = permitted_case(Random(3)) | {"now": "2031-01-01T12:00:00Z"}
    line = json.dumps(case)
    assert "explain" not in answer_case(case)
    assert "explain" not in json.loads(answer_line(line)[0])
    explained = json.loads(answer_line(line, explain=True)[0])["explain"]
    assert [x["rule"] for x in explained] == answer_case(case)["deny"] != []
    for answer in (answer_case, answer_line):
        with pytest.raises(TypeError, match="positional"):
            answer(case, True)  # type: ignore[operator]


def test_unknown_extra_fields_are_ignored() -> None:
    case = permitted_case(Random(3))
    before = answer_case(case)
    case["facts"]["shoe_size"] = case["note"] = case["expect"] = "NNN"
    case["facts"] |= {f"extra_{number}": number for number in range(300)}
    assert answer_case(case) == before
    assert answer_line(json.dumps(case)) == (json.dumps(before), True)


@pytest.mark.parametrize("missing", [None, [], {}, 1.5, True, float("nan")])
def test_a_case_has_an_id(missing: Any) -> None:
    answer, judged = answer_line(json.dumps({**permitted_case(Random(3)), "id": missing}))
    assert not judged
    assert json.loads(answer) == {"id": None, "error": "id: missing"}


@pytest.mark.parametrize("place", [("id",), ("facts", "rx", "days")])
def test_a_value_nested_too_deep_is_answered_like_any_other_malformed_one(
    place: tuple[str, ...],
) -> None:
    case = permitted_case(Random(3))
    _parent(case, place)[place[-1]] = "@"
    for depth in range(900, 1_000):
        line = json.dumps(case).replace('"@"', "[" * depth + "]" * depth)
        answer, judged = answer_line(line)
        assert "error" in json.loads(answer)
        assert not judged


def test_a_version_with_limits_beyond_every_calendar_is_malformed() -> None:
    case = permitted_case(Random(3))
    for value in (10**12, 10**30):
        data = PROGRAMS[0].to_data()
        next(x for x in data["limits"] if x["key"] == "survey_life")["value"] = value
        answer, judged = answer_line(json.dumps({**case, "program": data}))
        assert not judged
        assert json.loads(answer)["error"].startswith("program")


@pytest.mark.parametrize(
    ("change", "deny"),
    [
        ({"dob": "9990-01-01"}, ["R09"]),
        ({"dob": "9990-01-01", "allergy": True}, ["R52", "R09"]),
        ({"discontinued_at": "9999-06-01T00:00:00Z"}, []),
    ],
)
def test_a_date_at_the_end_of_the_calendar_fails_its_own_rule_alone(
    change: dict[str, Any], deny: list[str]
) -> None:
    case = permitted_case(Random(3), "MALE_ADULT")
    case["facts"] |= change
    assert answer_case(case)["deny"] == deny


def test_a_test_at_the_beginning_of_the_calendar_changes_nothing_for_the_others() -> None:
    case = permitted_case(Random(3), "FRP_ADULT")
    before = answer_case(case)
    first = {"at": "0001-01-01T00:00:00Z", "res": "neg", "sens": 25, "verified": True}
    case["facts"]["tests"].append(first)
    assert before["deny"] == answer_case(case)["deny"] == []


@pytest.mark.parametrize(
    "line", [b"", b"nonsense", b"{", b"\xff\xfe\xfd", b"[" * 100_000, b'{"id":"a"} {"id":"b"}']
)
def test_what_is_no_json_at_all_is_answered_without_an_id(line: bytes) -> None:
    answer, judged = answer_line(line)
    assert not judged
    assert json.loads(answer) == {"id": None, "error": "case: not a JSON line"}


@pytest.mark.parametrize(
    ("once", "twice", "field"),
    [
        ('"res": "neg"', '"res": "pos", "res": "neg"', "res"),
        ('"first_rx": true', '"first_rx": false, "extra": 1, "first_rx": true', "first_rx"),
        ('"now": ', '"now": "2020-01-01T00:00:00Z", "now": ', "now"),
    ],
)
def test_a_field_that_is_given_twice_says_nothing_for_certain(
    once: str, twice: str, field: str
) -> None:
    line = json.dumps(whole_case()).replace('"first_rx": false', '"first_rx": true')
    assert once in line
    answer, judged = answer_line(line.replace(once, twice, 1))
    assert not judged
    assert json.loads(answer) == {"id": whole_case()["id"], "error": f"{field}: given twice"}


@pytest.mark.parametrize("line", ["[]", "3", '"text"', "null"])
def test_what_is_no_object_is_answered_without_an_id(line: str) -> None:
    answer, judged = answer_line(line)
    assert not judged
    assert json.loads(answer)["id"] is None
    assert "expected an object" in json.loads(answer)["error"]


@settings(max_examples=500, deadline=None)
@given(st.integers(min_value=0, max_value=2**40))
def test_a_record_is_the_exact_inverse_of_a_case(seed: int) -> None:
    at, facts = facts_from_case(any_case(seed))
    record = json.loads(json.dumps(case_from_facts(facts, at)))
    assert facts_from_case(record) == (at, facts)
    again = case_from_facts(*reversed(facts_from_case(record)))
    assert again == record


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=4,
)


@settings(max_examples=800, deadline=None)
@given(st.sampled_from([("id",), *REQUIRED]), JSON)
def test_no_value_anywhere_breaks_the_answer(path: tuple[Any, ...], value: Any) -> None:
    case = copy.deepcopy(whole_case())
    _parent(case, path)[path[-1]] = value
    answer, judged = answer_line(json.dumps(case))
    assert ("error" in json.loads(answer)) is not judged


@pytest.mark.parametrize("year", ["0001", "9999"])
def test_the_ends_of_the_calendar_refuse_and_do_not_break(year: str) -> None:
    case = permitted_case(Random(3), "FRP_ADULT")
    case["now"] = f"{year}-12-31T20:00:00Z"
    case["facts"]["dob"] = f"{year}-12-31"
    case["facts"]["rx"]["auth_issued_at"] = case["facts"]["conf"]["at"] = case["now"]
    case["facts"]["tests"][0]["at"] = case["facts"]["discontinued_at"] = case["now"]
    answer, judged = answer_line(json.dumps(case))
    assert judged
    assert json.loads(answer)["outcome"] == "NNN"
