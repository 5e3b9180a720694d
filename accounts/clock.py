"""The store's one clock is the database's: `pharmacy_clock()` (design, invariant 4).

Services read it after their locks, in a statement of its own; entrances pass no time.
"""

from datetime import datetime

from django.db import connections, models
from django.db.models import Func


class PharmacyClock(Func):
    """`pharmacy_clock()` as a column default or an expression: an aware instant."""

    function = "pharmacy_clock"
    arity = 0
    output_field = models.DateTimeField()


def read_clock(using: str = "default") -> datetime:
    """The instant by the database's clock, in UTC. Call it after the locks, never before."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT pharmacy_clock()")
        row = cursor.fetchone()
    assert row is not None
    at: datetime = row[0]
    return at
