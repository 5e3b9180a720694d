"""Two pieces of work against each other."""

import pytest

from tests.concurrency.race import Connection
from tests.concurrency.work import Race


@pytest.fixture
def race(superuser_connection: Connection) -> Race:
    return Race(superuser_connection)
