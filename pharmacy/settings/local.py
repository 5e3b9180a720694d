"""The store on one's own machine: embedded servers, demo data, mails kept in a folder."""

from pharmacy.local import environment

from .base import *

_servers = environment.load()

DEBUG = False
DEMONSTRATION = True
# This machine only: generated once, kept beside the embedded database.
SECRET_KEY = _servers.secret_key
SEAL_KEY = _servers.seal_key
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
DATABASES = {"default": database(_servers.database_url)}
if _servers.database_owner_url:
    DATABASES["owner"] = database(_servers.database_owner_url)
REDIS_URL = _servers.redis_url
CELERY_BROKER_URL = REDIS_URL
# Static files straight from their folders: nothing to collect first.
WHITENOISE_USE_FINDERS = True
MEDIA_ROOT = _servers.data_dir / "media"
SEAL_HEADS_DIR = str(_servers.data_dir / "seal-heads")
OUTGOING_MAIL_DIR = _servers.data_dir / "outgoing-mail"
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = OUTGOING_MAIL_DIR
SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000")
