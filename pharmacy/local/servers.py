"""Both embedded servers of a data folder, started and stopped together."""

import shutil
import signal
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from . import roles, secret_file
from .children import stop_all
from .lock import DataLock
from .postgres import Postgres
from .reach import postgres_home
from .valkey import Valkey

DATABASE = "pharmacy"
WRITTEN = ("valkey", "beat", "media", "outgoing-mail", "log", "seal-heads")


@dataclass
class EmbeddedServers:
    """PostgreSQL and Valkey in one data folder, held by its lock from `open` to `close`.

    `with_postgres` or `with_valkey` is False where the environment names a server of its own.
    """

    data: Path
    durable: bool = True
    with_postgres: bool = True
    with_valkey: bool = True
    _children: list[tuple["subprocess.Popen[bytes]", signal.Signals]] = field(default_factory=list)

    def reserve(self) -> secret_file.Connection:
        """Take the data folder and choose the ports, without starting anything.

        Raises AlreadyRunning if another run has the folder.
        """
        self.lock = DataLock(self.data)
        self.lock.acquire()
        return self.choose_ports()

    def choose_ports(self) -> secret_file.Connection:
        """Passwords and free ports, kept in the data folder; with its lock held."""
        self.connection = secret_file.prepare(self.data)
        self.postgres = Postgres(self.data, self.connection, self.durable)
        self.valkey = Valkey(self.data, self.connection, self.durable)
        return self.connection

    def start(self) -> None:
        """Start what is wanted and wait for it; roles are made, and nothing else.

        Raises LocalStackError when a server does not come up.
        """
        if self.with_postgres:
            child = self.postgres.start()
            self._children.append((child, signal.SIGINT))
            self.postgres.wait_until_ready(child)
            roles.create_roles(self.postgres.url(), self.connection)
        if self.with_valkey:
            child = self.valkey.start()
            self._children.append((child, signal.SIGTERM))
            self.valkey.wait_until_ready(child)

    def create_database_if_missing(self, database: str = DATABASE) -> None:
        """The store's database with its extensions."""
        if not self.with_postgres:
            return
        if not roles.database_exists(self.postgres.url(), database):
            roles.create_database(self.postgres.url(), database)
        roles.create_extensions(self.postgres.url(database))

    def close(self) -> None:
        """Stop the servers, PostgreSQL last, and give the folder back."""
        while self._children:
            stop_all([self._children.pop()], patience=15)
        self.lock.release()


def erase(data: Path) -> None:
    """Delete what the store ever wrote into a data folder, and nothing else in it.

    Call with the folder's lock held.
    """
    shutil.rmtree(postgres_home(data), ignore_errors=True)
    for name in WRITTEN:
        shutil.rmtree(data / name, ignore_errors=True)
    for path in (secret_file.path_in(data), data / "seeded"):
        path.unlink(missing_ok=True)
