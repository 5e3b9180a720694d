"""Bring the schema and the application's privileges up to date, as the schema's owner."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from accounts.services import synchronize_roles
from pharmacy.privileges import apply_grants
from rems.services.programs import install_versions

OWNER_ALIAS = "owner"


class Command(BaseCommand):
    """Migrate as the owner, then grant the application's role what the lists say."""

    help = "Migrate the database as its owner and grant the application's role its privileges."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run it. Raises CommandError when the owner's address is not configured."""
        if OWNER_ALIAS not in settings.DATABASES:
            raise CommandError(
                "DATABASE_OWNER_URL is not set. The application's role in DATABASE_URL owns "
                "nothing, so it cannot migrate: name the schema owner's address too."
            )
        call_command("migrate", database=OWNER_ALIAS, interactive=False, **self._verbosity(options))
        unlisted = apply_grants(connections[OWNER_ALIAS])
        install_versions(OWNER_ALIAS)
        synchronize_roles(OWNER_ALIAS)
        if unlisted and options["verbosity"] > 1:
            self.stdout.write(f"Tables that no list grants: {', '.join(unlisted)}")

    def _verbosity(self, options: dict[str, Any]) -> dict[str, int]:
        return {"verbosity": max(options["verbosity"] - 1, 0)}
