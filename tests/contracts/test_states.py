"""One table of states: in Python and in the database (invariant 5).

The book is compared with Python by tests/core/test_order_states.py.
"""

import pytest

from orders.models import Transition
from orders.states import TRANSITIONS


@pytest.mark.django_db(transaction=True)
def test_the_database_lists_the_moves_that_the_program_lists() -> None:
    rows = Transition.objects.values_list("from_status", "to_status", "gate")
    assert set(rows) == {(str(t.from_status), str(t.to_status), t.gate) for t in TRANSITIONS}
    assert len(rows) == len(TRANSITIONS)
