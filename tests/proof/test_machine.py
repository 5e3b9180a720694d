"""The stateful proof: everybody acts at random, and the answers are those of the rule sheet.

bin/test tests/proof -m short_proof   the short run, the same examples each time
bin/test tests/proof -m proof         the long run, new examples each time
"""

from __future__ import annotations

import os
import sys

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.proof.machine import PharmacyMachine

EXAMPLES = int(os.environ.get("PROOF_EXAMPLES", "200"))
COMMON = settings(
    deadline=None, database=None, suppress_health_check=list(HealthCheck), print_blob=True
)
SHORT = settings(
    COMMON,
    max_examples=8,
    stateful_step_count=20,
    derandomize=True,
    phases=[Phase.generate],
    report_multiple_bugs=False,
)
LONG = settings(
    COMMON, max_examples=EXAMPLES, stateful_step_count=50, phases=[Phase.generate, Phase.shrink]
)
GATES = ("checkout", "approve", "dispense", "release")


@pytest.mark.short_proof
def test_every_answer_is_the_notebooks_and_the_audit_finds_nothing(
    machine: type[PharmacyMachine],
) -> None:
    run_state_machine_as_test(machine, settings=SHORT)
    assert all(machine.seen[f"{gate}: yes"] for gate in GATES), machine.seen
    assert any(machine.seen[f"{gate}: no"] for gate in GATES), machine.seen


@pytest.mark.proof
def test_the_same_over_many_lives(machine: type[PharmacyMachine]) -> None:
    run_state_machine_as_test(machine, settings=LONG)
    sys.stdout.writelines(f"{times:7} {name}\n" for name, times in sorted(machine.seen.items()))
    for gate in GATES:
        assert machine.seen[f"{gate}: yes"], gate
        assert machine.seen[f"{gate}: no"], gate
