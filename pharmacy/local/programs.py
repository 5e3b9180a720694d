"""The store's own programs as services: web, worker, beat."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from . import ports
from .children import start
from .environment import ROOT, Servers
from .supervisor import Child, Service

# Stops first to last: nobody asks for new work, running work ends, then the servers.
STOP_FIRST, STOP_WORKER, STOP_BROKER, STOP_DATABASE = range(4)
# A running task may take up to its time limit (CELERY_TASK_TIME_LIMIT, 120 s).
WORKER_PATIENCE = 130.0
HOST = "127.0.0.1"


def program_environment(servers: Servers, port: int) -> dict[str, str]:
    """What a program of the store is told: the application's role, never the owner's."""
    return {
        **{name: value for name, value in os.environ.items() if name != "DATABASE_OWNER_URL"},
        "DJANGO_SETTINGS_MODULE": "pharmacy.settings.local",
        "DATABASE_URL": servers.database_url,
        "REDIS_URL": servers.redis_url,
        "PHARMACY_DATA": str(servers.data_dir),
        "SITE_URL": f"http://{HOST}:{port}",
        "PYTHONUNBUFFERED": "1",
    }


def owner_environment(servers: Servers, port: int) -> dict[str, str]:
    """What a migration is told besides: the schema owner's address."""
    return {
        **program_environment(servers, port),
        "DATABASE_OWNER_URL": servers.database_owner_url,
    }


def manage_command(*arguments: str) -> list[str]:
    """The command line of a management command."""
    return [sys.executable, str(ROOT / "manage.py"), *arguments]


def _service(
    name: str, command: list[str], environment: Mapping[str, str], data: Path, **stop: float
) -> Service:
    def launch() -> Child:
        return start(
            [sys.executable, "-m", *command],
            log=data / "log" / f"{name}.log",
            environment=environment,
            folder=ROOT,
        )

    return Service(name, launch, int(stop["turn"]), patience=stop["patience"])


def web(environment: Mapping[str, str], data: Path, port: int) -> Service:
    """Gunicorn on the store's port."""
    command = ["gunicorn", "--config", "python:pharmacy.local.gunicorn", "--bind", f"{HOST}:{port}"]
    return _service("web", command, environment, data, turn=STOP_FIRST, patience=15.0)


def worker(environment: Mapping[str, str], data: Path) -> Service:
    """The Celery worker for all three queues."""
    command = ["celery", "--app", "pharmacy.local.celery", "worker"]
    command += ["--queues", "reminders,documents,celery", "--concurrency", "2"]
    command += ["--without-gossip", "--without-mingle"]
    return _service(
        "worker", command, environment, data, turn=STOP_WORKER, patience=WORKER_PATIENCE
    )


def beat(environment: Mapping[str, str], data: Path) -> Service:
    """Celery beat; what it sent last is kept in the data folder."""
    (data / "beat").mkdir(parents=True, exist_ok=True)
    command = ["celery", "--app", "pharmacy.local.celery", "beat"]
    command += ["--schedule", str(data / "beat" / "schedule")]
    return _service("beat", command, environment, data, turn=STOP_FIRST, patience=10.0)


def refuse_taken_port(port: int) -> None:
    """Raise PortTaken when something else listens on the store's port."""
    if not ports.is_free(port, HOST) or ports.answers(port, HOST):
        raise ports.PortTaken(
            f"Port {port} is taken by another program. Choose another one: --port {port + 1}"
        )
