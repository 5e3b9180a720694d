"""The states of an order: where it may go from each, and what has to be asked first.

The book (docs/states.md) says the same; tests/contracts/test_states.py asks the database too.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from orders.states import (
    BEGINNING,
    DISPENSED_STATUSES,
    FINAL_STATUSES,
    TRANSITIONS,
    UNDISPENSED_STATUSES,
    Status,
    gate_for,
    may_move,
    next_statuses,
)

BOOK = Path(__file__).resolve().parents[2] / "docs/states.md"
ROW = re.compile(r"^\| ([a-z_]*|\(new\)) \| ([a-z_]+) \| ([a-z]*|-) \|", re.MULTILINE)


def in_the_book() -> dict[tuple[str, str], str]:
    # The first row is the table's head.
    rows = ROW.findall(BOOK.read_text(encoding="utf-8"))
    return {
        (BEGINNING if start == "(new)" else start, end): "" if gate == "-" else gate
        for start, end, gate in rows[1:]
    }


def test_the_book_lists_the_moves_that_the_program_lists() -> None:
    listed = {(str(t.from_status), str(t.to_status)): t.gate for t in TRANSITIONS}
    assert in_the_book() == listed
    assert len(TRANSITIONS) == len(listed)


def test_every_state_is_reached_and_named_in_the_picture() -> None:
    assert {end for _, end in in_the_book()} == {status.value for status in Status}
    picture = BOOK.read_text(encoding="utf-8").split("```")[1]
    assert {status.value for status in Status} <= set(re.findall(r"[a-z_]+", picture))


def test_a_move_is_permitted_exactly_where_the_book_lists_it() -> None:
    words = [BEGINNING, "nowhere", *(status.value for status in Status)]
    may = {(start, end) for start in words for end in words if may_move(start, end)}
    assert may == set(in_the_book())


def test_each_move_asks_the_gate_of_the_book() -> None:
    assert {move: gate_for(*move) for move in in_the_book()} == in_the_book()
    assert gate_for("approved", "dispensed") == "dispense"
    assert gate_for("shipped", "delivered") == ""


@pytest.mark.parametrize("move", [("placed", "shipped"), ("placed", "placed"), ("", "approved")])
def test_a_move_that_is_not_listed_has_no_gate(move: tuple[str, str]) -> None:
    with pytest.raises(KeyError):
        gate_for(*move)


@pytest.mark.parametrize(
    ("status", "onward"),
    [
        ("", {"placed"}),
        ("placed", {"approved", "on_hold", "rejected", "cancelled"}),
        ("approved", {"dispensed", "on_hold", "cancelled"}),
        ("dispensed", {"shipped", "handed_over", "on_hold", "cancelled"}),
        ("on_hold", {"placed", "dispensed", "rejected", "cancelled"}),
        ("shipped", {"delivered", "lost", "returned"}),
        ("handed_over", {"delivered", "lost", "returned"}),
        ("delivered", {"lost", "returned"}),
        ("nowhere", set()),
    ],
)
def test_an_order_goes_on_from_a_status_to_these_and_no_other(
    status: str, onward: set[str]
) -> None:
    # Words from a request or the database are never the same object as the enum's.
    assert next_statuses("".join(list(status))) == onward


def test_the_final_states_are_those_that_are_never_left() -> None:
    assert {status for status in Status if not next_statuses(status)} == FINAL_STATUSES


def test_nothing_leaves_without_the_release_gate() -> None:
    gates = {end: gate for (_, end), gate in in_the_book().items()}
    assert gates["shipped"] == gates["handed_over"] == "release"


def test_capsules_are_set_aside_exactly_in_what_lies_behind_the_dispense_gate() -> None:
    reached, to_see = set[str](), [BEGINNING]
    while to_see:
        start = to_see.pop()
        onward = {end for end in next_statuses(start) if gate_for(start, end) != "dispense"}
        to_see += onward - reached
        reached |= onward
    assert set(Status) - reached == DISPENSED_STATUSES
    # A paused or cancelled order may stand on either side.
    assert reached - {Status.ON_HOLD, Status.CANCELLED} == UNDISPENSED_STATUSES
