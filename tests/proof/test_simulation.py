"""The simulation, small: with faults nothing goes wrong, the same each time; without the gate it
does, and is seen."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.database import template_name

pytestmark = pytest.mark.short_proof

ROOT = Path(__file__).resolve().parents[2]
RUNS = {
    "faults": ("--patients", "10", "--days", "30", "--seed", "5", "--faults"),
    "the same again": ("--patients", "10", "--days", "30", "--seed", "5", "--faults"),
    "control": ("--patients", "6", "--days", "20", "--seed", "5", "--control"),
}
SECONDS = 600


def started(arguments: tuple[str, ...]) -> "subprocess.Popen[str]":
    """The command itself, in a process of its own, on a copy of the migrated database."""
    return subprocess.Popen(
        [sys.executable, "manage.py", "simulate", "--copy-of", template_name(), *arguments],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "pharmacy.settings.test"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture(scope="module")
def runs(django_db_setup: None) -> Iterator[dict[str, tuple[int, str, str]]]:
    """Exit status, report and progress of each run; they run beside each other."""
    with ExitStack() as stack:
        children = {name: stack.enter_context(started(given)) for name, given in RUNS.items()}
        told = {name: child.communicate(timeout=SECONDS) for name, child in children.items()}
        yield {name: (children[name].returncode, *told[name]) for name in RUNS}


def counts(report: str) -> dict[str, int]:
    """Each figure of the report, by its name."""
    lines = re.findall(r"^ *([\d,]+) (.+)$", report, re.MULTILINE)
    return {name: int(number.replace(",", "")) for number, name in lines}


def test_a_small_town_in_which_everything_dies_lets_nothing_unsafe_through(
    runs: dict[str, tuple[int, str, str]],
) -> None:
    status, report, progress = runs["faults"]
    assert status == 0, report + progress
    seen = counts(report)
    assert seen["violations"] == 0
    for step in ("checkout: yes", "approve: yes", "dispense: yes", "release: yes", "delivered"):
        assert seen[step], report
    rules = [name for name in seen if re.fullmatch(r"R\d\d", name)]
    assert len(rules) >= 10, rules
    assert seen["decisions replayed"] > 50
    assert seen["seals verified"] > 500
    assert seen["messages"], report
    assert any("killed" in name or "cut" in name for name in seen), report
    assert any(name.startswith("the provider ") for name in seen), report
    assert seen["times that everybody was planned anew"], report
    assert "day 30 of 30" in progress


def test_the_same_seed_gives_the_same_lives(runs: dict[str, tuple[int, str, str]]) -> None:
    assert runs["the same again"][1] == runs["faults"][1]


def test_control_without_the_gate_and_its_guards_the_violations_are_seen(
    runs: dict[str, tuple[int, str, str]],
) -> None:
    status, report, _ = runs["control"]
    assert status == 1
    seen = counts(report)
    assert seen["done, though what the pharmacy had received forbade it"], report
    assert seen["found by the audit"], report
