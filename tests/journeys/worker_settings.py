"""The tests' settings for the journeys' worker: its mails go to the demonstration's folder."""

import os
from pathlib import Path

from pharmacy.settings.test import *  # noqa: F403

EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = OUTGOING_MAIL_DIR = Path(os.environ["TEST_MAIL_FOLDER"])
