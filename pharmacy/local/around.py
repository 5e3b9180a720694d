"""Run one program with servers of its own around it: for checks on a scratch database.

    python -m pharmacy.local.around DATA_FOLDER program argument ...

The folder is erased first. The program finds the servers through its environment; its exit code
is ours.
"""

import os
import subprocess
import sys
from pathlib import Path

from .errors import LocalStackError
from .servers import DATABASE, EmbeddedServers, erase


def run(data: Path, command: list[str]) -> int:
    """Start the servers, run the program to its end, stop the servers.

    Raises LocalStackError when they do not start.
    """
    servers = EmbeddedServers(data, durable=False)
    servers.reserve()
    try:
        erase(data)
        servers.choose_ports()
        servers.start()
        servers.create_database_if_missing()
        return subprocess.run(command, env=_environment(servers), check=False).returncode
    finally:
        servers.close()


def _environment(servers: EmbeddedServers) -> dict[str, str]:
    connection = servers.connection
    roles = {
        "DATABASE_URL": ("pharmacy_app", connection.app_password),
        "DATABASE_OWNER_URL": ("pharmacy_owner", connection.owner_password),
        "DATABASE_SUPERUSER_URL": ("postgres", connection.superuser_password),
    }
    return {
        **os.environ,
        **{name: connection.postgres_url(*role, DATABASE) for name, role in roles.items()},
        "REDIS_URL": connection.redis_url,
        "PHARMACY_DATA": str(servers.data),
        "DJANGO_SETTINGS_MODULE": "pharmacy.settings.local",
    }


def main() -> None:
    """The command line. Exits with the program's code, or 1 when there are no servers."""
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    try:
        sys.exit(run(Path(sys.argv[1]).resolve(), sys.argv[2:]))
    except LocalStackError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
