"""Signs of life of the worker and of beat, kept in the broker; they fade by themselves."""

from enum import StrEnum
from functools import cache

import redis
from django.conf import settings

CONNECT_SECONDS = 1


class Part(StrEnum):
    """Who is alive."""

    WORKER = "worker"
    BEAT = "beat"
    TASKS = "tasks"


# How many seconds a sign of life lasts. Tasks: longer than a task may take (120 s), since all
# of the worker's hands may be busy.
LASTS = {Part.WORKER: 15, Part.BEAT: 20, Part.TASKS: 180}


@cache
def broker() -> "redis.Redis":
    """A connection pool to the broker, with timeouts short enough for a health check."""
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_connect_timeout=CONNECT_SECONDS, socket_timeout=CONNECT_SECONDS
    )


def beat(part: Part) -> None:
    """Leave a sign of life. A broker that is away is no reason to stop: the sign just fades."""
    try:
        broker().set(f"pharmacy:alive:{part}", "1", ex=LASTS[part])
    except redis.RedisError:
        return


def alive(part: Part) -> bool:
    """Whether the last sign of life still lasts. Raises redis.RedisError without a broker."""
    return bool(broker().exists(f"pharmacy:alive:{part}"))
