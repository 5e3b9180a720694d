"""For a container's health check: exit code 0 when the part is alive."""

import urllib.request
from typing import Any

import redis
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from pharmacy.heartbeat import Part, alive

WEB = "web"
ADDRESS = "http://127.0.0.1:8000/health/live"


class Command(BaseCommand):
    """Ask one part of the store whether it is alive."""

    help = "Exit with 0 if the web server of this container, a worker, or beat is alive."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Which part."""
        parser.add_argument("part", choices=[WEB, Part.WORKER.value, Part.BEAT.value])

    def handle(self, *args: Any, part: str, **options: Any) -> None:
        """Raise CommandError, which exits with 1, when there is no sign of life."""
        try:
            lives = self._web() if part == WEB else alive(Part(part))
        except (OSError, redis.RedisError) as error:
            raise CommandError(f"{part} cannot be asked: {error}") from error
        if not lives:
            raise CommandError(f"{part} gives no sign of life")

    def _web(self) -> bool:
        # By the name that Django expects: it answers to no other.
        request = urllib.request.Request(ADDRESS, headers={"Host": settings.ALLOWED_HOSTS[0]})
        with urllib.request.urlopen(request, timeout=5) as answer:
            return bool(answer.status == 200)
