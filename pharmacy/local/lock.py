"""One run at a time on one data folder, by an advisory lock that dies with its holder."""

import fcntl
import os
from pathlib import Path
from typing import IO

from .errors import AlreadyRunning


class DataLock:
    """The right to run servers on a data folder. The kernel frees it if the holder is killed."""

    def __init__(self, data: Path) -> None:
        self._path = data / "lock"
        self._file: IO[str] | None = None

    def acquire(self) -> None:
        """Take the lock, and leave the holder's number in the file.

        Raises AlreadyRunning, naming the other run, when someone else has it.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = self._path.open("a+", encoding="ascii")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            file.close()
            raise AlreadyRunning(
                f"The servers on {self._path.parent} are already running (process {holder}). "
                "Stop that run first, or choose another folder with --data DIR."
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        self._file = file

    def release(self) -> None:
        """Give the lock back; harmless when it is not held."""
        if self._file is not None:
            self._file.close()
            self._file = None


def held(data: Path) -> bool:
    """Whether some run holds the data folder now."""
    lock = DataLock(data)
    try:
        lock.acquire()
    except AlreadyRunning:
        return True
    lock.release()
    return False
