"""Every row lock of the program, in the one order (design, section 3).

First the user who chooses how they are told, or is about to be told more; then program, pharmacy,
prescriber, pharmacist (shared by decisions, exclusive for who changes them), then the patient
(exclusive). `orders.locks` goes on from there with the order and the lot. Last come the reminders:
several of them in the order of their keys, and one before the task about it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection


@dataclass(frozen=True, slots=True)
class Parties:
    """Whom a decision is about. `pharmacist_id` is None before a pharmacist takes part."""

    program_code: str
    pharmacy_id: UUID
    prescriber_id: UUID
    patient_id: UUID
    pharmacist_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """The key that another row names: a query with one parameter, of columns that never change."""

    query: str
    by: UUID


Key = UUID | str | Named
Lock = tuple[str, str, Key, str]
SUBJECTS = frozenset({"patient", "prescriber", "pharmacist", "pharmacy"})


def decision_locks(
    program: Key, pharmacy: Key, prescriber: Key, pharmacist: Key | None, patient: Key
) -> list[Lock]:
    """The locks of a decision, in order: (table, key column, key, strength)."""
    locks: list[Lock] = [
        ("rems_program", "code", program, "SHARE"),
        ("rems_pharmacy", "id", pharmacy, "SHARE"),
        ("rems_prescriber", "id", prescriber, "SHARE"),
    ]
    if pharmacist is not None:
        locks.append(("rems_pharmacist", "id", pharmacist, "SHARE"))
    return [*locks, ("rems_patient", "id", patient, "UPDATE")]


def lock_user(user_id: UUID) -> None:
    """Take who chooses how they are reached, or who will be told of one patient more, before any
    other row: the second of the two plans with what the first did. New rows that refer to the user
    need not wait. Raises LookupError for an unknown one."""
    take([("accounts_user", "id", user_id, "NO KEY UPDATE")])


def lock_subject(subject: str, subject_id: UUID) -> None:
    """Take the row of `patient`, `prescriber`, `pharmacist` or `pharmacy` for oneself.

    Raises ValueError for another word, LookupError for an unknown row.
    """
    if subject not in SUBJECTS:
        raise ValueError(f"no such subject: {subject}")
    take([(f"rems_{subject}", "id", subject_id, "UPDATE")])


def lock_subjects(subject: str, subject_ids: Collection[UUID]) -> None:
    """Take several rows of one kind for oneself, in the order of their keys, in one statement."""
    if subject not in SUBJECTS:
        raise ValueError(f"no such subject: {subject}")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT 1 FROM rems_{subject} WHERE id = ANY(%s) ORDER BY id FOR UPDATE",
            [list(subject_ids)],
        )


def lock_for_reference(patient_ids: Collection[UUID | None]) -> None:
    """Keep these patients' rows in place for new rows that refer to them, before any of the
    patients' reminders is taken.

    The foreign key would ask for the same lock, but at commit: a fact that has the patient and
    waits for the reminder would never be done.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM rems_patient WHERE id = ANY(%s::uuid[]) ORDER BY id FOR KEY SHARE",
            [list(patient_ids)],
        )


def take(locks: list[Lock]) -> dict[str, Any]:
    """Take the locks one after the other, in one statement. The last row locked, as it now stands.

    Each link of the statement reads the one before it, and a row is locked only when its link has
    been read: PostgreSQL cannot take them in another order. A row that somebody else changed while
    we waited is returned as they left it. Raises LookupError when a row does not exist: what is
    unknown is refused.
    """
    links = [
        f"lock_{place} AS (SELECT t.* FROM {table} t{_after(place)} "
        f"WHERE t.{column} = {_wanted(key)} {row_lock(strength)})"
        for place, (table, column, key, strength) in enumerate(locks)
    ]
    statement = f"WITH {', '.join(links)} SELECT * FROM lock_{len(locks) - 1}"
    with connection.cursor() as cursor:
        cursor.execute(
            statement, [key.by if isinstance(key, Named) else key for _, _, key, _ in locks]
        )
        found = cursor.fetchone()
        if found is None:
            raise LookupError(f"no such row, in one of: {', '.join(lock[0] for lock in locks)}")
        return dict(zip((column.name for column in cursor.description), found, strict=True))


def row_lock(strength: str) -> str:
    """The clause that locks a link's own row and no other. `strength` is SHARE, UPDATE and so on."""
    return f"FOR {strength} OF t"


def _wanted(key: Key) -> str:
    return f"({key.query})" if isinstance(key, Named) else "%s"


def _after(place: int) -> str:
    return f" CROSS JOIN lock_{place - 1}" if place else ""
