"""One durable transaction for each mutation; refusals of the database leave it as domain errors."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from rems.errors import GuardRefused, guard_name


@contextmanager
def mutation() -> Iterator[None]:
    """A durable transaction. Deferred guards speak at its commit.

    Raises GuardRefused, without the driver's detail, when the database refuses.
    """
    try:
        with transaction.atomic(durable=True):
            yield
    except IntegrityError as error:
        raise GuardRefused(guard_name(error)) from None
