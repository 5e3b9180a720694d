"""Try every mutant and say what became of it: `bin/mutation`, or `bin/mutation FILE ...`.

Exits 1 when fewer than 95 in 100 are killed, or when the survivors are not exactly those that
docs/mutants.md lists.
"""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from multiprocessing import get_context

from mutants.found import ROOT, Found, Mutant, mutants_of, mutated_files
from mutants.listed import Difference, compare
from mutants.trial import TrialFailed, Verdict, try_mutant, warm_up

LEAST_KILLED_PERCENT = 95
EVERY_SECONDS = 15


def say(text: str) -> None:
    """One line for the person who waits."""
    print(text, flush=True)


def main() -> None:
    files = tuple(sys.argv[1:]) or mutated_files()
    if unknown := sorted(set(files) - set(mutated_files())):
        sys.exit(f"Not among what is mutated: {', '.join(unknown)}")
    try:
        sys.exit(0 if _is_well(files) else 1)
    except TrialFailed as error:
        sys.exit(str(error))


def _is_well(files: tuple[str, ...]) -> bool:
    warm_up()
    say("Running the tests on the program as it is")
    path = files[0]
    if try_mutant(path, (ROOT / path).read_text(encoding="utf-8")) is not Verdict.SURVIVED:
        raise TrialFailed("The tests fail on the unchanged program: no mutant can be judged.")
    with ProcessPoolExecutor(os.cpu_count(), get_context("fork")) as pool:
        say("Looking for mutants")
        mutants = _all_mutants(list(pool.map(mutants_of, files)))
        verdicts = _verdicts(pool, mutants)
    survivors = [mutant for mutant in mutants if verdicts[mutant] is Verdict.SURVIVED]
    return _report(verdicts, survivors, compare(survivors, files))


def _all_mutants(found: list[Found]) -> list[Mutant]:
    mutants = [mutant for one in found for mutant in one.mutants]
    say(
        f"{len(mutants)} mutants. Left out: {sum(x.in_annotations for x in found)} in type"
        f" annotations, {sum(x.not_python for x in found)} that are not Python,"
        f" {sum(x.twice for x in found)} that equal another."
    )
    return mutants


def _verdicts(pool: ProcessPoolExecutor, mutants: list[Mutant]) -> dict[Mutant, Verdict]:
    trials = {pool.submit(try_mutant, mutant.path, mutant.source): mutant for mutant in mutants}
    verdicts: dict[Mutant, Verdict] = {}
    for trial in _with_progress(trials, verdicts):
        verdicts[trials[trial]] = trial.result()
        if trial.result() is Verdict.SURVIVED:
            say(f"  survives, line {trials[trial].line}: {trials[trial].name}")
    return verdicts


def _with_progress(
    trials: dict[Future[Verdict], Mutant], verdicts: dict[Mutant, Verdict]
) -> Iterator[Future[Verdict]]:
    began = said = time.monotonic()
    for trial in as_completed(trials):
        yield trial
        if time.monotonic() - said > EVERY_SECONDS:
            said = time.monotonic()
            tried = f"{len(verdicts)} of {len(trials)} tried"
            say(f"  {tried}, {_counted(verdicts)} ({said - began:.0f} s)")


def _counted(verdicts: dict[Mutant, Verdict]) -> str:
    counts = Counter(verdicts.values())
    return ", ".join(f"{counts[verdict]} {verdict.value}" for verdict in Verdict)


def _report(
    verdicts: dict[Mutant, Verdict], survivors: list[Mutant], difference: Difference
) -> bool:
    percent = 100 * (1 - len(survivors) / len(verdicts)) if verdicts else 100.0
    say(f"\n{len(verdicts)} mutants: {_counted(verdicts)}.")
    say(f"{percent:.2f} % killed (timed out counts as killed).")
    for name in difference.unlisted:
        say(f"Survives, and docs/mutants.md gives no reason:\n- {name}")
    for name in difference.stale:
        say(f"Listed in docs/mutants.md, but it does not survive (any more):\n- {name}")
    if percent < LEAST_KILLED_PERCENT:
        say(f"Fewer than {LEAST_KILLED_PERCENT} % are killed.")
    return difference.is_none and percent >= LEAST_KILLED_PERCENT


if __name__ == "__main__":
    main()
