"""Which safety programs the decision core knows.

The catalog may not import the core, so the core's shell tells the catalog, when the process
starts, for which programs it has rules. A product of any other program cannot be put on sale:
nobody would decide about its orders.
"""

_known: set[str] = set()


def register_known_program(code: str) -> None:
    """Say that there are rules for this program. Called from an AppConfig.ready."""
    _known.add(code)


def is_known_program(code: str) -> bool:
    """Whether there are rules for this program; False for an empty or unknown code."""
    return code in _known
