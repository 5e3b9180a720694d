"""What falls due, for whom: facts from the tables, the answer from the core's schedule."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from rems.core import Kind, Obligation
from rems.obligations.failures import FAILED, load_failures
from rems.obligations.holders import load_holders
from rems.obligations.patient_query import register_orders
from rems.obligations.patients import load_obligations
from rems.obligations.standing import Contact, Standing

__all__ = [
    "FAILED",
    "PREGNANCY_TEST_DUE",
    "Contact",
    "Obligation",
    "Standing",
    "load_failures",
    "load_holders",
    "load_obligations",
    "loader_of",
    "register_loader",
    "register_orders",
    "subjects_of_rooms_above",
]

PREGNANCY_TEST_DUE = Kind.PREGNANCY_TEST_DUE

Loader = Callable[[Iterable[UUID], datetime], Mapping[UUID, Standing]]

_loaders: dict[str, Loader] = {
    Kind.CREDENTIAL_EXPIRING: load_holders,
    Kind.REMINDER_FAILED: load_failures,
}
_of_rooms_above: dict[str, Callable[[], Sequence[UUID]]] = {}


def register_loader(kind: Kind, load: Loader, every: Callable[[], Sequence[UUID]]) -> None:
    """Take from a room above how it reads the obligations of its own subjects, and the keys of
    all of them."""
    _loaders[kind], _of_rooms_above[kind] = load, every


def loader_of(kind: str) -> Loader:
    """Who reads the obligations of this kind, by subject: by patient, if nobody else."""
    return _loaders.get(kind, load_obligations)


def subjects_of_rooms_above() -> Mapping[str, Sequence[UUID]]:
    """By kind, the keys of all subjects that rooms above have registered."""
    return {kind: every() for kind, every in _of_rooms_above.items()}
