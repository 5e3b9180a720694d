"""The tests: real servers (the embedded ones or the environment's), the application's role."""

from pharmacy.local import environment

from .base import *

_servers = environment.load_for_tests()

DEBUG = False
DEMONSTRATION = True
SECRET_KEY = "the tests' own key, of no value to anyone"
SEAL_KEY = "the tests' own seal key, of no value to anyone"
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]
DATABASES = {
    "default": database(_servers.database_url),
    "owner": database(_servers.database_owner_url),
}
REDIS_URL = _servers.redis_url
CELERY_BROKER_URL = REDIS_URL
WHITENOISE_USE_FINDERS = True
# Looked for when asked for: each client of a test would look through all of them at its start.
WHITENOISE_AUTOREFRESH = True
# The tests' database has a clock that a test can set (`clock` in tests/conftest.py).
VIRTUAL_CLOCK = True
MEDIA_ROOT = _servers.data_dir / "media"
SEAL_HEADS_DIR = str(_servers.data_dir / "seal-heads")
OUTGOING_MAIL_DIR = _servers.data_dir / "outgoing-mail"
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
EMAIL_FILE_PATH = OUTGOING_MAIL_DIR
ANYMAIL = {**ANYMAIL, "WEBHOOK_SECRET": "mail:the tests' own, of no value to anyone"}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ACCOUNT_RATE_LIMITS = False
