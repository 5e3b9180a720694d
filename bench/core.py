"""How long a decision takes in the core, and how many cases a second `rems_decide` answers.

Run `python bench/core.py`: prints microseconds per decision (median over generated cases, one
core) and cases per second, JSON included. Exits 1 above 100 microseconds or below 5,000 a second.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import process_time

sys.path.insert(0, str(Path(__file__).parents[1]))

from rems.core import PROGRAMS, Gate, answer_line, decide, facts_from_case
from tests.core.aimed import any_case

MOST_MICROSECONDS = 100
LEAST_CASES_A_SECOND = 5_000
CASES = [any_case(seed) for seed in range(2_000)]


def seconds(work: Callable[[], object], rounds: int = 7) -> float:
    """The median time of one round, of the processor alone: others may share it."""

    def once() -> float:
        began = process_time()
        work()
        return process_time() - began

    return median(once() for _ in range(rounds))


def microseconds_a_decision() -> float:
    """One gate (dispense: all rules, permitted_until included)."""
    known = [facts_from_case(case) for case in CASES]
    took = seconds(lambda: [decide(f, PROGRAMS[0], Gate.DISPENSE, at) for at, f in known])
    return took / len(CASES) * 1e6


def cases_a_second() -> float:
    """From a JSON line to a JSON line, three gates each."""
    lines = [json.dumps(case) for case in CASES]
    return len(CASES) / seconds(lambda: [answer_line(line) for line in lines])


def main() -> int:
    """Print both figures; 1 when a target is missed."""
    took, answered = microseconds_a_decision(), cases_a_second()
    print(f"a decision in the core: {took:.0f} microseconds (target: at most {MOST_MICROSECONDS})")
    print(f"rems_decide: {answered:.0f} cases a second (target: at least {LEAST_CASES_A_SECOND})")
    return 0 if took <= MOST_MICROSECONDS and answered >= LEAST_CASES_A_SECOND else 1


if __name__ == "__main__":
    sys.exit(main())
