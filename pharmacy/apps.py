"""Wiring that must happen once, when Django is ready."""

from typing import Any

from django.apps import AppConfig
from django.db.backends.signals import connection_created

# The store sends some hundred different statements. The driver keeps a hundred, and counts no more: with
# more of them in turn it forgets each before it comes again.
PREPARED_STATEMENTS = 500


class PharmacyConfig(AppConfig):
    """The outermost room: settings, addresses, servers, health."""

    name = "pharmacy"

    def ready(self) -> None:
        """Make the store's Celery the one that every `shared_task` uses."""
        from . import celery

        celery.app.set_default()
        celery.app.conf.beat_schedule = celery.collect_beat_schedule()
        connection_created.connect(keep_plans, dispatch_uid="keep_plans")


def keep_plans(connection: Any, **named: object) -> None:
    """Let a new connection remember the plans of all that the store asks."""
    connection.connection.prepared_max = PREPARED_STATEMENTS
