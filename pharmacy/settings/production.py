"""The store for real. A secret that is missing, or left at an example's value, stops the start."""

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
vars().update(env.email_url_config(required("EMAIL_URL")))
DEFAULT_FROM_EMAIL = required("DEFAULT_FROM_EMAIL")
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(BASE_DIR / "media")))

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
