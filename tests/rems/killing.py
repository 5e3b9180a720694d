"""Real Celery workers that keep their mails in a folder, and are killed."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from email import message_from_bytes
from pathlib import Path

from celery import current_app
from django.conf import settings

from pharmacy.local.servers import EmbeddedServers
from rems.outbox import SEND_DUE_REMINDERS

ROOT = Path(__file__).resolve().parents[2]
QUEUE = "reminders"
PATIENCE_SECONDS = 40


def until(what: Callable[[], object], patience: float = PATIENCE_SECONDS) -> None:
    """Wait until it is so. Fails the test when it never is."""
    end = time.monotonic() + patience
    while not what():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.05)


def ask(broker: str = "") -> None:
    """What beat does at every tick."""
    with current_app.connection_for_write(broker or None) as connection:
        current_app.send_task(SEND_DUE_REMINDERS, connection=connection)


def kill_broker(servers: EmbeddedServers) -> None:
    """Kill the broker with -9; all that it held is lost."""
    [(broker, _)] = servers._children
    broker.kill()
    broker.wait()
    servers._children.clear()
    shutil.rmtree(servers.valkey.home)


class Workers:
    """Real Celery workers, each a process group of its own."""

    def __init__(self, folder: Path, broker: str = "") -> None:
        self.folder = folder
        self.broker = broker or settings.REDIS_URL
        self.log = folder / "worker-log"
        self._running: list[subprocess.Popen[bytes]] = []

    def start(self, **environment: str) -> "subprocess.Popen[bytes]":
        """One more worker for the reminders' queue, with one child."""
        command = [sys.executable, "-m", "celery", "--quiet", "--app", "pharmacy.celery", "worker"]
        command += ["--queues", QUEUE, "--concurrency", "1"]
        command += ["--without-gossip", "--without-mingle"]
        return self.run(command, **environment)

    def start_beat(self, name: str) -> "subprocess.Popen[bytes]":
        """One more beat, with a memory of its own, that ticks three times a second."""
        command = [
            sys.executable,
            "-m",
            "celery",
            "--quiet",
            "--app",
            "tests.rems.fast_celery",
            "beat",
        ]
        command += ["--schedule", str(self.folder / name), "--pidfile="]
        return self.run(command)

    def run(self, command: list[str], **environment: str) -> "subprocess.Popen[bytes]":
        """A program with the workers' settings and log, in a process group of its own."""
        with self.log.open("ab") as log:
            started = subprocess.Popen(
                command,
                cwd=ROOT,
                env={
                    **os.environ,
                    "DJANGO_SETTINGS_MODULE": "tests.rems.worker_settings",
                    "TEST_MAIL_FOLDER": str(self.folder),
                    "REDIS_URL": self.broker,
                    **environment,
                },
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._running.append(started)
        return started

    def kill(self, worker: "subprocess.Popen[bytes]") -> None:
        """`kill -9` for the worker and its child, if it has not ended by itself."""
        if worker.poll() is None:
            os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()
        self._running.remove(worker)

    def mails(self) -> list[str]:
        """The Message-ID of every mail that has left, in order."""
        written = (file for file in self.folder.glob("*.log") if file.stat().st_size)
        files = sorted(written, key=lambda file: file.stat().st_mtime_ns)
        return [str(message_from_bytes(file.read_bytes())["Message-ID"]) for file in files]

    def close(self) -> None:
        """Leave nothing behind."""
        for worker in list(self._running):
            self.kill(worker)
