"""The door for a web server. It does not open when the database role is too strong."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pharmacy.settings.production")

application = get_wsgi_application()

from pharmacy.role_check import stop_if_role_too_strong  # noqa: E402 - needs Django set up

stop_if_role_too_strong()
