"""A nudge is quick: its connection stays open, and when the broker is back the first one reaches it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import redis
from celery import current_app
from django.db import connection, transaction

from pharmacy.local.servers import EmbeddedServers
from rems.outbox import SEND_DUE_REMINDERS, nudge_after_commit
from tests.rems.killing import QUEUE, kill_broker

pytestmark = pytest.mark.django_db(transaction=True)


class Broker:
    """A broker of the test's own, which may be killed."""

    def __init__(self, servers: EmbeddedServers) -> None:
        self._servers = servers
        self.url = servers.connection.redis_url

    @property
    def process(self) -> int:
        [(child, _)] = self._servers._children
        return child.pid

    def comes_back_empty(self) -> None:
        """Killed with -9; all that it held is lost."""
        kill_broker(self._servers)
        self._servers.start()

    def ask(self) -> redis.Redis:
        return redis.Redis.from_url(self.url, decode_responses=True)

    def waiting(self) -> int:
        """How many tasks wait."""
        with self.ask() as client:
            return int(client.llen(QUEUE))

    def connected(self) -> int:
        """How often anybody connected so far, this question's own connection left out."""
        with self.ask() as client:
            return int(client.info("stats")["total_connections_received"])


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    """It runs, and the store's nudges go to it."""
    servers = EmbeddedServers(tmp_path / "broker", with_postgres=False)
    servers.reserve()
    before = current_app.conf.broker_url
    try:
        servers.start()
        current_app.conf.update(broker_url=servers.connection.redis_url)
        yield Broker(servers)
    finally:
        current_app.conf.update(broker_url=before)
        servers.close()


def nudge() -> None:
    with transaction.atomic():
        nudge_after_commit(SEND_DUE_REMINDERS)


def nudge_from_a_thread(number: int) -> None:
    nudge()
    connection.close()


def test_nudges_one_after_the_other_connect_once(broker: Broker) -> None:
    nudge()
    connected = broker.connected()
    for _ in range(10):
        nudge()
    assert broker.waiting() == 11
    # The two questions of this test have connected too.
    assert broker.connected() - connected <= 2


def test_the_first_nudge_after_the_broker_came_back_reaches_it(broker: Broker) -> None:
    nudge()
    broker.comes_back_empty()
    nudge()
    assert broker.waiting() == 1


def test_a_broker_that_stops_answering_holds_a_page_up_for_a_second(broker: Broker) -> None:
    nudge()
    os.kill(broker.process, signal.SIGSTOP)
    try:
        began = time.monotonic()
        nudge()
        assert time.monotonic() - began < 3
    finally:
        os.kill(broker.process, signal.SIGCONT)
    before = broker.waiting()
    nudge()
    assert broker.waiting() == before + 1


def test_forty_people_at_once_lose_no_nudge(broker: Broker) -> None:
    with ThreadPoolExecutor(40) as people:
        list(people.map(nudge_from_a_thread, range(40)))
    assert broker.waiting() == 40
