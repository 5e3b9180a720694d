"""The queue is speed: a worker is told that there is something to do."""

import logging

import redis
from celery import current_app
from django.db import transaction
from kombu.exceptions import KombuError
from kombu.pools import ProducerPool, producers

SEND_DUE_REMINDERS = "rems.tasks.send_due_reminders"

# A nudge gives up at once: somebody waits for a page. Without max_retries it takes six seconds.
NUDGE_PATIENCE = {"max_retries": 0, "socket_connect_timeout": 1, "socket_timeout": 1}

# As many threads as have something to tell at once share connections; a nudge waits for none.
LONGEST_WAIT_SECONDS = 1

logger = logging.getLogger(__name__)


def nudge_after_commit(task_name: str) -> None:
    """Ask for a task at once when the transaction has committed. Beat asks again anyway."""
    transaction.on_commit(lambda: _nudge(task_name))


def _nudge(task_name: str) -> None:
    """A broker that is away stops nothing: the row waits, and beat finds it."""
    try:
        with _producers().acquire(block=True, timeout=LONGEST_WAIT_SECONDS) as producer:
            current_app.send_task(task_name, producer=producer, retry=False)
    except (KombuError, redis.RedisError, OSError) as error:
        logger.warning("no nudge", extra={"task": task_name, "reason": type(error).__name__})


def _producers() -> ProducerPool:
    """Connections that stay open: to connect for each nudge took longer than to decide."""
    pool: ProducerPool = producers[
        current_app.connection_for_write(transport_options=NUDGE_PATIENCE)
    ]
    return pool
