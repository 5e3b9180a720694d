"""For the type checker alone: every setting, no server."""

from .base import *

SECRET_KEY = "for the type checker"
SEAL_KEY = "for the type checker"
DEMONSTRATION = False
DATABASES = {"default": database("postgres://app@localhost/pharmacy")}
REDIS_URL = "redis://localhost"
CELERY_BROKER_URL = REDIS_URL
OUTGOING_MAIL_DIR = BASE_DIR / "outgoing-mail"
