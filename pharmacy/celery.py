"""The store's Celery: the queue is speed, the row in the database is the guarantee.

A room that wants something done regularly says so in its `tasks.py`:

    BEAT_SCHEDULE = {"send due reminders": {"task": "rems.tasks.send_due", "schedule": 10.0}}

A task's arguments are ids; never a name, a date of birth, a drug or a result.
"""

import importlib
import importlib.util
from typing import Any

from celery import Celery
from celery.signals import beat_init, heartbeat_sent, setup_logging, worker_init

ROOMS = ("catalog", "accounts", "rems", "orders", "pharmacy")

app = Celery("pharmacy")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


def collect_beat_schedule() -> dict[str, dict[str, Any]]:
    """What every room's `tasks.py` asks beat to send."""
    schedule: dict[str, dict[str, Any]] = {}
    for room in ROOMS:
        if importlib.util.find_spec(f"{room}.tasks") is not None:
            tasks = importlib.import_module(f"{room}.tasks")
            schedule |= getattr(tasks, "BEAT_SCHEDULE", {})
    return schedule


@setup_logging.connect
def leave_the_log_alone(**_: object) -> None:
    """That somebody answers here is enough: Celery then adds no handler, formatter and level of its
    own, and all that a task writes goes through LOGGING."""


@worker_init.connect
@beat_init.connect
def refuse_at_start(**_: object) -> None:
    """A worker or beat whose database role could do too much does not start."""
    from .role_check import stop_if_role_too_strong

    stop_if_role_too_strong()


@heartbeat_sent.connect
def worker_is_alive(**_: object) -> None:
    """The worker's own loop, every two seconds."""
    from .heartbeat import Part, beat

    beat(Part.WORKER)


@beat_init.connect
def beat_is_alive(**_: object) -> None:
    """Beat has started; from now on each message it sends says that it still runs."""
    from .heartbeat import Part, beat

    beat(Part.BEAT)
