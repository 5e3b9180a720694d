"""One table of states: in Python, in the database and in the book (invariant 5)."""

import re
from pathlib import Path

import pytest

from orders.models import Transition
from orders.states import BEGINNING, FINAL_STATUSES, TRANSITIONS, Status, may_move

BOOK = Path(__file__).resolve().parents[2] / "docs/states.md"
ROW = re.compile(r"^\| ([a-z_]*|\(new\)) \| ([a-z_]+) \| ([a-z]*|-) \|", re.MULTILINE)

Moves = set[tuple[str, str, str]]


def in_python() -> Moves:
    return {(str(t.from_status), str(t.to_status), t.gate) for t in TRANSITIONS}


def in_the_book() -> Moves:
    # The first row is the table's head.
    rows = ROW.findall(BOOK.read_text(encoding="utf-8"))
    return {
        (BEGINNING if start == "(new)" else start, end, "" if gate == "-" else gate)
        for start, end, gate in rows[1:]
    }


@pytest.mark.django_db(transaction=True)
def test_the_database_lists_the_moves_that_the_program_lists() -> None:
    rows = Transition.objects.values_list("from_status", "to_status", "gate")
    assert set(rows) == in_python()
    assert len(rows) == len(TRANSITIONS)


def test_the_book_lists_the_moves_that_the_program_lists() -> None:
    assert in_the_book() == in_python()


def test_every_state_is_reached_and_named_in_the_picture() -> None:
    reached = {end for _, end, _ in in_python()}
    assert reached == {status.value for status in Status}
    picture = BOOK.read_text(encoding="utf-8").split("```")[1]
    assert {status.value for status in Status} <= set(re.findall(r"[a-z_]+", picture))


def test_a_final_state_is_not_left_and_an_unknown_move_is_not_listed() -> None:
    assert {start for start, _, _ in in_python()}.isdisjoint(FINAL_STATUSES)
    assert not may_move("placed", "shipped")
    assert not may_move("nowhere", "approved")
    assert not may_move("placed", "placed")


def test_nothing_leaves_without_the_release_gate() -> None:
    gates = {end: gate for _, end, gate in in_python() if end in {"shipped", "handed_over"}}
    assert gates == {"shipped": "release", "handed_over": "release"}
