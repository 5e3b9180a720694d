"""One mutant on trial: a forked child in which one module is served changed runs the tests.

The child of a process that has loaded pytest and Hypothesis starts at once; a new interpreter for
each mutant would take longer than most trials. The tree on disk is never touched.
"""

from __future__ import annotations

import builtins
import contextlib
import gc
import os
import resource
import signal
import sys
import time
import warnings
from enum import Enum
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType

import pytest
from cosmic_ray.exceptions import CosmicRayTestingException

from mutants.found import ROOT

# The module's own tests first: most mutants fall to a named case within half a second. Cases made
# at random are left out (a mistake that only they find is one that nobody has named), and so is
# tests/core/test_rems_decide.py: it starts programs of its own, which read the unchanged files.
OWN = {
    "advisories": "test_advisories",
    "calendar": "test_calendar",
    "cases": "test_case_format",
    "decision": "test_absent_facts",
    "facts": "test_values",
    "findings": "test_absent_facts",
    "patient": "test_patient_rules",
    "pharmacy": "test_pharmacy_rules",
    "prescription": "test_prescription_rules",
    "rules": "test_rules_document",
    "programs": "test_programs",
    "records": "test_published_cases",
    "replay": "test_published_cases",
    "course": "test_schedule_course",
    "falling_due": "test_schedule_course",
    "house": "test_schedule_course",
    "label": "test_schedule_counts",
    "leads": "test_reminders_document",
    "moments": "test_schedule_moments",
    "schedule": "test_schedule",
    "states": "test_order_states",
    "testing": "test_testing_rules",
    "vocabulary": "test_values",
    "wording": "test_values",
}
STAGES = (
    ("test_patient_rules", "test_prescription_rules", "test_testing_rules", "test_pharmacy_rules"),
    (
        *("test_absent_facts", "test_advisories", "test_order_states", "test_schedule"),
        *("test_schedule_course", "test_schedule_moments", "test_schedule_edges"),
        *("test_schedule_days", "test_schedule_precautions", "test_schedule_counts"),
        "test_reminders_document",
        *("test_programs", "test_values", "test_calendar", "test_rules_document"),
        *("test_published_cases", "test_case_format"),
    ),
)
# Seconds of the processor, not of the clock: a busy machine kills no mutant.
MOST_SECONDS = 60
MOST_MEMORY = 3 * 2**30
PATIENCE = 20 * MOST_SECONDS
# The code of a child that failed before any test was asked; pytest's own are smaller.
NOT_BEGUN = 99


class Verdict(Enum):
    """How a trial ended."""

    KILLED = "killed"
    TIMED_OUT = "timed out"
    SURVIVED = "survived"


class TrialFailed(Exception):
    """The tests could not be run at all: neither verdict would mean anything."""


def warm_up() -> None:
    """Load what the tests load, and forget what is ours: each child loads that anew, changed."""
    every = tuple(name for names in STAGES for name in names)
    with open(os.devnull, "w") as quiet, contextlib.redirect_stdout(quiet):
        pytest.main(["--collect-only", *_arguments(every)])
    ours = [
        name
        for name in sys.modules
        if name.split(".")[0] in ("rems", "orders", "pharmacy", "tests")
    ]
    for name in ours + [name for name in every if name in sys.modules]:
        del sys.modules[name]
    gc.freeze()


def try_mutant(path: str, source: str) -> Verdict:
    """Run the tests while the module at `path` is `source`. Raises TrialFailed."""
    child = os.fork()
    if child == 0:
        _in_child(path, source)
    status = _wait(child)
    if os.WIFSIGNALED(status):
        by_time = os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL)
        return Verdict.TIMED_OUT if by_time else Verdict.KILLED
    code = os.WEXITSTATUS(status)
    if code in (NOT_BEGUN, pytest.ExitCode.USAGE_ERROR, pytest.ExitCode.NO_TESTS_COLLECTED):
        raise TrialFailed(f"The tests could not be begun for {path}: code {code}.")
    return Verdict.SURVIVED if code == pytest.ExitCode.OK else Verdict.KILLED


def _wait(child: int) -> int:
    """The child's status; one that sleeps for ever uses no processor, and is ended by the clock."""
    began, pause = time.monotonic(), 0.01
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return status
        if time.monotonic() - began > PATIENCE:
            os.kill(child, signal.SIGKILL)
        time.sleep(pause)
        pause = min(pause * 1.2, 0.2)


def _in_child(path: str, source: str) -> None:
    """Serve the mutant, run the tests, and end the process with pytest's code."""
    code: int = NOT_BEGUN
    try:
        _bound()
        sys.meta_path.insert(0, _Served(path, source))
        # What cosmic-ray puts in the place of an exception's name: a class that nobody raises.
        vars(builtins)["CosmicRayTestingException"] = CosmicRayTestingException
        for names in _stages(path):
            code = pytest.ExitCode.INTERNAL_ERROR
            code = pytest.main(_arguments(names), [_NamedCases()])
            if code != pytest.ExitCode.OK:
                break
    finally:
        os._exit(code)


def _bound() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS + 5))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    quiet = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(quiet, stream)
    warnings.simplefilter("ignore")


def _stages(path: str) -> list[tuple[str, ...]]:
    own = OWN.get(Path(path).stem) or OWN.get(Path(path).parent.name) or STAGES[0][0]
    return [(own,), *(tuple(name for name in names if name != own) for names in STAGES)]


def _arguments(names: tuple[str, ...]) -> list[str]:
    tests = ROOT / "tests" / "core"
    settings = ["-c", str(ROOT / "bin/mutants/pytest.ini"), "--rootdir", str(ROOT)]
    return [*settings, *(str(tests / f"{name}.py") for name in names)]


class _NamedCases:
    """A plugin of pytest that leaves out what Hypothesis makes at random."""

    def pytest_collection_modifyitems(self, items: list[pytest.Function]) -> None:
        """Keep the named cases."""
        items[:] = [item for item in items if not hasattr(item.obj, "hypothesis")]


class _Served:
    """An import hook that knows one module, and serves it from memory."""

    def __init__(self, path: str, source: str) -> None:
        self.name = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        self.path, self.source = str(ROOT / path), source

    def find_spec(self, name: str, *_: object) -> ModuleSpec | None:
        """The changed module; every other is looked for where it usually is."""
        if name != self.name:
            return None
        loader = _Loader(self.name, self.path)
        loader.source = self.source
        return spec_from_file_location(name, self.path, loader=loader)


class _Loader(SourceFileLoader):
    source = ""

    def get_code(self, fullname: str) -> CodeType:
        """The code of the text in memory; no cached file is read or written."""
        return compile(self.source, self.path, "exec", dont_inherit=True)
