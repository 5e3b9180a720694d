"""Makes the rows of some subjects equal to what is wanted, in one statement.

What stands is looked up once, by whom it is about: for every wanted row apart the server may choose
to read the whole table. What is right already is neither written nor locked. What is to change is
locked first, in the order of the keys, as a worker does that notes
(rems/services/reminder_claims.py): neither can hold a row that the other waits for. A row that a
worker has begun with keeps its time, and its lease, so that the worker can still say what came of
it; one that was sent meanwhile stays sent.
"""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from uuid6 import uuid7

from rems import core
from rems.outbox.wanted import TASK, Wanted

_SAME_KEY = """r.subject_id = w.subject_id AND r.program_id IS NOT DISTINCT FROM w.program_id
    AND r.kind = w.kind AND r.due_on = w.due_on AND r.step = w.step
    AND r.recipient_id IS NOT DISTINCT FROM w.recipient_id AND r.channel = w.channel"""
_KEY = "w.subject_id, w.program_id, w.kind, w.due_on, w.step, w.recipient_id, w.channel"
_COLUMNS = "subject_id, patient_id, program_id, kind, due_on, step, recipient_id, channel, send_at"
# A later or an earlier time, unless both have come: then it is on its way.
_MOVES = """r.status = 'planned' AND r.attempts = 0 AND r.send_at <> {new}
    AND greatest(r.send_at, {new}) > (SELECT at FROM asked)"""

# What is asked is one value, into which the planner does not look: any plan then looks as dear as one
# made for the occasion, and the server keeps it. To plan takes longer than the work.
_STATEMENT = f"""
WITH asked AS MATERIALIZED (
  SELECT * FROM jsonb_to_record(%(asked)s::jsonb)
    AS a(wanted jsonb, scope uuid[], kinds text[], program text, at timestamptz)
), wanted AS MATERIALIZED (
  SELECT w.* FROM asked, jsonb_to_recordset(asked.wanted) AS w(id uuid, subject_id uuid,
    patient_id uuid, program_id text, kind text, due_on date, step int, recipient_id uuid,
    channel text, send_at timestamptz)
), standing AS MATERIALIZED (
  SELECT r.id, {_COLUMNS}, status, attempts FROM rems_reminder r WHERE __SCOPE__
), changing AS (
  SELECT r.id, true AS is_obsolete FROM standing r
  WHERE r.status = 'planned' AND r.kind = ANY((SELECT kinds FROM asked)::text[])
    AND NOT EXISTS (SELECT 1 FROM wanted w WHERE {_SAME_KEY})
  UNION ALL
  SELECT r.id, false FROM wanted w JOIN standing r ON {_SAME_KEY}
  WHERE r.status = 'cancelled' OR ({_MOVES.format(new="w.send_at")})
), held AS MATERIALIZED (
  SELECT r.id, c.is_obsolete FROM changing c JOIN rems_reminder r ON r.id = c.id
  ORDER BY r.id FOR UPDATE OF r
), cancelled AS (
  UPDATE rems_reminder r SET status = 'cancelled'
  FROM held WHERE r.id = held.id AND held.is_obsolete AND r.status = 'planned'
  RETURNING 'obsolete' AS difference, r.id, r.subject_id, r.kind, r.channel,
    r.send_at
), put AS (
  INSERT INTO rems_reminder AS r (id, {_COLUMNS}, status, attempts, failure, delivery,
    provider_message_id, possible_duplicates)
  SELECT w.id, w.subject_id, w.patient_id, w.program_id, w.kind, w.due_on, w.step, w.recipient_id,
    w.channel, w.send_at, 'planned', 0, '', '', '', 0
  FROM wanted w LEFT JOIN standing r ON {_SAME_KEY} CROSS JOIN (SELECT count(*) FROM held) h
  WHERE r.id IS NULL OR r.status = 'cancelled' OR ({_MOVES.format(new="w.send_at")})
  ORDER BY {_KEY}
  ON CONFLICT (subject_id, program_id, kind, due_on, step, recipient_id, channel) DO UPDATE
  SET status = 'planned', send_at = excluded.send_at, failure = '', attempts = 0
  WHERE r.status = 'cancelled' OR ({_MOVES.format(new="excluded.send_at")})
  RETURNING CASE WHEN r.xmax = 0 THEN 'missing' ELSE 'outdated' END AS difference,
    r.id, r.subject_id, r.kind, r.channel,
    r.send_at
)
SELECT * FROM cancelled UNION ALL SELECT * FROM put
"""
_SCOPE = "(SELECT scope FROM asked)"
_SCOPES = {
    "patient": "r.patient_id {is_asked}",
    "course": "r.patient_id {is_asked} AND r.program_id = (SELECT program FROM asked)",
    "wanted": "r.subject_id IN (SELECT subject_id FROM wanted)",
    "subject": "r.subject_id {is_asked} AND r.patient_id IS NULL",
    "person": "(r.patient_id {is_asked} OR r.subject_id {is_asked} AND r.patient_id IS NULL)",
}
EVERY_KIND = tuple(kind.value for kind in core.Kind)


@dataclass(frozen=True, slots=True)
class Difference:
    """One row that was not as the facts ask: `missing`, `outdated` or `obsolete`."""

    difference: str
    id: UUID
    subject_id: UUID
    kind: str
    channel: str
    send_at: datetime

    def wants_a_worker(self, at: datetime) -> bool:
        """Whether it is a message that is due now."""
        return self.difference != "obsolete" and self.channel != TASK and self.send_at <= at


def reconcile(
    by: str,
    keys: Collection[UUID],
    wanted: Iterable[Wanted],
    at: datetime,
    kinds: Collection[str] = EVERY_KIND,
    program_code: str | None = None,
) -> list[Difference]:
    """Add what is missing, revive or move what stands otherwise, cancel what is obsolete.

    `keys` name the `patient`s or `subject`s whose rows those are, or each `person` of both; or the
    patients whose `course` in one program is meant; or it is enough to know what is `wanted`, and no
    key is given. Of other `kinds` nothing is cancelled. Returns what was changed.
    """
    scope = list(keys)
    asked = {
        "wanted": [_row(one) for one in wanted],
        "scope": scope,
        "kinds": list(kinds),
        "program": program_code,
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(_statement(by, len(scope) == 1), {"asked": json.dumps(asked, default=str)})
        return [Difference(*found) for found in cursor.fetchall()]


def _row(wanted: Wanted) -> dict[str, Any]:
    key = wanted.key
    return {
        "id": uuid7(),
        "subject_id": key.subject_id,
        "patient_id": wanted.patient_id,
        "program_id": key.program_code,
        "kind": key.kind,
        "due_on": key.due_on,
        "step": key.step,
        "recipient_id": key.recipient_id,
        "channel": key.channel,
        "send_at": wanted.send_at,
    }


def _statement(by: str, is_one: bool) -> str:
    """The statement for these keys; one is looked up by itself."""
    is_asked = f"= {_SCOPE}[1]" if is_one else f"= ANY({_SCOPE}::uuid[])"
    return _STATEMENT.replace("__SCOPE__", _SCOPES[by].format(is_asked=is_asked))
