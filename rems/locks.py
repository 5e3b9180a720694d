"""Every row lock of the program, in the one order (design, section 3).

program, pharmacy, prescriber, pharmacist (shared by decisions, exclusive for who changes them),
then the patient (exclusive). `orders.locks` goes on from there with the order and the lot.
"""

from dataclasses import dataclass
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


Lock = tuple[str, str, UUID | str, str]


def decision_locks(parties: Parties) -> list[Lock]:
    """The locks of a decision, in order: (table, key column, key, strength)."""
    locks: list[Lock] = [
        ("rems_program", "code", parties.program_code, "SHARE"),
        ("rems_pharmacy", "id", parties.pharmacy_id, "SHARE"),
        ("rems_prescriber", "id", parties.prescriber_id, "SHARE"),
    ]
    if parties.pharmacist_id is not None:
        locks.append(("rems_pharmacist", "id", parties.pharmacist_id, "SHARE"))
    return [*locks, ("rems_patient", "id", parties.patient_id, "UPDATE")]


def lock_subject(subject: str, subject_id: UUID) -> None:
    """Take the row of `patient`, `prescriber`, `pharmacist` or `pharmacy` for oneself.

    Raises ValueError for another word, LookupError for an unknown row.
    """
    if subject not in {"patient", "prescriber", "pharmacist", "pharmacy"}:
        raise ValueError(f"no such subject: {subject}")
    take([(f"rems_{subject}", "id", subject_id, "UPDATE")])


def take(locks: list[Lock]) -> None:
    """Take the locks one after the other, in one round trip.

    Raises LookupError when a row does not exist: what is unknown is refused.
    """
    statement = "; ".join(
        f"SELECT 1 FROM {table} WHERE {key} = %s FOR {strength}"
        for table, key, _, strength in locks
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [value for _, _, value, _ in locks])
        for table, *_ in locks:
            if cursor.fetchone() is None:
                raise LookupError(f"no such row in {table}")
            cursor.nextset()
