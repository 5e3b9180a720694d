"""How fast the gate is: each figure beside a bare one, taken in turns in the same run.

Run `python bench/gate.py`: makes a throwaway store with servers of its own (durable, as the real
one), lives through fills by the real services, prints medians and ratios, and removes everything.
What the store keeps is never touched. `--cycles N` past cycles (60), `--rounds N` fills to take
the median of (20), `--at-once N` checkouts (50). Exits 1 when a target is missed.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench import core
from bench.scratch import scratch_store


def main() -> int:
    """Print every figure; 1 when a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cycles", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--at-once", type=int, default=50)
    asked = parser.parse_args()
    missed = core.main()
    with scratch_store() as scratch:
        # Django is set up by now; these need it.
        from bench.crowd import measure_crowd
        from bench.steps import Measured

        measured = Measured(scratch, asked.cycles)
        for _ in range(asked.rounds):
            measured.take_a_round()
        missed += measured.report()
        missed += measure_crowd(asked.at_once)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
