"""Program versions that differ from the first one in one thing, for the tests of the core."""

from __future__ import annotations

import json
from typing import Any

from rems.core import PROGRAMS, ProgramVersion

PROGRAM = PROGRAMS[0]


def changed(**data: Any) -> ProgramVersion:
    # Through JSON: a word that was read is never the same object as a word of the program.
    return ProgramVersion.from_data(json.loads(json.dumps({**PROGRAM.to_data(), **data})))


def with_limit(key: str, value: int) -> ProgramVersion:
    limits = [{**x, "value": value} if x["key"] == key else x for x in PROGRAM.to_data()["limits"]]
    return changed(limits=limits)


def deciding(key: str, value: str) -> ProgramVersion:
    return changed(decisions={**PROGRAM.to_data()["decisions"], key: value})
