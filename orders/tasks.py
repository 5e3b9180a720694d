"""What Celery does for orders: make the papers that wait. The rows are the truth."""

import time

from celery import shared_task

from orders.services.documents import RENDER_DOCUMENTS, render_next

TICK_SECONDS = 10.0
# Well below the task's soft time limit: what is left is for the next tick.
LONGEST_RUN_SECONDS = 45.0

BEAT_SCHEDULE = {
    "render documents": {
        "task": RENDER_DOCUMENTS,
        "schedule": TICK_SECONDS,
        "options": {"expires": TICK_SECONDS},
    },
}


@shared_task(name=RENDER_DOCUMENTS)
def render_documents() -> None:
    """Make one paper after the other until none waits. Running it twice at once does no harm."""
    stop_at = time.monotonic() + LONGEST_RUN_SECONDS
    while render_next() and time.monotonic() < stop_at:
        continue
