"""In production a missing or placeholder secret stops the start, and the message names it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GIVEN = {
    "SECRET_KEY": "q7" * 30,
    "SEAL_KEY": "w3" * 30,
    "ALLOWED_HOSTS": "store.invalid",
    "SITE_URL": "https://store.invalid",
    "DATABASE_URL": "postgres://app@localhost/none",
    "REDIS_URL": "redis://localhost",
    "EMAIL_URL": "consolemail://",
    "DEFAULT_FROM_EMAIL": "pharmacy@store.invalid",
}


def start(code: str = "", **changed: str) -> subprocess.CompletedProcess[str]:
    """Load the production settings in a process of their own, as the web server would, and go on."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", f"import pharmacy.settings.production as settings\n{code}"],
        cwd=ROOT,
        env={**kept, **GIVEN, **changed},
        capture_output=True,
        text=True,
        check=False,
    )


def test_with_everything_given_it_starts() -> None:
    started = start()

    assert started.returncode == 0, started.stderr


def test_it_writes_its_log_as_json() -> None:
    started = start("print(settings.LOGGING['handlers']['console']['formatter'])")

    assert started.stdout == "json\n"


@pytest.mark.parametrize("name", sorted(GIVEN))
def test_what_is_missing_stops_the_start_and_is_named(name: str) -> None:
    started = start(**{name: ""})

    assert started.returncode != 0
    assert f"{name} is not set" in started.stderr


@pytest.mark.parametrize("name", ["SECRET_KEY", "SEAL_KEY"])
@pytest.mark.parametrize("value", ["change-me-" * 8, "django-insecure-" + "x" * 60, "zq8v"])
def test_a_placeholder_stops_the_start_and_is_named(name: str, value: str) -> None:
    started = start(**{name: value})

    assert started.returncode != 0
    assert f"{name} is a placeholder or shorter" in started.stderr
    assert value not in started.stderr


def test_a_mail_provider_without_a_secret_for_its_notices_stops_the_start() -> None:
    for given in ("", "{}", '{"WEBHOOK_SECRET": "no-colon-in-it"}', '{"WEBHOOK_SECRET": "a:b"}'):
        started = start(EMAIL_URL="anymail://postmark", ANYMAIL=given)

        assert started.returncode != 0
        assert "ANYMAIL has no WEBHOOK_SECRET" in started.stderr

    whole = '{"WEBHOOK_SECRET": "mail:' + "k" * 40 + '", "POSTMARK_SERVER_TOKEN": "t"}'
    assert start(EMAIL_URL="anymail://postmark", ANYMAIL=whole).returncode == 0


TELNYX = {
    "SMS_PROVIDER": "telnyx",
    "TELNYX_API_KEY": "k8" * 20,
    "TELNYX_FROM": "+12125550100",
    "TELNYX_PUBLIC_KEY": "p5" * 22,
}


@pytest.mark.parametrize("name", sorted(set(TELNYX) - {"SMS_PROVIDER"}))
def test_sms_without_what_it_needs_stops_the_start_and_names_it(name: str) -> None:
    started = start(**{**TELNYX, name: ""})

    assert started.returncode != 0
    assert f"{name} is not set" in started.stderr


def test_sms_is_off_or_telnyx_and_never_only_pretended() -> None:
    assert start(**TELNYX).returncode == 0
    assert start(SMS_PROVIDER="off").returncode == 0
    pretended = start(SMS_PROVIDER="console")
    assert pretended.returncode != 0
    assert "SMS_PROVIDER is neither" in pretended.stderr
