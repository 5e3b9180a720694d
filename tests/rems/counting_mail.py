"""A mail server that notes each mail by its key in one file, and takes a moment before and after."""

import os
import random
import time
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from tests.rems.waiting_mail import BEFORE, wait_at

LONGEST_MOMENT = 0.004


def sent_keys(folder: Path) -> list[str]:
    """The reminder of each mail that has left, in order; a second copy stands here twice."""
    file = folder / "sent"
    return file.read_text().split() if file.exists() else []


class EmailBackend(BaseEmailBackend):
    """One line a mail, written at once: what left before a `kill -9` is known."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Wait, as long as a file tells it to and a moment more; send; wait."""
        wait_at(BEFORE)
        path = Path(settings.EMAIL_FILE_PATH) / "sent"
        for message in email_messages:
            time.sleep(random.uniform(0, LONGEST_MOMENT))
            file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
            os.write(file, f"{message.extra_headers['Idempotency-Key']}\n".encode())
            os.close(file)
            time.sleep(random.uniform(0, LONGEST_MOMENT))
        return len(email_messages)
