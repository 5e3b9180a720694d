"""Where the settings learn their servers' addresses. Asking starts nothing.

For `pharmacy.settings.local`:  `servers = environment.load()`
For `pharmacy.settings.test`:   `servers = environment.load_for_tests()`
For `manage.py`:                `with environment.servers_for(sys.argv):` around the command

`servers` has `database_url` (the application's role), `database_owner_url` (the schema owner's),
`redis_url`, `secret_key`, `seal_key`, `data_dir` and, in tests, `superuser_url`.

DATABASE_URL and REDIS_URL in the environment win over the embedded servers, each by itself.
DATABASE_OWNER_URL is then needed to migrate; `setup_database` says so when it is missing.
PHARMACY_DATA names another data folder than `.local/`.
"""

import contextlib
import os
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from . import lock, ports, secret_file
from .errors import AlreadyRunning, LocalStackError
from .roles import APP, OWNER
from .servers import DATABASE, EmbeddedServers

ROOT = Path(__file__).resolve().parents[2]
WAIT_SECONDS = 60
# Nothing listens here: what a command sees that looks for servers which were never started.
NOWHERE = secret_file.Connection(postgres_port=1, valkey_port=1)

# Management commands that do not touch the database.
WITHOUT_DATABASE = frozenset(
    {
        *("", "help", "version", "--help", "-h", "--version", "check", "makemigrations"),
        *("collectstatic", "compilemessages", "diffsettings", "findstatic", "makemessages"),
        *("startapp", "rems_decide"),
    }
)


@dataclass(frozen=True)
class Servers:
    """Addresses and keys for one way of running the store on this machine."""

    database_url: str
    database_owner_url: str
    redis_url: str
    secret_key: str
    seal_key: str
    data_dir: Path
    superuser_url: str = ""


def data_dir() -> Path:
    """The data folder: PHARMACY_DATA, or `.local` in the project's root."""
    return Path(os.environ.get("PHARMACY_DATA") or ROOT / ".local").resolve()


def load() -> Servers:
    """The addresses for the settings: from the environment, else of the embedded servers.

    Before the first start they point where nothing listens.
    """
    data = data_dir()
    return _servers(secret_file.read(data) or NOWHERE, data, DATABASE)


def _servers(connection: secret_file.Connection, data: Path, database: str) -> Servers:
    given = os.environ.get("DATABASE_URL", "")
    owner = os.environ.get("DATABASE_OWNER_URL", "")
    superuser = os.environ.get("DATABASE_SUPERUSER_URL", "")
    if not given:
        given = connection.postgres_url(APP, connection.app_password, database)
        owner = connection.postgres_url(OWNER, connection.owner_password, database)
        superuser = connection.postgres_url("postgres", connection.superuser_password, database)
    return Servers(
        database_url=given,
        database_owner_url=owner,
        redis_url=os.environ.get("REDIS_URL") or connection.redis_url,
        secret_key=os.environ.get("SECRET_KEY") or connection.secret_key,
        seal_key=os.environ.get("SEAL_KEY") or connection.seal_key,
        data_dir=data,
        superuser_url=superuser,
    )


def wanted_servers(data: Path, *, durable: bool = True) -> EmbeddedServers:
    """The embedded servers that the environment does not replace."""
    return EmbeddedServers(
        data,
        durable=durable,
        with_postgres=not os.environ.get("DATABASE_URL"),
        with_valkey=not os.environ.get("REDIS_URL"),
    )


@contextlib.contextmanager
def servers_for(arguments: Sequence[str]) -> Iterator[None]:
    """Have servers while a management command runs: those already running, else our own.

    Servers that we start, we stop. Raises LocalStackError when they do not come up.
    """
    if not _needs_servers(arguments):
        yield
        return
    servers = wanted_servers(data_dir())
    try:
        servers.reserve()
    except AlreadyRunning:
        _wait_for_the_other_run(data_dir())
        yield
        return
    try:
        print("Starting the local servers for this command...", file=sys.stderr)
        servers.start()
        servers.create_database_if_missing()
        yield
    finally:
        servers.close()


