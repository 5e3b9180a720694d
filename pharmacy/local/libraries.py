"""Libraries that bin/serve or bin/test unpacked for documents, where the system has none."""

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

# Written by bin/bare/libraries.py, beside the packages that it completes.
KEPT = Path(sys.prefix) / "system" / "environment.json"


def missing_environment(kept: Path = KEPT) -> dict[str, str]:
    """What a program's environment must hold to find those libraries, and ours does not."""
    try:
        wanted: dict[str, str] = json.loads(kept.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return {name: value for name, value in wanted.items() if os.environ.get(name) != value}


def start_again_with_libraries(arguments: Sequence[str], kept: Path = KEPT) -> None:
    """Replace this process by itself where it lacks them: the loader reads them at start only."""
    missing = missing_environment(kept)
    if missing and not os.environ.get("PHARMACY_LIBRARIES_SET"):
        again = {**os.environ, **missing, "PHARMACY_LIBRARIES_SET": "1"}
        os.execve(sys.executable, [sys.executable, *arguments], again)
