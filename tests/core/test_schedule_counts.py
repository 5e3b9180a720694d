"""When a blood count is overdue: one was due, and none was taken since the one before (label 5)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rems.core import Indication, is_count_overdue
from tests.core.courses import START

MYELOMA, KAPOSI = Indication.MULTIPLE_MYELOMA, Indication.KAPOSI_SARCOMA


def is_overdue(indication: Indication | None, counted: int, today: int) -> bool:
    """With the newest count on that day of treatment, on this one."""
    on = START + timedelta(days=counted)
    return is_count_overdue(indication, START, on, START + timedelta(days=today))


@pytest.mark.parametrize(
    ("indication", "counted", "fine_until"),
    [
        # Weekly for eight weeks, then once a cycle.
        (MYELOMA, -3, 7),
        (MYELOMA, 0, 7),
        (MYELOMA, 1, 14),
        (MYELOMA, 7, 14),
        (MYELOMA, 8, 21),
        (MYELOMA, 49, 56),
        (MYELOMA, 50, 84),
        (MYELOMA, 56, 84),
        (MYELOMA, 57, 112),
        # Every two weeks for twelve.
        (KAPOSI, 0, 14),
        (KAPOSI, 15, 42),
        (KAPOSI, 84, 112),
        # Not on record what it is for: as the stricter of the two.
        (None, 0, 7),
    ],
)
def test_carls_count_holds_to_the_end_of_the_day_on_which_the_next_but_one_is_due(
    indication: Indication | None, counted: int, fine_until: int
) -> None:
    assert not is_overdue(indication, counted, fine_until)
    assert is_overdue(indication, counted, fine_until + 1)


@pytest.mark.parametrize("today", [-5, 0, 1, 7])
def test_before_the_first_one_was_due_nothing_is_overdue(today: int) -> None:
    assert not is_overdue(MYELOMA, -30, today)
