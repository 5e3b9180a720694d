"""Settings shared by every way of running the store."""

from pathlib import Path
from typing import Any

import django_stubs_ext
import environ

BASE_DIR = Path(__file__).resolve().parents[2]
env = environ.Env()

# Lets generic Django classes be subscripted: `ModelAdmin[User]`.
django_stubs_ext.monkeypatch()

INSTALLED_APPS = [
    "pharmacy",
    "accounts",
    "catalog",
    "rems",
    "orders",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "anymail",
    "csp",
    "django_htmx",
    "djmoney",
    "localflavor",
    "phonenumber_field",
    "simple_history",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
]

ROOT_URLCONF = "pharmacy.urls"
WSGI_APPLICATION = "pharmacy.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.context_processors.navigation",
                "catalog.context_processors.safety_contacts",
            ],
        },
    },
]

# Services are durable transactions of their own: a request is never one.
ATOMIC_REQUESTS = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


def database(url: str) -> dict[str, object]:
    """Django's settings for one database address."""
    return {
        **environ.Env.db_url_config(url),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        # The server plans a repeated statement once for each connection: planning the facts that
        # a decision reads takes ten times as long as reading them.
        "OPTIONS": {
            "application_name": "pharmacy",
            "server_side_binding": True,
            "prepare_threshold": 2,
        },
    }


AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
AUTH_PASSWORD_VALIDATORS[1]["OPTIONS"] = {"min_length": 12}  # type: ignore[assignment]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.SignupForm"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_REAUTHENTICATION_REQUIRED = True
SESSION_COOKIE_AGE = 60 * 60 * 8
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

LANGUAGE_CODE = "en-us"
TIME_ZONE = "America/New_York"
USE_TZ = True
PHONENUMBER_DEFAULT_REGION = "US"
CURRENCIES = ("USD",)
DEFAULT_CURRENCY = "USD"

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = BASE_DIR / "staticfiles"
MEDIA_ROOT = BASE_DIR / "media"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "manifest-src": ["'self'"],
    },
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True

# Links in reminders: the store's own address, never a patient's data.
SITE_URL = "http://127.0.0.1:8000"
DEFAULT_FROM_EMAIL = "pharmacy@example.com"

# A mail server that does not answer holds up a batch for no longer than this.
EMAIL_TIMEOUT = 10
# A mail provider's own settings; its notices are taken only with a WEBHOOK_SECRET.
ANYMAIL: dict[str, object] = {"REQUESTS_TIMEOUT": EMAIL_TIMEOUT}
# SMS: `console` keeps them where the mails are kept, `telnyx` sends them, `off` offers none.
SMS_PROVIDER = "console"
TELNYX_URL = "https://api.telnyx.com/v2"
TELNYX_API_KEY = ""
TELNYX_FROM = ""
# The provider's key, in base 64, by which its notices are known to be its own.
TELNYX_PUBLIC_KEY = ""
# A worker that claimed a reminder or a paper and says nothing for so long has died: longer than a
# task may take (CELERY_TASK_TIME_LIMIT).
LEASE_SECONDS = 150
# After so many attempts a reminder, or a paper, has failed and a person sees to it.
REMINDER_ATTEMPTS = 8
# What one tick sends at most: after a long outage the providers see a stream, not a flood.
REMINDERS_PER_TICK = 1000
DOCUMENT_ATTEMPTS = 3

# How long a re-authentication counts as the signer's presence (21 CFR 11.200, rule sheet 11.15).
SIGNATURE_WINDOW_SECONDS = 300

# Where the head of every chain of seals goes each day: a folder out of the database's reach, so
# that a chain that was cut short is found (`manage.py verify_records`).
SEAL_HEADS_DIR = env.str("SEAL_HEADS_DIR", default=str(BASE_DIR / "seal-heads"))

CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 120
CELERY_TASK_SOFT_TIME_LIMIT = 90
CELERY_TASK_DEFAULT_QUEUE = "celery"
CELERY_TASK_ROUTES = {
    "rems.tasks.*": {"queue": "reminders"},
    "orders.tasks.*": {"queue": "documents"},
}
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,
    "unacked_restore_interval": 2,
    "unacked_restore_throttle": 1,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TIMEZONE = "UTC"
# Celery writes through LOGGING below, whose formatters leave rows out (pharmacy/celery.py).
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "class": "pharmacy.quiet_log.QuietFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        },
        "json": {"class": "pharmacy.quiet_log.JsonFormatter"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        # What they would say in detail holds telephone numbers and addresses.
        **{name: {"level": "WARNING"} for name in ("telnyx", "httpx", "httpcore", "urllib3")},
        # Every tick, and nothing else.
        "celery.beat": {"level": "WARNING"},
    },
}
