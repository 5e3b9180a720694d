"""A mail server of files that waits, before or after a mail has left, while a file tells it to."""

import time
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail.backends.filebased import EmailBackend as KeepInFiles

BEFORE, AFTER, REACHED = "wait-before", "wait-after", "reached"


def wait_at(place: str) -> None:
    """Say that the place was reached, and stay there as long as the file of that name is there."""
    folder = Path(settings.EMAIL_FILE_PATH)
    while (folder / place).exists():
        (folder / REACHED).touch()
        time.sleep(0.02)


class EmailBackend(KeepInFiles):
    """Sends like Django's backend for files."""

    def send_messages(self, email_messages: Sequence[object]) -> int:
        """Wait, send, wait."""
        wait_at(BEFORE)
        sent: int = super().send_messages(email_messages)
        self.close()
        wait_at(AFTER)
        return sent
