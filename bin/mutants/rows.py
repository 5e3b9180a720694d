"""An operator of our own beside cosmic-ray's: a module's table with one row left out.

A gate, a hold, a transition that nobody asks about is the mistake to fear here, and cosmic-ray
changes no set, tuple or dictionary.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cosmic_ray.operators.operator import Example, Operator
from parso.tree import NodeOrLeaf

Position = tuple[tuple[int, int], tuple[int, int]]


class LeaveOutRow(Operator):
    """Leaves out one row of a set, tuple, list or dictionary that stands in a module's constant."""

    def mutation_positions(self, node: NodeOrLeaf) -> Iterator[Position]:
        """One position for each row; none in what is no table."""
        if _is_table(node):
            for row in _rows(node):
                yield row[0].start_pos, row[-1].end_pos

    def mutate(self, node: NodeOrLeaf, index: int) -> NodeOrLeaf:
        """The table without its row `index`; the comma after the last row keeps a tuple a tuple."""
        rows = _rows(node)
        comma = next(child for child in node.children if _is_comma(child))
        del rows[index]
        node.children = [child for row in rows for child in (*row, comma)]
        return node

    @classmethod
    def examples(cls) -> Sequence[Example]:
        """What cosmic-ray shows of an operator."""
        return (Example("X = {1, 2}", "X = { 2,}"),)


def _is_table(node: NodeOrLeaf) -> bool:
    if node.type not in ("testlist_comp", "dictorsetmaker"):
        return False
    if node.children[-1].type in ("comp_for", "sync_comp_for") or len(_rows(node)) < 2:
        return False
    is_a_row = node.parent.parent.type == node.type == "testlist_comp"
    return not is_a_row and _constant(node) not in (None, "__all__")


def _constant(node: NodeOrLeaf) -> str | None:
    """The name of the module's constant that the node is part of."""
    while node.parent is not None:
        if node.type in ("funcdef", "classdef", "decorator"):
            return None
        if node.type in ("expr_stmt", "annassign") and node.parent.type == "simple_stmt":
            return str(node.get_defined_names()[0].value)
        node = node.parent
    return None


def _rows(node: NodeOrLeaf) -> list[list[NodeOrLeaf]]:
    rows: list[list[NodeOrLeaf]] = [[]]
    for child in node.children:
        if _is_comma(child):
            rows.append([])
        else:
            rows[-1].append(child)
    return [row for row in rows if row]


def _is_comma(node: NodeOrLeaf) -> bool:
    return node.type == "operator" and node.value == ","
