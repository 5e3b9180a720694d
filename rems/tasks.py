"""What Celery does for the program: send the reminders that are due. The rows are the truth."""

import time

from celery import shared_task

from rems.outbox import SEND_DUE_REMINDERS
from rems.services.reminders import send_due

BATCH = 50
TICK_SECONDS = 15.0
# Well below the task's soft time limit: what is left is for the next tick.
LONGEST_RUN_SECONDS = 45.0

BEAT_SCHEDULE = {
    # A tick that was not taken up in time says nothing that the next one does not.
    "send due reminders": {
        "task": SEND_DUE_REMINDERS,
        "schedule": TICK_SECONDS,
        "options": {"expires": TICK_SECONDS},
    },
}


@shared_task(name=SEND_DUE_REMINDERS)
def send_due_reminders() -> None:
    """Send batch after batch until none is due. Running it twice at once does no harm."""
    stop_at = time.monotonic() + LONGEST_RUN_SECONDS
    while send_due(BATCH).claimed == BATCH and time.monotonic() < stop_at:
        continue
