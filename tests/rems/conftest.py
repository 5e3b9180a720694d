"""What the tests of the reminders' processes share."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from django.conf import settings

from tests.rems.killing import QUEUE, Workers


@pytest.fixture
def workers(tmp_path: Path) -> Iterator[Workers]:
    """Nothing waits in the queue at first; nobody is left at the end."""
    redis.Redis.from_url(settings.REDIS_URL).delete(QUEUE)
    started = Workers(tmp_path)
    yield started
    started.close()
