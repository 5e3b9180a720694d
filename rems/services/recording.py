"""The one way in which evidence is written: lock the subject, read the clock, write, sign, seal.

Every service of this package runs inside `recording(...)`; the reminders that follow from the new
facts are planned in the same transaction.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TypeVar
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef

from accounts.clock import read_clock
from rems.canonical import row_content
from rems.errors import EntryRefused
from rems.locks import lock_subject
from rems.models import Evidence
from rems.outbox import plan_for_holders, plan_for_patients
from rems.seals import seal
from rems.signatures import Signature, attest
from rems.transactions import mutation

E = TypeVar("E", bound=Evidence)
# Nobody alive was there before: an earlier time is a slip of the finger.
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
UNSIGNED_COLUMNS = frozenset({"recorded_at", "transaction_id", "attestation_id"})


class Recorder:
    """Writes evidence about one subject while its lock is held. `at` is the database's clock."""

    def __init__(self, subject_id: UUID, at: datetime) -> None:
        self.subject_id = subject_id
        self.at = at
        self.rows: list[models.Model] = []

    def moment(self, stated: datetime | None, field: str) -> datetime:
        """When something happened, as it was stated, or now. `field` is the keyword it came by.

        Raises EntryRefused for a time later than the clock, absurdly early, or without an offset.
        """
        if stated is None:
            return self.at
        if stated.utcoffset() is None:
            raise EntryRefused(field, "State the time with its time zone.")
        if stated > self.at:
            raise EntryRefused(field, "This time is in the future.")
        if stated < EARLIEST:
            raise EntryRefused(field, "This time is too long ago.")
        return stated

    def add(self, row: E, signature: Signature | None = None) -> E:
        """Write one row, signed if the program wants a signature. Without a time it is now.

        Raises SignatureRefused. What the database refuses, it refuses here or at the commit.
        """
        if row.occurred_at is None:
            row.occurred_at = self.at
        if signature is not None:
            row.attestation = attest(
                signature,
                subject_id=self.subject_id,
                table=row._meta.db_table,
                row_id=row.pk,
                content=signed_content(row),
                at=self.at,
            )
            self.rows.append(row.attestation)
        row.save(force_insert=True)
        self.rows.append(row)
        return row


def signed_content(row: Evidence) -> dict[str, object]:
    """What a signature under the row is bound to: every column but the database's own stamps."""
    return {name: value for name, value in row_content(row).items() if name not in UNSIGNED_COLUMNS}


def take_up(row: E, **tie: object) -> E:
    """The row, as the successor of one of its kind that was taken back, if there is one.

    Of some kinds there is one line of rows for each `tie`: without this, what was entered in error
    could never be recorded again.
    """
    rows = type(row)._default_manager.filter(retracts=True, **tie)
    row.supersedes = rows.filter(
        ~Exists(rows.model._default_manager.filter(supersedes=OuterRef("pk")))
    ).first()
    if row.supersedes is not None:
        row.correction_reason = "Recorded again after it was taken back."
    return row


@contextmanager
def recording(subject: str, subject_id: UUID) -> Iterator[Recorder]:
    """A durable transaction under the lock of `patient`, `prescriber`, `pharmacist` or `pharmacy`.

    Raises GuardRefused when the database refuses, LookupError for an unknown subject.
    """
    with mutation():
        lock_subject(subject, subject_id)
        recorder = Recorder(subject_id, read_clock())
        yield recorder
        plan = plan_for_patients if subject == "patient" else plan_for_holders
        plan([subject_id], recorder.at)
        seal(subject_id, recorder.rows)
