"""One store with the demonstration's cast, a real worker and one browser for all the journeys.

Each journey has people of its own, so that the cast is brought in once. Everything is committed,
by the application's role, and erased at the end.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections
from django.test import override_settings
from playwright.sync_api import Browser, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests.database import ROOT, Eraser
from tests.journeys.store import PATIENCE_MILLISECONDS, Store


@pytest.fixture(scope="package")
def browser(chromium: str) -> Iterator[Browser]:
    """Chromium, started once."""
    # Playwright runs an event loop in this thread, which Django would take for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    expect.set_options(timeout=PATIENCE_MILLISECONDS)
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-dev-shm-usage"]
        running = playwright.chromium.launch(executable_path=chromium, args=options)
        yield running
        running.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="package")
def cast(django_db_setup: None, django_db_blocker: Any, superuser_url: str) -> Iterator[None]:
    """The demonstration's people, each where the cast's table says."""
    with django_db_blocker.unblock():
        call_command("seed_demo", verbosity=0)
        yield
        connections.close_all()
    eraser = Eraser(superuser_url)
    eraser.erase()
    eraser.close()


@pytest.fixture(scope="package")
def worker(cast: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A real Celery worker, with beat in it."""
    folder = tmp_path_factory.mktemp("worker")
    mails = folder / "outgoing-mail"
    mails.mkdir()
    command = [sys.executable, "-m", "celery", "--app", "pharmacy.celery", "worker", "--beat"]
    command += ["--schedule", str(folder / "schedule"), "--concurrency", "1"]
    command += ["--queues", "documents,reminders", "--without-gossip", "--without-mingle"]
    running = _start(command, folder / "log", mails)
    with override_settings(OUTGOING_MAIL_DIR=mails):
        yield
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()


@pytest.fixture(scope="package")
def store(browser: Browser, cast: None, worker: None) -> Iterator[Store]:
    """The store, served as it is in the other tests: real requests, real commits."""
    server = LiveServer("127.0.0.1")
    yield Store(browser, server.url)
    server.stop()


def _start(command: list[str], log_file: Path, mails: Path) -> "subprocess.Popen[bytes]":
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.journeys.worker_settings",
        "TEST_MAIL_FOLDER": str(mails),
    }
    with log_file.open("ab") as log:
        return subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
        )
