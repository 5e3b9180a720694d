"""A broker of the simulation's own: it is killed with -9, loses what it held, and comes back."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import redis
from celery import current_app
from kombu.exceptions import KombuError

from pharmacy.local import ports, secret_file
from pharmacy.local.valkey import Valkey
from rems.outbox import NUDGE_PATIENCE, SEND_DUE_REMINDERS

AWAY = (KombuError, redis.RedisError, OSError)


class Broker:
    """Valkey in a folder that is thrown away; Celery's application is pointed at it."""

    def __init__(self, folder: Path) -> None:
        connection = secret_file.Connection(postgres_port=1, valkey_port=ports.choose(None))
        self._valkey = Valkey(folder, connection, durable=False)
        self._child: subprocess.Popen[bytes] | None = None
        current_app.conf.update(broker_url=connection.redis_url)

    def start(self) -> None:
        """Start it, empty. Raises LocalStackError when it does not come up."""
        self._child = self._valkey.start()
        self._valkey.wait_until_ready(self._child)

    def kill(self) -> None:
        """Kill it with -9; harmless when it does not run."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            self._child = None

    def beat(self) -> set[str]:
        """Beat asks for the reminders; the names of the tasks that a worker then finds waiting.

        Nudges are among them. Empty while the broker is away.
        """
        try:
            with current_app.connection_for_write(transport_options=NUDGE_PATIENCE) as connection:
                current_app.send_task(SEND_DUE_REMINDERS, connection=connection, retry=False)
                channel: Any = connection.default_channel
                waiting = iter(lambda: channel.basic_get(_queue(), no_ack=True), None)
                return {message.headers["task"] for message in waiting}
        except AWAY:
            return set()


def _queue() -> str:
    queue: str = current_app.amqp.router.route({}, SEND_DUE_REMINDERS)["queue"].name
    return queue
