"""Free ports on this machine, outside the range that outgoing connections draw from."""

import errno
import random
import socket

from .errors import LocalStackError

LOWEST, HIGHEST = 20_000, 32_000


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen on the port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno in (errno.EADDRINUSE, errno.EACCES):
                return False
            raise
    return True


def answers(port: int, host: str = "127.0.0.1") -> bool:
    """Whether something listens on the port now."""
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True


def choose(preferred: int | None = None) -> int:
    """The preferred port if it is free, else any free one. Raises LocalStackError if none is."""
    # Chance, not secrecy: two runs should rarely pick the same port.
    picks = [random.randint(LOWEST, HIGHEST) for _ in range(200)]
    for port in ([preferred] if preferred else []) + picks:
        if is_free(port):
            return port
    raise LocalStackError(f"No free port was found between {LOWEST} and {HIGHEST}.")


class PortTaken(LocalStackError):
    """The store's port is in use by another program."""
