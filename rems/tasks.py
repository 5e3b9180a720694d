"""What Celery does for the program: send the reminders that are due, plan everybody's anew twice a
day, vouch for the records daily.

The rows are the truth.
"""

import logging
import time
from pathlib import Path

from celery import shared_task
from celery.schedules import crontab
from django.conf import settings

from rems.outbox import SEND_DUE_REMINDERS
from rems.services.planning import PART, plan_part
from rems.services.reminders import send_until
from rems.services.verify import export_todays_heads

PLAN_AGAIN = "rems.tasks.plan_again"
EXPORT_SEAL_HEADS = "rems.tasks.export_seal_heads"

TICK_SECONDS = 15.0
# Shorter than a tick: a worker that is asked to stop has finished by then, and what is left is
# for the next tick.
LONGEST_RUN_SECONDS = 12.0
# Every link of every chain is read, some thousands a second, and each year brings more.
LONGEST_EXPORT_SECONDS = 3 * 60 * 60

BEAT_SCHEDULE = {
    # A tick that was not taken up in time says nothing that the next one does not.
    "send due reminders": {
        "task": SEND_DUE_REMINDERS,
        "schedule": TICK_SECONDS,
        "options": {"expires": TICK_SECONDS},
    },
    # At the beginning of each part, so that none is left out.
    "plan a part of everybody's reminders anew": {
        "task": PLAN_AGAIN,
        "schedule": crontab(minute=f"*/{PART.seconds // 60}"),
        "options": {"expires": PART.total_seconds()},
    },
    "export the heads of the seals": {
        "task": EXPORT_SEAL_HEADS,
        "schedule": crontab(hour="5", minute="10"),
    },
}

logger = logging.getLogger(__name__)


@shared_task(name=SEND_DUE_REMINDERS)
def send_due_reminders() -> None:
    """Send until none is due, up to REMINDERS_PER_TICK. Running it twice at once does no harm."""
    send_until(time.monotonic() + LONGEST_RUN_SECONDS, settings.REMINDERS_PER_TICK)


@shared_task(name=PLAN_AGAIN)
def plan_again() -> None:
    """Put the reminders right of those whose turn it is. Running it twice at once does no harm."""
    found = sum(1 for _ in plan_part())
    logger.info("reminders planned anew", extra={"count": found})


# Taken off the queue before it begins: the broker gives what lasts longer than its
# visibility_timeout to a second worker. One that dies is made good by the next day's.
@shared_task(
    name=EXPORT_SEAL_HEADS,
    acks_late=False,
    soft_time_limit=LONGEST_EXPORT_SECONDS,
    time_limit=LONGEST_EXPORT_SECONDS + 60,
)
def export_seal_heads() -> None:
    """Write the head of every chain to SEAL_HEADS_DIR, where the database's keepers cannot reach.

    Raises BrokenRecords, or OSError, which the worker's log shows.
    """
    export_todays_heads(Path(settings.SEAL_HEADS_DIR))
