"""How a parallel run shares out the tests: by file, the long ones first.

The journeys stay together, so that their cast is brought in and their browser started once. What
takes long with few tests comes first: whoever has it last keeps the other waiting.
"""

import pytest
from xdist.scheduler import LoadFileScheduling

TOGETHER = ("tests/journeys/",)
LONG = (
    *TOGETHER,
    # A worker is given its second share at once: after the journeys, a small one.
    "tests/accounts/",
    "tests/rems/test_reminders_faults.py",
    "tests/orders/test_demo.py",
    "tests/pharmacy/",
    "tests/core/test_properties.py",
)


class Shares(LoadFileScheduling):  # type: ignore[misc]
    """A file's tests go to one worker, and so do all the journeys."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return next((folder for folder in TOGETHER if file.startswith(folder)), file)


def long_first(items: list[pytest.Item]) -> None:
    """Put the long files first, in the order of `LONG`; the others stay as they are."""
    items.sort(key=lambda item: _rank(item.nodeid))


def _rank(nodeid: str) -> int:
    return next((n for n, start in enumerate(LONG) if nodeid.startswith(start)), len(LONG))
