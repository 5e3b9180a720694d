"""Is the store alive, and is it ready? Two addresses for whoever runs it; no patient data."""

from collections.abc import Callable
from datetime import timedelta

import redis
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.clock import read_clock
from rems.selectors import LATE_AFTER, oldest_unsent

from . import guards, role_check
from .heartbeat import Part, alive, broker

MINUTE = timedelta(minutes=1)


class NotReady(Exception):
    """A part is not ready; the message says why, for the person who runs the store."""


def check_database() -> None:
    """One round trip. Raises NotReady."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        # The driver's words may name hosts and users: the log has them, the page does not.
        raise NotReady("the database does not answer") from error


def check_guards() -> None:
    """All guards stand, the clock is our own, the role is weak. Raises NotReady."""
    try:
        missing, overreach = guards.missing(), role_check.overreach()
        own_clock = role_check.clock_is_own()
    except DatabaseError as error:
        raise NotReady("the database does not answer") from error
    if missing:
        # After a migration that changes guards on purpose: manage.py record_guards.
        raise NotReady(f"missing, disabled or replaced: {', '.join(missing)}")
    if overreach:
        raise NotReady(f"the application's role is too strong: {'; '.join(overreach)}")
    if not own_clock:
        raise NotReady("pharmacy_clock() is not the project's own")


def check_broker() -> None:
    """PING. Raises NotReady."""
    try:
        broker().ping()
    except redis.RedisError as error:
        raise NotReady("the broker does not answer") from error


def check_worker() -> None:
    """A worker's loop runs and, while beat sends, tasks get done. Raises NotReady."""
    if not _alive(Part.WORKER):
        raise NotReady("no sign of life from a worker")
    if _alive(Part.BEAT) and not _alive(Part.TASKS):
        raise NotReady("the worker is there but does no task")


def check_beat() -> None:
    """Beat sent something lately. Raises NotReady."""
    if not _alive(Part.BEAT):
        raise NotReady("no sign of life from beat")


def check_reminders() -> None:
    """No reminder waits for longer than it may. Raises NotReady, with how long; names nobody."""
    try:
        at = read_clock()
        oldest = oldest_unsent(at)
    except DatabaseError as error:
        raise NotReady("the database does not answer") from error
    if oldest is not None and at - oldest > LATE_AFTER:
        raise NotReady(f"the oldest unsent reminder is {(at - oldest) // MINUTE} minutes late")


def _alive(part: Part) -> bool:
    try:
        return alive(part)
    except redis.RedisError as error:
        raise NotReady("the broker does not answer") from error


CHECKS: dict[str, Callable[[], None]] = {
    "database": check_database,
    "guards": check_guards,
    "broker": check_broker,
    "worker": check_worker,
    "beat": check_beat,
    "reminders": check_reminders,
}


def _report(check: Callable[[], None]) -> dict[str, object]:
    try:
        check()
    except NotReady as reason:
        return {"ready": False, "reason": str(reason)}
    return {"ready": True}


@never_cache
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """200 as long as this process answers."""
    return JsonResponse({"live": True})


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """200 when every part is ready, else 503; each part with its reason."""
    parts = {name: _report(check) for name, check in CHECKS.items()}
    all_ready = all(part["ready"] for part in parts.values())
    return JsonResponse({"ready": all_ready, "parts": parts}, status=200 if all_ready else 503)


urlpatterns = [
    path("live", live, name="health_live"),
    path("ready", ready, name="health_ready"),
]
