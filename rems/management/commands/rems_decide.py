"""Judge cases from standard input, one JSON line each (rule sheet, section 16). No database."""

from __future__ import annotations

import gc
import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterable
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
        """Answer until the end of input, or until nobody reads the answers any more."""
        gc.freeze()  # what start-up built stays: do not look through it again for every thousand cases
        try:
            all_judged = self._answer(sys.stdin.buffer, explain=options["explain"])
        except BrokenPipeError:
            # Python flushes standard output once more at exit: let that go nowhere.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(1)
        if not all_judged:
            sys.exit(1)

    def _answer(self, lines: Iterable[bytes], *, explain: bool) -> bool:
        """Answer each line that is not blank; whether all of them could be judged."""
        all_judged = True
        for line in lines:
            if not line.strip():
                continue
            answer, judged = answer_line(line, explain=explain)
            all_judged = all_judged and judged
            self.stdout.write(answer)
            self.stdout.flush()
        return all_judged
