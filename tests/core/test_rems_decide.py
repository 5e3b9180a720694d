"""`manage.py rems_decide` as a program: lines in, lines out, no database."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

from tests.core.generated import permitted_case

ROOT = Path(__file__).parents[2]
CASES = (Path(__file__).parent / "cases" / "decisions.jsonl").read_bytes()


def rems_decide(given: bytes, *options: str) -> tuple[list[dict[str, Any]], int, str]:
    """The answered lines, the exit code and what was said on standard error."""
    nowhere = "postgres://nobody:wrong@127.0.0.1:1/nowhere"
    done = subprocess.run(
        [sys.executable, "manage.py", "rems_decide", *options],
        input=given,
        capture_output=True,
        cwd=ROOT,
        check=False,
        env={**os.environ, "DATABASE_URL": nowhere, "DATABASE_OWNER_URL": nowhere},
        timeout=60,
    )
    lines = [json.loads(line) for line in done.stdout.decode().splitlines()]
    return lines, done.returncode, done.stderr.decode()


def test_it_agrees_with_every_published_case_and_needs_no_database() -> None:
    published = [json.loads(line) for line in CASES.splitlines()]
    answers, code, said = rems_decide(CASES)
    assert (code, said) == (0, "")
    assert [(x["id"], x["outcome"], x["deny"]) for x in answers] == [
        (x["id"], x["expect"], x["deny"]) for x in published
    ]
    assert set(answers[0]) == {"id", "outcome", "deny", "permitted_until", "advisories"}
    assert answers[0]["permitted_until"] == {
        "checkout": "2026-10-12T14:00:00-04:00",
        "approve": "2026-10-12T14:00:00-04:00",
        "dispense": "2026-10-08T23:59:59.999999-04:00",
    }


def test_malformed_lines_are_answered_and_the_others_too_and_it_exits_1_at_the_end() -> None:
    whole = permitted_case(Random(1))
    broken = json.loads(json.dumps(whole)) | {"id": "B"}
    del broken["facts"]["rx"]["days"]
    given = b"\n".join([b"nonsense", json.dumps(broken).encode(), b"", json.dumps(whole).encode()])
    answers, code, said = rems_decide(given)
    assert (code, said) == (1, "")
    assert answers[0] == {"id": None, "error": "case: not a JSON line"}
    assert answers[1] == {"id": "B", "error": "facts.rx.days: missing"}
    assert (answers[2]["id"], answers[2]["outcome"]) == ("G", "YYY")


def test_explain_says_each_finding_as_a_patient_and_as_a_pharmacist_would_read_it() -> None:
    answers, _, _ = rems_decide(CASES, "--explain")
    expired = next(x for x in answers if x["deny"] == ["R14"])
    (finding,) = expired["explain"]
    assert (finding["rule"], finding["owner"]) == ("R14", "prescriber")
    assert "R14" not in finding["patient"]
    assert "2026" in finding["pharmacist"]
    assert all(len(x["explain"]) == len(x["deny"]) for x in answers)


def test_a_reader_who_leaves_early_is_no_error() -> None:
    many = CASES * 40
    first = subprocess.run(
        f"{sys.executable} manage.py rems_decide | head -1",
        shell=True,
        input=many,
        capture_output=True,
        cwd=ROOT,
        check=False,
        timeout=60,
    )
    assert json.loads(first.stdout)["id"] == "T001"
    assert first.stderr == b""
