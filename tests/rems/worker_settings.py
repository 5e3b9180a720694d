"""The tests' settings for a real worker that keeps its mails in a folder and can be made to wait."""

import logging
import os
from pathlib import Path

from pharmacy.settings.test import *  # noqa: F403

EMAIL_BACKEND = os.environ.get("TEST_MAIL_BACKEND", "tests.rems.waiting_mail.EmailBackend")
EMAIL_FILE_PATH = OUTGOING_MAIL_DIR = Path(os.environ["TEST_MAIL_FOLDER"])
# As production writes (pharmacy/settings/production.py).
LOGGING["handlers"]["console"]["formatter"] = "json"  # noqa: F405
logging.captureWarnings(True)
REMINDERS_PER_TICK = int(os.environ.get("TEST_REMINDERS_PER_TICK", "1000"))

# Two beats are told apart by their own words, which are left out elsewhere.
LOGGING["loggers"]["celery.beat"] = {"level": "INFO"}  # noqa: F405
