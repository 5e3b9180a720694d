"""Where the simulation's mails go: a file with the key of each, which a dying worker cannot lose."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

BACKEND = "pharmacy.simulation.postbox.Postbox"


class Postbox(BaseEmailBackend):
    """Appends one line for each message, with its Message-ID: the same for the same reminder."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write them down; how many there were."""
        keys = [message.extra_headers.get("Message-ID", "") for message in email_messages]
        lines = "".join(f"{key}\n" for key in keys).encode("ascii")
        path = Path(getattr(settings, "EMAIL_FILE_PATH", ""))
        file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(file, lines)
        finally:
            os.close(file)
        return len(keys)


def copies(path: Path) -> Counter[str]:
    """How often each message was sent, by its Message-ID."""
    return Counter(path.read_text(encoding="ascii").split()) if path.exists() else Counter()
