"""What falls due for those who hold a certification, training or licence (R01, R02, R05, R53)."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from rems import core
from rems.facts_query import current_row
from rems.obligations.standing import CONTACT, Row, Standing, contact_from, time_or_none
from rems.selectors import FALLBACK_ZONE


def _credentials(table: str, holder: str, program: str, scope: str) -> str:
    return f"""SELECT c.{holder}_id AS holder_id, '{table}' AS credential, {program} AS program,
  {scope} AS scope, c.valid_from, c.valid_until
  FROM rems_{table} c WHERE c.{holder}_id = ANY(%(holders)s) AND {current_row(table, "c")}"""


_STATEMENT = f"""
SELECT h.id, jsonb_build_object('zone', h.zone, 'credentials',
  (SELECT coalesce(jsonb_agg(jsonb_build_object(
    'group', jsonb_build_array(c.credential, c.scope), 'program', c.program,
    'from', c.valid_from, 'until', c.valid_until)), '[]') FROM (
      {_credentials("prescribercertification", "prescriber", "c.program_id", "c.program_id")}
      UNION ALL {_credentials("pharmacycertification", "pharmacy", "c.program_id", "c.program_id")}
      UNION ALL {_credentials("pharmacisttraining", "pharmacist", "c.program_id", "c.program_id")}
      UNION ALL {_credentials("statelicence", "pharmacy", "NULL", "c.state")}) c
    WHERE c.holder_id = h.id),
  'contact', (SELECT {CONTACT} FROM accounts_user u LEFT JOIN rems_contactpreference k ON k.user_id = u.id
   WHERE u.id = h.user_id AND u.is_active))::text
FROM (SELECT id, user_id, (SELECT time_zone FROM rems_pharmacy ORDER BY id LIMIT 1) AS zone
      FROM rems_prescriber
      UNION ALL SELECT t.id, t.user_id, f.time_zone FROM rems_pharmacist t
        JOIN rems_pharmacy f ON f.id = t.pharmacy_id
      UNION ALL SELECT id, NULL, time_zone FROM rems_pharmacy) h
WHERE h.id = ANY(%(holders)s)
"""


def load_holders(holder_ids: Iterable[UUID], at: datetime) -> Mapping[UUID, Standing]:
    """What runs out for these prescribers, pharmacists and pharmacies, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_STATEMENT, {"holders": list(holder_ids)})
        rows = cursor.fetchall()
    return {key: _standing(json.loads(text), at) for key, text in rows}


def _standing(row: Row, at: datetime) -> Standing:
    zone = core.zone_named(row["zone"] or FALLBACK_ZONE)
    contacts = (contact_from(row["contact"], zone),) if row["contact"] else ()
    found = tuple(_expiring(row["credentials"], zone, at))
    return Standing(zone, found, contacts={core.Audience.HOLDER: contacts})


def _expiring(rows: list[Row], zone: ZoneInfo, at: datetime) -> Iterable[core.Obligation]:
    """One for each kind of credential and program or state, in no order; the same day but once."""
    groups: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        groups[tuple(row["group"])].append(row)
    for group in groups.values():
        intervals = [
            (datetime.fromisoformat(row["from"]), time_or_none(row["until"])) for row in group
        ]
        found = core.credential_expiring(group[0]["program"], intervals, zone, at)
        if found is not None:
            yield found
