"""An audit of the tables in raw SQL, as the superuser: not through the ORM, a loader or the core.

Each question asks for what must not be; an answer with rows is a violation.
"""

from __future__ import annotations

from typing import Any

import psycopg

Connection = psycopg.Connection[tuple[Any, ...]]


def current(table: str, alias: str, by: str = "") -> str:
    """The row stands: it is no retraction and nothing supersedes it (`by` an instant, if given)."""
    then = f" AND later.recorded_at <= {by}" if by else ""
    return (
        f"NOT {alias}.retracts AND NOT EXISTS (SELECT FROM {table} later "
        f"WHERE later.supersedes_id = {alias}.id{then})"
    )


STATUS_IS_NOT_THE_LAST_EVENT = """
SELECT o.id, o.status, last.to_status FROM orders_order o
LEFT JOIN LATERAL (SELECT e.to_status FROM orders_orderevent e WHERE e.order_id = o.id
                   ORDER BY e.seq DESC LIMIT 1) last ON true
WHERE o.status IS DISTINCT FROM last.to_status
"""

# The gates stand here once more, from the blueprint and not from the table that the guards read.
GATED_WITHOUT_ITS_OWN_PERMIT = """
WITH gated(from_status, to_status, gate) AS (VALUES
    ('', 'placed', 'checkout'), ('placed', 'approved', 'approve'),
    ('approved', 'dispensed', 'dispense'), ('dispensed', 'shipped', 'release'),
    ('dispensed', 'handed_over', 'release'), ('on_hold', 'placed', 'checkout'),
    ('on_hold', 'dispensed', 'dispense'))
SELECT e.id, e.from_status, e.to_status FROM orders_orderevent e
JOIN orders_order o ON o.id = e.order_id
LEFT JOIN gated g ON g.from_status = e.from_status AND g.to_status = e.to_status
WHERE (g.gate IS NOT NULL OR e.to_status IN
       ('placed', 'approved', 'dispensed', 'shipped', 'handed_over'))
  AND NOT EXISTS (
    SELECT FROM rems_decisionrecord d
    WHERE d.id = e.decision_id AND d.subject_id = e.order_id AND d.patient_id = o.patient_id
      AND d.gate = g.gate AND d.outcome = 'permit' AND d.findings = '[]'
      AND d.transaction_id = e.transaction_id AND d.permitted_until >= d.at
      AND d.program_version_id = (
        SELECT v.id FROM rems_programversion v JOIN rems_prescription p ON p.id = o.prescription_id
        WHERE v.program_id = p.program_id AND v.in_force_from <= d.at
        ORDER BY v.in_force_from DESC LIMIT 1))
"""

A_PERMIT_FOR_TWO_EVENTS = """
SELECT decision_id, count(*) FROM orders_orderevent WHERE decision_id IS NOT NULL
GROUP BY decision_id HAVING count(*) > 1
"""

A_NUMBER_USED_TWICE = """
SELECT 'authorization ordered', a.number FROM orders_order o
  JOIN rems_authorization a ON a.id = o.authorization_id
  WHERE o.status NOT IN ('rejected', 'cancelled')
     OR EXISTS (SELECT FROM orders_dispense d WHERE d.order_id = o.id)
  GROUP BY a.number HAVING count(*) > 1
UNION ALL SELECT 'authorization dispensed', a.number FROM orders_dispense d
  JOIN rems_authorization a ON a.id = d.authorization_id GROUP BY a.number HAVING count(*) > 1
UNION ALL SELECT 'confirmation dispensed', c.number FROM orders_dispense d
  JOIN rems_confirmation c ON c.id = d.confirmation_id GROUP BY c.number HAVING count(*) > 1
UNION ALL SELECT 'authorization', number FROM rems_authorization
  GROUP BY number HAVING count(DISTINCT prescription_id) > 1
UNION ALL SELECT 'confirmation', number FROM rems_confirmation
  GROUP BY number HAVING count(DISTINCT prescription_id) > 1
UNION ALL SELECT 'serial', serial_number FROM orders_dispense
  GROUP BY lot_id, serial_number HAVING count(*) > 1
UNION ALL SELECT 'another fill''s number', d.id::text FROM orders_dispense d
  JOIN orders_order o ON o.id = d.order_id
  JOIN rems_authorization a ON a.id = d.authorization_id
  JOIN rems_confirmation c ON c.id = d.confirmation_id
  WHERE a.prescription_id <> o.prescription_id OR c.prescription_id <> o.prescription_id
     OR a.patient_id <> o.patient_id OR c.patient_id <> o.patient_id
"""

STOCK_BELOW_ZERO = "SELECT id, quantity_on_hand FROM catalog_lot WHERE quantity_on_hand < 0"

