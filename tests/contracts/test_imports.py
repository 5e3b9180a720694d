"""The house's walls: who may import whom, who may decide, who may move an order."""

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("accounts", "catalog", "rems", "orders", "pharmacy")
ENTRANCES = ("views", "forms", "tasks", "admin", "management", "urls")

# One breach of each contract: the file, what is added to it, the contract that must notice.
BREACHES = [
    ("catalog/ndc.py", "import orders.states", "pharmacy > orders > rems > catalog > accounts"),
    ("rems/core/facts.py", "import random", "rems.core: no framework"),
    ("orders/states.py", "import uuid", "orders.states and catalog.ndc stand alone"),
    ("pharmacy/simulation/oracle.py", "import rems.core", "the simulation's judge reads neither"),
    ("pharmacy/tasks.py", "import pharmacy.simulation.world", "only its command starts the"),
    ("rems/core/calendar.py", "import rems.core.rules", "inside rems.core"),
    ("orders/models/basket.py", "import orders.services", "inside each room"),
    ("orders/loaders.py", "import rems.core.decision", "rems.core is reached only through its"),
]


def lint_imports(folder: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=folder,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "400"},
    )


def test_every_import_contract_is_kept() -> None:
    answer = lint_imports(ROOT)
    assert answer.returncode == 0, answer.stdout


def test_a_breach_of_each_import_contract_is_noticed(tmp_path: Path) -> None:
    for room in ROOMS:
        shutil.copytree(ROOT / room, tmp_path / room)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for name, line, _ in BREACHES:
        path = tmp_path / name
        path.write_text(f"{path.read_text()}\n{line}\n")

    answer = lint_imports(tmp_path)

    assert answer.returncode == 1
    for *_, contract in BREACHES:
        line = next(line for line in answer.stdout.splitlines() if line.startswith(contract))
        assert line.rstrip().endswith("BROKEN"), line


def sources(*rooms: str) -> Iterator[Path]:
    for room in rooms:
        for path in sorted((ROOT / room).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def part_of_room(path: Path) -> str:
    return path.relative_to(ROOT).with_suffix("").parts[1]


def reached_for(path: Path) -> set[str]:
    """What the file imports by name, or uses of the core or of a query, such as `core.decide`."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.Attribute):
            of_core = isinstance(node.value, ast.Name) and node.value.id == "core"
            if of_core or node.attr == "select_for_update":
                names.add(node.attr)
    return names


@pytest.mark.parametrize("room", ["orders", "rems"])
def test_no_entrance_decides_or_locks(room: str) -> None:
    forbidden = {"decide", "decide_all", "load_facts", "select_for_update", "lock_subject", "take"}
    for path in sources(room):
        if part_of_room(path) in ENTRANCES:
            assert not reached_for(path) & forbidden, path


def test_reaching_for_the_decider_or_a_lock_would_be_noticed(tmp_path: Path) -> None:
    for text in (
        "from rems.core import decide",
        "from rems import core\ncore.decide(1)",
        "from rems.locks import take",
        "Order.objects.select_for_update()",
    ):
        path = tmp_path / "views.py"
        path.write_text(text)
        assert reached_for(path) & {"decide", "take", "select_for_update"}, text


def test_only_the_step_service_and_the_checkout_write_an_order_s_status() -> None:
    writers = {
        str(path.relative_to(ROOT))
        for path in sources(*ROOMS)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if writes_an_order(node)
    }
    assert writers == {"orders/services/placing.py", "orders/services/steps.py"}


@pytest.mark.parametrize(
    "text",
    [
        "Order.objects.filter(pk=1).update(status='approved')",
        "Order.objects.create(pk=1)",
        "write_together([], [(Order.objects.filter(pk=1), {'status': 'approved'})])",
        "step.changes.append((Order.objects.all(), columns))",
    ],
)
def test_writing_an_order_elsewhere_would_be_noticed(text: str) -> None:
    assert any(writes_an_order(node) for node in ast.walk(ast.parse(text)))


def writes_an_order(node: ast.AST) -> bool:
    """`Order.objects...create/update/bulk_...(...)`, or its rows in a pair for `write_together`."""
    if isinstance(node, ast.Tuple):
        return len(node.elts) == 2 and ast.unparse(node.elts[0]).startswith("Order.objects")
    if not isinstance(node, ast.Call):
        return False
    callee = ast.unparse(node.func)
    verb = callee.rpartition(".")[2]
    writing = {"create", "update", "bulk_create", "bulk_update", "get_or_create", "delete"}
    return callee.startswith("Order.objects") and verb in writing


@pytest.mark.parametrize("word", ["importlib.import_module", "__import__", "exec(", "eval("])
def test_no_import_hides_from_the_linter(word: str) -> None:
    """The wiring room may look for a room's optional module; the rooms below may not."""
    for path in sources("accounts", "catalog", "rems", "orders"):
        assert word not in path.read_text(encoding="utf-8"), path


def test_there_is_no_flag_that_skips_a_check() -> None:
    for path in sources(*ROOMS):
        text = path.read_text(encoding="utf-8").lower()
        for word in ("skip_check", "skip_guard", "bypass_", "override_decision", "force_approve"):
            assert word not in text, f"{path}: {word}"