def _needs_servers(arguments: Sequence[str]) -> bool:
    if os.environ.get("DJANGO_SETTINGS_MODULE", "pharmacy.settings.local").rpartition(".")[2] != (
        "local"
    ):
        return False
    if os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"):
        return False
    command = arguments[1] if len(arguments) > 1 else ""
    asks_help = "--help" in arguments or "-h" in arguments
    return not asks_help and (command not in WITHOUT_DATABASE or "--database" in arguments)


def _wait_for_the_other_run(data: Path) -> None:
    """Another run holds the folder; wait until its database answers."""
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        connection = secret_file.read(data)
        if connection is not None and ports.answers(connection.postgres_port):
            return
        if not lock.held(data):
            raise LocalStackError("The other run ended before its servers were ready.")
        time.sleep(0.1)
    raise LocalStackError(f"The servers on {data} are held by another run but do not answer.")


_test_servers: EmbeddedServers | None = None


def load_for_tests() -> Servers:
    """The addresses for the test settings: a data folder, passwords and ports of this run's own.

    Starts nothing; `start_test_servers` does. Two test runs at once get two folders. The
    addresses are put into the environment, so that programs started by a test find them.
    Raises LocalStackError if DATABASE_URL is given without the owner's and superuser's addresses.
    """
    global _test_servers
    if _test_servers is None and not os.environ.get("PHARMACY_TESTS_READY"):
        _refuse_half_an_address()
        _test_servers, data = _reserve_test_folder()
        found = _servers(_test_servers.connection, data, f"test_{DATABASE}")
        _export(found)
    return _servers(NOWHERE, Path(os.environ["PHARMACY_DATA"]), f"test_{DATABASE}")


def _refuse_half_an_address() -> None:
    if os.environ.get("DATABASE_URL"):
        for name in ("DATABASE_OWNER_URL", "DATABASE_SUPERUSER_URL"):
            if not os.environ.get(name):
                raise LocalStackError(f"With DATABASE_URL the tests need {name} too.")


def _reserve_test_folder() -> tuple[EmbeddedServers, Path]:
    parent = data_dir()
    for number in range(1, 100):
        data = parent / ("test" if number == 1 else f"test-{number}")
        servers = wanted_servers(data, durable=False)
        try:
            servers.reserve()
        except AlreadyRunning:
            continue
        return servers, data
    raise LocalStackError(f"A hundred test runs are already using {parent}.")


_environment_before: dict[str, str | None] = {}


def give_test_servers_back() -> None:
    """Give the folder and the addresses back, whether or not a test wanted the servers.

    Called at the end, and by the process that only hands tests out before it starts its workers,
    which reserve their own.
    """
    global _test_servers
    if _test_servers is not None:
        _test_servers.close()
        _test_servers = None
    for name, value in _environment_before.items():
        os.environ.pop(name, None)
        if value is not None:
            os.environ[name] = value


def _export(found: Servers) -> None:
    exported = {
        "DATABASE_URL": _as_test(found.database_url),
        "DATABASE_OWNER_URL": _as_test(found.database_owner_url),
        "DATABASE_SUPERUSER_URL": _as_test(found.superuser_url),
        "REDIS_URL": found.redis_url,
        "PHARMACY_DATA": str(found.data_dir),
        "PHARMACY_TESTS_READY": "1",
    }
    _environment_before.update({name: os.environ.get(name) for name in exported})
    os.environ.update(exported)


def _as_test(url: str) -> str:
    """The address with a database of the tests' own: they erase what they find."""
    server, _, database = url.rpartition("/")
    return url if database.startswith("test_") else f"{server}/test_{database}"


def start_test_servers() -> EmbeddedServers:
    """Start the servers that `load_for_tests` reserved; the caller closes them.

    Raises LocalStackError if the test settings were not loaded in this process.
    """
    if _test_servers is None:
        raise LocalStackError("The test settings were not loaded in this process.")
    _test_servers.start()
    return _test_servers
