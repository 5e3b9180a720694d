"""Make the planned reminders of everybody equal to what the facts ask for."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from rems.services.planning import UnreadableRecords, plan_everything


class Command(BaseCommand):
    """Names each row that was missing, outdated or obsolete; kinds and ids only."""

    help = (
        "Plan all reminders anew; running it again changes nothing. --check changes nothing at "
        "all, and exits 1 when something would have to be changed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Whether to look only."""
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print each difference. Raises CommandError (exit 1) when a check finds one, or when
        somebody's record cannot be read."""
        try:
            found = self._plan(options["check"])
        except UnreadableRecords as error:
            raise CommandError(f"These could not be planned, all others were: {error}") from None
        if found and options["check"]:
            raise CommandError(f"{found} differences, named above. Nothing was changed.")
        self.stdout.write(f"{found} reminders were put right." if found else "All is as planned.")

    def _plan(self, check: bool) -> int:
        """How many differences there were, each named."""
        found = 0
        for row in plan_everything(check=check):
            found += 1
            # What is missing has no key yet that will last.
            key = "" if check and row.difference == "missing" else f" {row.id}"
            self.stdout.write(f"{row.difference} {row.kind} {row.subject_id}{key}")
        return found
