"""Passwords and ports of the embedded servers: made once, kept in a file only its owner reads."""

import json
import os
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path

from . import ports

HOST = "127.0.0.1"


def _password() -> str:
    return secrets.token_hex(24)


@dataclass(frozen=True)
class Connection:
    """Everything needed to reach the embedded servers of one data folder."""

    postgres_port: int
    valkey_port: int
    superuser_password: str = field(default_factory=_password, repr=False)
    owner_password: str = field(default_factory=_password, repr=False)
    app_password: str = field(default_factory=_password, repr=False)
    valkey_password: str = field(default_factory=_password, repr=False)
    secret_key: str = field(default_factory=lambda: secrets.token_urlsafe(60), repr=False)
    seal_key: str = field(default_factory=lambda: secrets.token_urlsafe(48), repr=False)

    def postgres_url(self, role: str, password: str, database: str) -> str:
        """The address of a database for one role."""
        return f"postgres://{role}:{password}@{HOST}:{self.postgres_port}/{database}"

    @property
    def redis_url(self) -> str:
        """The broker's address."""
        return f"redis://:{self.valkey_password}@{HOST}:{self.valkey_port}/0"


def path_in(data: Path) -> Path:
    """Where the data folder keeps its connection."""
    return data / "connection.json"


def read(data: Path) -> Connection | None:
    """The folder's connection, or None before the first start."""
    try:
        return Connection(**json.loads(path_in(data).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None


def prepare(data: Path) -> Connection:
    """The folder's connection with ports that are free now; passwords are made once and kept.

    Call with the data folder's lock held. Raises LocalStackError if no port is free.
    """
    known = read(data)
    kept = asdict(known) if known else {}
    kept["postgres_port"] = ports.choose(kept.get("postgres_port"))
    kept["valkey_port"] = ports.choose(kept.get("valkey_port"))
    connection = Connection(**kept)
    _write(path_in(data), json.dumps(asdict(connection), indent=1))
    return connection


def _write(path: Path, text: str) -> None:
    """Replace the file in one step, so that a reader never sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    new.replace(path)
