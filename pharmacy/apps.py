"""Wiring that must happen once, when Django is ready."""

from django.apps import AppConfig


class PharmacyConfig(AppConfig):
    """The outermost room: settings, addresses, servers, health."""

    name = "pharmacy"

    def ready(self) -> None:
        """Make the store's Celery the one that every `shared_task` uses."""
        from . import celery

        celery.app.set_default()
        celery.app.conf.beat_schedule = celery.collect_beat_schedule()
