"""The mutants: every change that cosmic-ray knows how to make, and that makes another program."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.operator import Operator
from cosmic_ray.plugins import get_operator, operator_names
from parso.tree import NodeOrLeaf

from mutants.rows import LeaveOutRow

ROOT = Path(__file__).resolve().parents[2]

# The kinds of node that an operator looks at. Asking all of them about every name and bracket
# finds the same mutants twenty times more slowly.
_MUTABLE = frozenset(
    {
        *("operator", "keyword", "number", "comparison", "factor", "not_test"),
        *("testlist_comp", "dictorsetmaker", "test"),
        *("if_stmt", "while_stmt", "assert_stmt", "for_stmt", "except_clause", "decorator"),
    }
)


@dataclass(frozen=True)
class Mutant:
    """One changed program. `before` and `after` are the changed lines, in one line each."""

    path: str
    definition: str
    line: int
    before: str
    after: str
    source: str

    @property
    def name(self) -> str:
        """How docs/mutants.md lists it: it does not change when the lines above do."""
        return f"`{self.path}` `{self.definition}`: `{self.before}` → `{self.after}`"


@dataclass(frozen=True)
class Found:
    """The mutants of one file, and how many changes were none."""

    mutants: tuple[Mutant, ...]
    in_annotations: int
    not_python: int
    twice: int


def mutated_files() -> tuple[str, ...]:
    """What is mutated: the whole core and the states of an order."""
    core = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("rems/core/**/*.py"))
    return (*core, "orders/states.py")


def mutants_of(path: str) -> Found:
    """Every mutant of the file `path`, in the order of its lines."""
    source = (ROOT / path).read_text(encoding="utf-8")
    seen: dict[str, Mutant] = {}
    in_annotations = not_python = twice = 0
    for node, changed in _changes(source):
        if _is_annotation(node):
            in_annotations += 1
        elif not _compiles(changed):
            not_python += 1
        elif changed in seen:
            twice += 1
        else:
            seen[changed] = _mutant(path, node, source, changed)
    ordered = tuple(sorted(seen.values(), key=lambda mutant: mutant.line))
    return Found(ordered, in_annotations, not_python, twice)


def _changes(source: str) -> Iterator[tuple[NodeOrLeaf, str]]:
    nodes = [node for node in ast_nodes(get_ast(source)) if node.type in _MUTABLE]
    for operator in _operators():
        at = [node for node in nodes for _ in operator.mutation_positions(node)]
        for occurrence, node in enumerate(at):
            changed = mutate_code(source, operator, occurrence)
            assert changed is not None
            yield node, changed


def _operators() -> Iterator[Operator]:
    for name in operator_names():
        if not get_operator(name).arguments():  # some want to be told which variable
            yield get_operator(name)()
    yield LeaveOutRow()


def _is_annotation(node: NodeOrLeaf) -> bool:
    """Whether the node is read by the type checker alone, which judges it better than a test."""
    while (parent := node.parent) is not None:
        if parent.type == "tfpdef":
            return True
        if parent.type == "annassign" and parent.children[1] is node:
            return True
        if parent.type == "funcdef" and parent.annotation is node:
            return True
        node = parent
    return False


def _compiles(source: str) -> bool:
    try:
        with warnings.catch_warnings(action="ignore"):  # "is" with a literal
            compile(source, "mutant", "exec", dont_inherit=True)
    except SyntaxError:
        return False
    return True


def _mutant(path: str, node: NodeOrLeaf, source: str, changed: str) -> Mutant:
    old, new = source.splitlines(), changed.splitlines()
    blocks = [x for x in SequenceMatcher(None, old, new, False).get_opcodes() if x[0] != "equal"]
    before, after = old[blocks[0][1] : blocks[-1][2]], new[blocks[0][3] : blocks[-1][4]]
    return Mutant(
        path=path,
        definition=_definition(node),
        line=node.start_pos[0],
        before=_in_one_line(before),
        after=_in_one_line(after),
        source=changed,
    )


def _definition(node: NodeOrLeaf | None) -> str:
    names = []
    while node is not None:
        if node.type in ("funcdef", "classdef"):
            names.append(node.name.value)
        elif node.type == "decorated" and not names:
            names.append(node.children[-1].name.value)
        node = node.parent
    return ".".join(reversed(names)) or "module"


def _in_one_line(lines: list[str]) -> str:
    return " ".join(" ".join(lines).split())
