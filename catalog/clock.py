"""The database's clock as an expression, so that the catalog never asks the machine for the time."""

from django.db.models import DateTimeField, Func


class PharmacyClock(Func):
    """`pharmacy_clock()`: the one clock of the store, an instant with its offset."""

    function = "pharmacy_clock"
    arity = 0
    output_field = DateTimeField()
