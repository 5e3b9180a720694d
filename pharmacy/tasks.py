"""The heartbeat that shows that beat sends, and that the worker does, what they are asked."""

from celery import shared_task
from celery.signals import after_task_publish

from .heartbeat import Part, beat

HEARTBEAT = "pharmacy.heartbeat"
BEAT_SCHEDULE = {
    # An old heartbeat says nothing: it expires before the next one is sent.
    "heartbeat": {"task": HEARTBEAT, "schedule": 3.0, "options": {"expires": 3}},
}


@shared_task(name=HEARTBEAT)
def heartbeat() -> None:
    """Sent by beat every three seconds; that it runs shows that tasks are being done."""
    beat(Part.TASKS)


@after_task_publish.connect(sender=HEARTBEAT)
def beat_has_sent(**_: object) -> None:
    """In beat's own process, once the broker has taken the message."""
    beat(Part.BEAT)
