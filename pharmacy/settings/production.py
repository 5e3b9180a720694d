"""The store for real. A secret that is missing, or left at an example's value, stops the start."""

import json
import logging
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from .base import *

_PLACEHOLDERS = ("change-me", "changeme", "insecure", "example", "secret-key", "default")


def secret(name: str, least: int = 32) -> str:
    """A secret from the environment; refuses a missing, short or placeholder one, by name."""
    value = str(env.str(name, default=""))
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. Set it in the environment.")
    if len(value) < least or any(word in value.lower() for word in _PLACEHOLDERS):
        raise ImproperlyConfigured(f"{name} is a placeholder or shorter than {least} characters.")
    return value


def required(name: str) -> str:
    """A setting from the environment that has no safe default."""
    value = str(env.str(name, default=""))
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. Set it in the environment.")
    return value


def mail_settings(url: str) -> dict[str, object]:
    """How mail leaves: `smtp+tls://user:password@host:587`, or `anymail://postmark` and the like.

    A provider's own settings come from ANYMAIL, a JSON object; refuses one without WEBHOOK_SECRET,
    since a provider's notices would then be anybody's.
    """
    scheme, _, provider = url.partition("://")
    if scheme != "anymail":
        return dict(env.email_url_config(url))
    given = json.loads(env.str("ANYMAIL", default="") or "{}")
    if ":" not in str(given.get("WEBHOOK_SECRET", "")) or len(given["WEBHOOK_SECRET"]) < 32:
        raise ImproperlyConfigured("ANYMAIL has no WEBHOOK_SECRET, user:password, 32 or longer.")
    backend = f"anymail.backends.{provider}.EmailBackend"
    return {"EMAIL_BACKEND": backend, "ANYMAIL": {**ANYMAIL, **given}}


DEBUG = False
DEMONSTRATION = False
SECRET_KEY = secret("SECRET_KEY", 50)
SEAL_KEY = secret("SEAL_KEY")
ALLOWED_HOSTS = required("ALLOWED_HOSTS").split(",")
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS]
SITE_URL = required("SITE_URL")
DATABASES = {"default": database(required("DATABASE_URL"))}
if env.str("DATABASE_OWNER_URL", default=""):
    # Only the one-shot migration container is given the owner's address.
    DATABASES["owner"] = database(env.str("DATABASE_OWNER_URL"))
REDIS_URL = required("REDIS_URL")
CELERY_BROKER_URL = REDIS_URL
vars().update(mail_settings(required("EMAIL_URL")))
DEFAULT_FROM_EMAIL = required("DEFAULT_FROM_EMAIL")
SMS_PROVIDER = env.str("SMS_PROVIDER", default="") or "off"
if SMS_PROVIDER == "telnyx":
    TELNYX_API_KEY = secret("TELNYX_API_KEY", 20)
    TELNYX_FROM = required("TELNYX_FROM")
    TELNYX_PUBLIC_KEY = required("TELNYX_PUBLIC_KEY")
elif SMS_PROVIDER != "off":
    raise ImproperlyConfigured("SMS_PROVIDER is neither telnyx nor off.")
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(BASE_DIR / "media")))

# For whatever gathers the logs, Python's warnings too; the web server's own lines: deploy/gunicorn.py.
LOGGING["handlers"]["console"]["formatter"] = "json"
logging.captureWarnings(True)

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
