"""A virtual pharmacy in a database of its own: people, clock and crashes at random, and a judge."""

import gc
import logging
import sys
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from pharmacy.local import environment
from pharmacy.simulation.ledger import Ledger
from pharmacy.simulation.throwaway import throwaway_database
from pharmacy.simulation.world import Plan, simulate


class Command(BaseCommand):
    """Exit status 1 when anything was done that the notebook forbids, or does not hold."""

    help = (
        "Let a virtual pharmacy live through its days in a throwaway database, and report every "
        "order that was let through though the evidence forbade it. The store's own database is "
        "not touched. The same seed gives the same lives."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """How many, how long, which, and what breaks."""
        parser.add_argument("--patients", type=int, default=50)
        parser.add_argument("--days", type=int, default=90)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument(
            "--faults", action="store_true", help="processes, connections and the broker die"
        )
        parser.add_argument(
            "--control",
            action="store_true",
            help="take the gate and its guards out of the throwaway copy: must report violations",
        )
        parser.add_argument("--show", type=int, default=10, help="how many violations to print")
        parser.add_argument(
            "--copy-of", default="", metavar="DATABASE", help="a migrated database to begin from"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Run it. Raises CommandError (exit 1) when there are violations."""
        asked = ("patients", "days", "seed", "faults", "control")
        plan = Plan(**{name: options[name] for name in asked})
        logging.disable(logging.ERROR)
        # The notebook only grows: looking through all of it for waste again and again finds none.
        gc.freeze()
        gc.set_threshold(100_000, 50, 100)
        try:
            with throwaway_database(_superuser_url(), options["copy_of"]) as superuser:
                ledger = simulate(plan, superuser, self._progress(plan))
        finally:
            logging.disable(logging.NOTSET)
        self.stdout.write("\n".join(ledger.lines(options["show"])))
        if ledger.violations:
            raise CommandError(f"{len(ledger.violations)} violations. The first are named above.")

    def _progress(self, plan: Plan) -> Any:
        """Writes to standard error how far it is: what depends on the machine stays off the report."""
        began = monotonic()

        def write(day: int, ledger: Ledger) -> None:
            seconds = monotonic() - began
            sys.stderr.write(
                f"day {day} of {plan.days}: {ledger.acts:,} acts ({ledger.acts / seconds:.0f}/s), "
                f"{ledger.decisions:,} decisions, {ledger.refusals.total():,} refusals, "
                f"{len(ledger.violations):,} violations, {seconds:.0f} s\n"
            )
            sys.stderr.flush()

        return write


def _superuser_url() -> str:
    """Who may make and drop a database. Raises CommandError where there is no such address."""
    is_test = settings.SETTINGS_MODULE == "pharmacy.settings.test"
    servers = environment.load_for_tests() if is_test else environment.load()
    if not servers.superuser_url:
        raise CommandError("The simulation needs DATABASE_SUPERUSER_URL, to make its own database.")
    return servers.superuser_url
