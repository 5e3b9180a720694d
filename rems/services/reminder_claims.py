"""Who sends which reminder: a small batch is claimed under a lease, and what is obsolete laid aside.

The moment to send (`send_at`) never moves while a row is tried: how late it is stays visible. Only
quiet hours move it, to their end. A pause between two attempts is a lease that nobody holds.
"""

import logging
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, connection

from accounts.clock import read_clock
from accounts.models import User
from rems.models import Reminder
from rems.outbox import still_needed
from rems.selectors import LATE_AFTER

# Its conditions are those of the index `rems_reminder_due`, word for word. It returns what sending
# asks of a row; anything else would be read when asked for.
_CLAIM = """
WITH free AS MATERIALIZED (
  SELECT id FROM rems_reminder
  WHERE status = 'planned' AND channel <> 'task' AND send_at <= %(at)s
    AND (lease_until IS NULL OR lease_until <= %(at)s)
  ORDER BY send_at, id LIMIT %(batch)s FOR UPDATE SKIP LOCKED)
UPDATE rems_reminder AS r SET lease_until = %(lease)s FROM free WHERE r.id = free.id
RETURNING r.id, r.subject_id, r.patient_id, r.program_id, r.kind, r.due_on, r.step,
  r.recipient_id, r.channel, r.status, r.send_at, r.attempts, r.lease_until, r.resolved_at,
  (SELECT u.email FROM accounts_user u WHERE u.id = r.recipient_id) AS address
"""
# Rows that are still ours, in the order in which planning takes them (rems/outbox/reconciling.py):
# neither can hold a row that the other waits for.
STILL_OURS = """
WITH ours AS MATERIALIZED (SELECT id FROM rems_reminder
  WHERE id = ANY(%(keys)s) AND lease_until = %(lease)s ORDER BY id FOR UPDATE)
"""
_GIVE_BACK = f"""{STILL_OURS}
UPDATE rems_reminder AS r SET lease_until = NULL FROM ours WHERE r.id = ours.id RETURNING r.id
"""
# After an outage only the newest of each kind goes out: a patient's older one of the same kind,
# to the same person by the same way, has been overtaken by it. One about a later day that was told
# sooner overtakes nothing: the day was moved since.
_OVERTAKEN = """
SELECT older.id, newer.id, newer.status = 'planned' AND newer.id <> ALL(%(keys)s)
FROM rems_reminder older JOIN rems_reminder newer
  ON newer.subject_id = older.subject_id AND newer.kind = older.kind
  AND newer.channel = older.channel
  AND newer.program_id IS NOT DISTINCT FROM older.program_id
  AND newer.recipient_id IS NOT DISTINCT FROM older.recipient_id
  AND (newer.due_on, newer.step) > (older.due_on, older.step)
  AND newer.send_at >= older.send_at
WHERE older.id = ANY(%(keys)s) AND older.patient_id IS NOT NULL
  AND newer.status IN ('planned', 'sent') AND newer.send_at <= %(at)s
"""

logger = logging.getLogger(__name__)


def claim(batch: int) -> list[Reminder]:
    """Take up to `batch` due rows for LEASE_SECONDS, those that have waited longest first.

    One statement, which commits by itself; what another worker holds is passed over without
    waiting.
    """
    at = read_clock()
    claimed = {"at": at, "lease": lease_end(at), "batch": batch}
    rows = list(Reminder.objects.raw(_CLAIM, claimed))
    for row in rows:
        person = (row.recipient_id, row.address)  # type: ignore[attr-defined]
        row.recipient = (
            User.from_db("default", ("id", "email"), person) if row.recipient_id else None
        )
    return sorted(rows, key=lambda row: (row.send_at, row.pk))


def lease_end(at: datetime) -> datetime:
    """When a claim made at this instant runs out."""
    return at + timedelta(seconds=settings.LEASE_SECONDS)


def give_back(rows: Sequence[Reminder]) -> None:
    """Let go of claimed rows that were not tried: the next tick takes them."""
    for lease in {row.lease_until for row in rows}:
        write_ours(_GIVE_BACK, [row for row in rows if row.lease_until == lease])


def write_ours(
    statement: str, rows: Sequence[Reminder], **parameters: Any
) -> list[tuple[Any, ...]]:
    """Run a statement that begins with STILL_OURS on rows of one claim: what it returns of each that
    it wrote."""
    parameters |= {"keys": [row.pk for row in rows], "lease": rows[0].lease_until}
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())


def overtaken(rows: Sequence[Reminder], at: datetime, obsolete: Collection[UUID] = ()) -> set[UUID]:
    """The keys of those that a newer one of the same kind makes superfluous; one that is `obsolete`
    itself goes out to nobody, so it overtakes nothing.

    Those that came due together are claimed together; only what is late asks the table, and then
    the core, whether a newer one that still waits for its turn goes out.
    """
    if all(at - row.send_at <= LATE_AFTER for row in rows):
        return _overtaken_among(rows, obsolete)
    with connection.cursor() as cursor:
        cursor.execute(_OVERTAKEN, {"keys": [row.pk for row in rows], "at": at})
        pairs = cursor.fetchall()
    waiting = Reminder.objects.filter(pk__in={newer for _, newer, waits in pairs if waits})
    asked_for, _ = needed(list(waiting), at)
    return {
        older
        for older, newer, waits in pairs
        if newer not in obsolete and (newer in asked_for or not waits)
    }


def _overtaken_among(rows: Sequence[Reminder], obsolete: Collection[UUID]) -> set[UUID]:
    told: dict[tuple[object, ...], list[Reminder]] = defaultdict(list)
    for row in rows:
        if row.patient_id is not None:
            to_whom = (row.subject_id, row.program_id, row.kind, row.recipient_id, row.channel)
            told[to_whom].append(row)
    pairs = (pair for same in told.values() for pair in permutations(same, 2))
    return {
        older.pk
        for older, newer in pairs
        if (newer.due_on, newer.step) > (older.due_on, older.step)
        and newer.send_at >= older.send_at
        and newer.pk not in obsolete
    }


def needed(rows: Sequence[Reminder], at: datetime) -> tuple[dict[UUID, datetime], dict[UUID, str]]:
    """The keys that the core still asks for, and from when on each may be sent, in one question for
    all rows; and of those about which it cannot be asked, why. One patient's unreadable record must
    not hold up everybody else."""
    try:
        return still_needed(rows, at), {}
    except DatabaseError:
        raise
    except Exception as error:
        logger.error("asked about reminders one by one", extra={"reason": type(error).__name__})
        return _needed_one_by_one(rows, at)


def _needed_one_by_one(
    rows: Sequence[Reminder], at: datetime
) -> tuple[dict[UUID, datetime], dict[UUID, str]]:
    found: dict[UUID, datetime] = {}
    unanswered: dict[UUID, str] = {}
    for row in rows:
        try:
            found |= still_needed([row], at)
        except DatabaseError:
            raise
        except Exception as error:
            unanswered[row.pk] = type(error).__name__
    return found, unanswered
