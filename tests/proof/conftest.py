"""A machine of the test's own, on the test database, with the clock in its hand."""

from __future__ import annotations

from collections import Counter

import pytest

from pharmacy.simulation.audit import Connection
from tests.database import VirtualClock
from tests.proof.machine import PharmacyMachine


@pytest.fixture
def machine(
    transactional_db: None,
    superuser_url: str,
    superuser_connection: Connection,
    clock: VirtualClock,
) -> type[PharmacyMachine]:
    """The class to run; it counts what it has `seen`."""
    given = {
        "superuser_url": superuser_url,
        "superuser": superuser_connection,
        "clock": clock,
        "seen": Counter(),
    }
    return type("Machine", (PharmacyMachine,), given)
