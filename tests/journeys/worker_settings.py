"""The tests' settings for the journeys' worker: its mails go to the demonstration's folder."""

from pharmacy.settings.test import *  # noqa: F403

EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
