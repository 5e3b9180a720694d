"""Where a command finds its servers: the environment first, then a running store, then its own."""

import subprocess
import sys
from pathlib import Path

import pytest

from pharmacy.local import environment, libraries, lock, secret_file, servers
from tests.pharmacy.running import ROOT, clean_environment


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder without servers, and an environment that names none."""
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_SUPERUSER_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PHARMACY_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def manage(data: Path, *arguments: str, **more: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=clean_environment(data, **more),
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def test_before_the_first_start_asking_starts_nothing_and_writes_nothing(data: Path) -> None:
    servers = environment.load()
    assert ":1/" in servers.database_url
    assert not data.exists()


def test_the_environment_wins_over_the_embedded_servers(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret_file.prepare(data)
    monkeypatch.setenv("DATABASE_URL", "postgres://app@db.internal/shop")
    monkeypatch.setenv("REDIS_URL", "redis://broker.internal/3")
    servers = environment.load()
    assert servers.database_url == "postgres://app@db.internal/shop"
    assert servers.redis_url == "redis://broker.internal/3"
    assert servers.database_owner_url == ""
    wanted = environment.wanted_servers(data)
    assert (wanted.with_postgres, wanted.with_valkey) == (False, False)


def test_each_address_wins_by_itself(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://broker.internal/3")
    wanted = environment.wanted_servers(data)
    assert (wanted.with_postgres, wanted.with_valkey) == (True, False)


def test_passwords_are_kept_between_runs_and_only_their_owner_reads_them(data: Path) -> None:
    first, second = secret_file.prepare(data), secret_file.prepare(data)
    assert first.app_password == second.app_password
    assert first.app_password not in repr(first)
    assert secret_file.path_in(data).stat().st_mode & 0o777 == 0o600


def test_a_check_starts_no_server(data: Path) -> None:
    result = manage(data, "check")
    assert result.returncode == 0, result.stderr
    assert not data.exists()


def test_a_command_that_needs_the_database_starts_one_and_stops_it(data: Path) -> None:
    result = manage(data, "showmigrations", "orders")
    assert result.returncode == 0, result.stderr
    assert "Starting the local servers for this command" in result.stderr
    assert "[ ] 0001_initial" in result.stdout
    assert not lock.held(data)


def test_migrating_without_the_owners_address_says_what_is_missing(data: Path) -> None:
    result = manage(
        data,
        "setup_database",
        DATABASE_URL="postgres://app@127.0.0.1:1/shop",
        REDIS_URL="redis://127.0.0.1:1/0",
    )
    assert result.returncode == 1
    assert "DATABASE_OWNER_URL is not set" in result.stderr


def test_a_command_finds_the_libraries_that_were_unpacked_for_it(tmp_path: Path) -> None:
    kept = tmp_path / "environment.json"
    assert libraries.missing_environment(kept) == {}
    kept.write_text('{"LD_LIBRARY_PATH": "/unpacked/lib"}')
    program = (
        "import os, sys; from pathlib import Path; from pharmacy.local import libraries\n"
        "libraries.start_again_with_libraries(sys.argv, Path(sys.argv[1]))\n"
        "print(os.environ['LD_LIBRARY_PATH'], libraries.missing_environment(Path(sys.argv[1])))\n"
    )
    script = tmp_path / "command.py"
    script.write_text(program)
    result = subprocess.run(
        [sys.executable, str(script), str(kept)],
        env=clean_environment(tmp_path, PYTHONPATH=str(ROOT)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.stdout == "/unpacked/lib {}\n", result.stderr


def test_who_begins_anew_is_not_measured_by_the_heads_of_the_records_before(data: Path) -> None:
    kept, old_heads = data / "mine", data / "seal-heads" / "heads-2026-01-01.json"
    for path in (kept, old_heads):
        path.mkdir(parents=True)
    servers.erase(data)
    assert not old_heads.exists()
    assert kept.exists()
