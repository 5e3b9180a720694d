"""Where PostgreSQL may live: it refuses to run as root, so root's copy runs as `nobody`.

`nobody` cannot pass a closed folder such as /root. Data that it could not reach moves to
/var/lib, and binaries that it could not reach are copied beside the data.
"""

import hashlib
import os
import pwd
import shutil
from pathlib import Path

from .children import Account, run_as
from .errors import LocalStackError

ROOTS_OWN = Path("/var/lib/pharmacy-local")


def postgres_account() -> Account | None:
    """The account PostgreSQL runs as: our own, or `nobody` when we are root."""
    if os.geteuid() != 0:
        return None
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError as error:
        raise LocalStackError("PostgreSQL refuses root, and there is no user `nobody`.") from error
    return Account(nobody.pw_uid, nobody.pw_gid)


def can_reach(account: Account | None, folder: Path) -> bool:
    """Whether the account may enter the folder."""
    if account is None:
        return True
    return run_as(account, ["/usr/bin/test", "-x", folder]).returncode == 0


def postgres_home(data: Path) -> Path:
    """The folder for PostgreSQL's files: in the data folder, or in /var/lib if that is closed."""
    data.mkdir(parents=True, exist_ok=True)
    if can_reach(postgres_account(), data):
        return data / "postgres"
    name = hashlib.sha256(str(data.resolve()).encode()).hexdigest()[:12]
    return ROOTS_OWN / name


def make_home(home: Path) -> None:
    """Create the folder so that `nobody` can enter it and write nothing but its own cluster."""
    home.mkdir(parents=True, exist_ok=True)
    for folder in (home, *home.parents):
        if ROOTS_OWN in (folder, *folder.parents) and os.geteuid() == 0:
            folder.chmod(0o755)


def reachable_binaries(binaries: Path, home: Path) -> Path:
    """The server's binaries where its account can run them; copied beside the data if need be.

    `binaries` is a `bin` folder; the libraries it finds relative to itself come along.
    """
    account = postgres_account()
    if can_reach(account, binaries):
        return binaries
    install, package = binaries.parent, binaries.parent.parent
    copy = home / "binaries"
    target = copy / package.name / install.name
    if not (target / "bin" / "postgres").exists():
        shutil.rmtree(copy, ignore_errors=True)
        libraries = package.with_name(f"{package.name}.libs")
        shutil.copytree(libraries, copy / libraries.name)
        shutil.copytree(install, target, symlinks=True)
        _open_to_all(copy)
    return target / "bin"


def _open_to_all(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044))
            if path.parent.name == "bin":
                path.chmod(0o755)