# What the pharmacy had received by then (recorded_at), whatever day it tells of (occurred_at).
LEFT_IN_SPITE_OF = f"""
WITH moved AS (
    SELECT e.id, e.to_status, e.recorded_at AS at, o.patient_id FROM orders_orderevent e
    JOIN orders_order o ON o.id = e.order_id
    WHERE e.to_status IN ('dispensed', 'shipped', 'handed_over')),
closed AS (
    SELECT m.id AS event, h.id AS hold, h.hold_type, h.occurred_at AS opened_at,
        (SELECT c.occurred_at FROM rems_holdclearance c
         WHERE c.hold_id = h.id AND c.recorded_at <= m.at
           AND {current("rems_holdclearance", "c", "m.at")} LIMIT 1) AS cleared_at
    FROM moved m JOIN rems_hold h ON h.patient_id = m.patient_id
    WHERE h.recorded_at <= m.at AND {current("rems_hold", "h", "m.at")})
SELECT m.id, m.to_status, 'a positive test', x.id::text FROM moved m
JOIN rems_pregnancytest x ON x.patient_id = m.patient_id AND x.recorded_at <= m.at
    AND x.result <> 'neg' AND {current("rems_pregnancytest", "x", "m.at")}
WHERE NOT EXISTS (
    SELECT FROM closed c JOIN rems_pregnancytest n ON n.patient_id = m.patient_id
    WHERE c.event = m.id AND c.hold_type = 'positive_test' AND c.opened_at >= x.occurred_at
      AND n.result = 'neg' AND n.recorded_at <= m.at AND n.occurred_at > x.occurred_at
      AND n.occurred_at <= c.cleared_at AND {current("rems_pregnancytest", "n", "m.at")})
UNION ALL
SELECT m.id, m.to_status, 'an open hold: ' || c.hold_type, c.hold::text
FROM moved m JOIN closed c ON c.event = m.id WHERE c.cleared_at IS NULL
"""

TWICE_ENROLLED = f"""
SELECT patient_id, count(*) FROM rems_enrollment n
WHERE {current("rems_enrollment", "n")} AND NOT EXISTS (
    SELECT FROM rems_enrollmentend x WHERE x.enrollment_id = n.id
      AND {current("rems_enrollmentend", "x")})
GROUP BY patient_id, program_id HAVING count(*) > 1
"""

QUESTIONS = {
    "an order's status is not its last event's": STATUS_IS_NOT_THE_LAST_EVENT,
    "a gated event without its own permit": GATED_WITHOUT_ITS_OWN_PERMIT,
    "a permit for two events": A_PERMIT_FOR_TWO_EVENTS,
    "a number used twice": A_NUMBER_USED_TWICE,
    "stock below zero": STOCK_BELOW_ZERO,
    "capsules dispensed or released in spite of": LEFT_IN_SPITE_OF,
    "a patient enrolled twice": TWICE_ENROLLED,
}
# What the database stamps has both columns: evidence, decisions, events, signatures.
_STAMPED_TABLES = """
SELECT table_name FROM information_schema.columns
WHERE table_schema = 'public' AND column_name IN ('recorded_at', 'transaction_id')
GROUP BY table_name HAVING count(*) = 2 ORDER BY table_name
"""


class Auditor:
    """Asks the questions of one database."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.sealed_tables = [str(name) for (name,) in connection.execute(_STAMPED_TABLES)]
        unsealed = " UNION ALL ".join(
            f"SELECT '{table}', r.id FROM {table} r WHERE NOT EXISTS (SELECT FROM rems_seal s "
            f"WHERE s.\"table\" = '{table}' AND s.row_id = r.id)"
            for table in self.sealed_tables
        )
        self.questions = QUESTIONS | {"a row without a seal": unsealed}

    def violations(self) -> dict[str, list[tuple[Any, ...]]]:
        """What must not be and is, by question; empty when all is well."""
        asked = {name: self.rows(sql) for name, sql in self.questions.items()}
        return {name: rows for name, rows in asked.items() if rows}

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The answer to one question."""
        return self._connection.execute(sql).fetchall()

    def counts(self) -> tuple[Any, ...]:
        """How much is written down: what an act that was refused leaves as it was."""
        return self.rows(
            "SELECT (SELECT count(*) FROM rems_seal), (SELECT count(*) FROM orders_order), "
            "(SELECT count(*) FROM orders_orderevent), (SELECT count(*) FROM rems_decisionrecord), "
            "(SELECT count(*) FROM orders_dispense), (SELECT sum(quantity_on_hand) FROM catalog_lot)"
        )[0]
