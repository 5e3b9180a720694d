"""Write the list of guards that the migrations made, for `pharmacy.guards` to compare with."""

from typing import Any

from django.core.management.base import BaseCommand

from pharmacy import guards


class Command(BaseCommand):
    """Record what this database has; run it on a freshly migrated one."""

    help = "Write pharmacy/guards.txt from the triggers of this database."

    def handle(self, *args: Any, **options: Any) -> None:
        """Replace the list."""
        lines = sorted(guards.installed())
        guards.RECORD.write_text("".join(f"{line}\n" for line in lines), encoding="ascii")
        self.stdout.write(f"{len(lines)} guards recorded in {guards.RECORD.name}.")
