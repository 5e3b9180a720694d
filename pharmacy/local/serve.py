"""Run the whole store on this machine: servers, migrations, demo data, web, worker, beat.

Started by bin/serve, which has set up the virtual environment first.
"""

import argparse
import json
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from . import programs, roles
from .children import start, stop_all
from .environment import ROOT, data_dir, load, wanted_servers
from .errors import LocalStackError
from .servers import EmbeddedServers, erase
from .supervisor import Child, Service, Supervisor

ASK_SECONDS = 0.2
EXPLAIN_SECONDS = 15.0


class Stopped(Exception):
    """A signal asked us to stop while we were still starting."""


def say(text: str) -> None:
    """One line for the person who started us."""
    print(f"  {text}", flush=True)


@dataclass
class Store:
    """One run of the store on a data folder."""

    data: Path
    port: int
    servers: EmbeddedServers
    supervisor: Supervisor
    ready: bool = False
    ask_next: float = 0.0
    explain_at: float | None = None
    refreshing: Child | None = None

    def run(self, fresh: bool) -> None:
        """Start everything, watch it, and stop it in order when a signal asks.

        Raises LocalStackError when something cannot start, or already runs.
        """
        self.began = time.monotonic()
        programs.refuse_taken_port(self.port)
        self.servers.reserve()
        try:
            if fresh:
                self._erase()
            self.supervisor.listen()
            self._start()
            self.supervisor.watch(self._every_tick)
        except Stopped:
            pass
        finally:
            if self.refreshing is not None:
                stop_all([(self.refreshing, signal.SIGTERM)], patience=5)
            self.supervisor.stop()
            self.servers.lock.release()

    def _erase(self) -> None:
        say(f"Erasing the data in {self.data}")
        erase(self.data)
        self.servers.choose_ports()

    def _start(self) -> None:
        print("Starting", flush=True)
        self._start_servers()
        self.addresses = load()
        owner = programs.owner_environment(self.addresses, self.port)
        self._command("Migrating the database", owner, "setup_database")
        program = programs.program_environment(self.addresses, self.port)
        # The demo data goes through the services, as the application's role. The first time it
        # is complete before anybody can look; later it is only brought up to date meanwhile.
        if not self._marker.exists():
            self._command("Filling in the demo data", program, "seed_demo")
            self._marker.touch()
        else:
            self.refreshing = self._launch(program, "seed_demo")
        for service in (
            programs.worker(program, self.data),
            programs.beat(program, self.data),
            programs.web(program, self.data, self.port),
        ):
            say(f"Starting {service.name}")
            self.supervisor.add(service)
        self.explain_at = time.monotonic() + EXPLAIN_SECONDS

    def _start_servers(self) -> None:
        if self.servers.with_postgres:
            self._start_postgres()
        if self.servers.with_valkey:
            self._start_valkey()

    def _start_postgres(self) -> None:
        say("Starting PostgreSQL")
        postgres = self.servers.postgres
        service = Service(
            "PostgreSQL", postgres.start, programs.STOP_DATABASE, stop_signal=signal.SIGINT
        )
        postgres.wait_until_ready(self.supervisor.add(service))
        roles.create_roles(postgres.url(), self.servers.connection)
        self.servers.create_database_if_missing()

    def _start_valkey(self) -> None:
        say("Starting Valkey")
        valkey = self.servers.valkey
        service = Service("Valkey", valkey.start, programs.STOP_BROKER)
        valkey.wait_until_ready(self.supervisor.add(service))

    def _command(self, what: str, environment: dict[str, str], *arguments: str) -> None:
        """Run a management command to its end.

        Raises LocalStackError when it fails, Stopped when a signal came meanwhile.
        """
        say(what)
        child = self._launch(environment, *arguments)
        self._wait(child)
        if child.returncode != 0:
            raise LocalStackError(f"{what} failed:\n{self._end_of_log(arguments[0])}")

    def _launch(self, environment: dict[str, str], *arguments: str) -> Child:
        log = self._log(arguments[0])
        log.unlink(missing_ok=True)
        return start(
            programs.manage_command(*arguments), log=log, environment=environment, folder=ROOT
        )

    def _log(self, name: str) -> Path:
        return self.data / "log" / f"{name}.log"

    def _end_of_log(self, name: str) -> str:
        text = self._log(name).read_text(encoding="utf-8", errors="replace")
        return "\n".join(text.splitlines()[-20:])

    @property
    def _marker(self) -> Path:
        """Says that this data folder has had its demo data."""
        return self.data / "seeded"

    def _wait(self, child: Child) -> None:
        while child.poll() is None:
            if self.supervisor.stopping:
                child.terminate()
                child.wait()
                raise Stopped
            time.sleep(0.05)
        if self.supervisor.stopping:
            raise Stopped

    def _every_tick(self) -> None:
        if self.refreshing is not None:
            self._look_after_refreshing(self.refreshing)
        elif not self.ready:
            self._announce_once_ready()

    def _look_after_refreshing(self, child: Child) -> None:
        if child.poll() is None:
            return
        self.refreshing = None
        if child.returncode != 0:
            say(f"Refreshing the demo data failed:\n{self._end_of_log('seed_demo')}")

    def _announce_once_ready(self) -> None:
        if time.monotonic() < self.ask_next:
            return
        self.ask_next = time.monotonic() + ASK_SECONDS
        reasons = self._not_ready()
        if not reasons:
            self.ready = True
            self._announce()
        elif self.explain_at and time.monotonic() > self.explain_at:
            self.explain_at = None
            say(f"Not ready yet: {'; '.join(reasons)}")

    def _announce(self) -> None:
        address = f"http://{programs.HOST}:{self.port}/"
        print(f"\nReady after {time.monotonic() - self.began:.1f} s: {address}\n", flush=True)
        self._print_logins()
        print(f"\nLogs: {self.data / 'log'}\nStop with Ctrl-C.", flush=True)

    def _not_ready(self) -> list[str]:
        """What /health/ready still misses, in its own words; empty when all is ready."""
        address = f"http://{programs.HOST}:{self.port}/health/ready"
        try:
            with urllib.request.urlopen(address, timeout=2):
                return []
        except urllib.error.HTTPError as error:
            try:
                parts = json.load(error)["parts"]
            except (ValueError, KeyError):
                return [f"the web server answers {error.code}; see {self.data / 'log' / 'web.log'}"]
            return [
                f"{name}: {part['reason']}" for name, part in parts.items() if not part["ready"]
            ]
        except (urllib.error.URLError, OSError):
            return ["the web server does not answer yet"]

    def _print_logins(self) -> None:
        result = subprocess.run(
            programs.manage_command("demo_logins"),
            env=programs.program_environment(self.addresses, self.port),
            capture_output=True,
            text=True,
            check=False,
        )
        print(result.stdout, end="", flush=True)


def main() -> None:
    """The entrance of bin/serve."""
    parser = argparse.ArgumentParser(prog="bin/serve")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--fresh", action="store_true")
    asked = parser.parse_args()
    data = data_dir()
    store = Store(data, asked.port, wanted_servers(data), Supervisor(say))
    try:
        store.run(asked.fresh)
    except LocalStackError as error:
        sys.exit(f"\n{error}")


if __name__ == "__main__":
    main()
