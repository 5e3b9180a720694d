"""Check every chain of seals, also that none was cut since its head was exported."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from rems.services.verify import (
    Head,
    UnreadableHeads,
    export_heads,
    faults,
    newest_heads,
    read_heads,
)


class Command(BaseCommand):
    """Names the first broken, missing or cut link of every chain; ids only."""

    help = (
        "Check the seals of all records, and against the newest of the daily files whether a chain "
        "was cut since. --export FILE writes the head of every chain: keep the file elsewhere. "
        "--against FILE takes that file in place of the newest daily one."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """The two files."""
        parser.add_argument("--export", type=Path, metavar="FILE")
        parser.add_argument("--against", type=Path, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print each fault. Raises CommandError (exit 1) when there is one; exports nothing then."""
        found = 0
        kept = options["against"] or newest_heads(Path(settings.SEAL_HEADS_DIR))
        if kept is None:
            self.stderr.write("No exported heads are here: a chain that was cut is not found.")
        for fault in faults(self._heads(kept)):
            found += 1
            self.stdout.write(str(fault))
        if found:
            raise CommandError(f"{found} faults. The first of each chain is named above.")
        unseen = "" if kept else " Whether a chain was cut was not checked."
        self.stdout.write(f"All records are as they were sealed.{unseen}")
        if options["export"] is not None:
            count = self._export(options["export"])
            self.stdout.write(f"The heads of {count} chains were written to {options['export']}.")

    def _heads(self, path: Path | None) -> dict[str, Head]:
        try:
            return {} if path is None else read_heads(path)
        except UnreadableHeads as error:
            raise CommandError(str(error)) from error

    def _export(self, path: Path) -> int:
        try:
            return export_heads(path)
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
