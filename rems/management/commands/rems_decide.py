"""Judge cases from standard input, one JSON line each (rule sheet, section 16). No database."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from rems.core import answer_line


class Command(BaseCommand):
    """Answer each case on its own line; exit 1 at the end when a line was malformed."""

    help = "Judge REMS cases from standard input; needs no database."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add --explain."""
        parser.add_argument(
            "--explain",
            action="store_true",
            help="add each finding as a patient and as a pharmacist would read it",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Read lines until the end; blank ones are skipped."""
        malformed = False
        for line in sys.stdin.buffer:
            if not line.strip():
                continue
            answer, judged = answer_line(line, explain=options["explain"])
            malformed = malformed or not judged
            self.stdout.write(answer)
        if malformed:
            sys.exit(1)
