"""What falls due for a patient: facts from the tables, the answer from the core's schedule.

Only those in treatment have obligations: an active enrolment, and capsules in hand since it began.
Dates are local to the pharmacy (decision D10), as the core asks.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from rems import core
from rems.facts_query import current_row
from rems.loaders import program_version

Row = dict[str, Any]

PREGNANCY_TEST_DUE = "pregnancy_test_due"

_STATEMENT = f"""
SELECT p.id, jsonb_build_object(
  'time_zone', p.time_zone,
  'pharmacy_zone', (SELECT f.time_zone FROM rems_pharmacy f ORDER BY f.id LIMIT 1),
  'category', (SELECT c.category FROM rems_categoryassignment c WHERE c.patient_id = p.id
      AND {current_row("categoryassignment", "c")}
      ORDER BY c.occurred_at DESC, c.recorded_at DESC, c.id DESC LIMIT 1),
  'last_test_at', (SELECT max(t.occurred_at) FROM rems_pregnancytest t WHERE t.patient_id = p.id
      AND {current_row("pregnancytest", "t")}),
  'reported', (SELECT coalesce(jsonb_agg(h.occurred_at), '[]') FROM rems_hold h
      WHERE h.patient_id = p.id AND h.hold_type = ANY(%(at_once)s)
      AND {current_row("hold", "h")} AND NOT EXISTS (SELECT 1 FROM rems_holdclearance x
        WHERE x.hold_id = h.id AND {current_row("holdclearance", "x")})),
  'cycles', (SELECT s.answers ->> 'cycles' FROM rems_survey s WHERE s.patient_id = p.id
      AND {current_row("survey", "s")} ORDER BY s.occurred_at DESC, s.id DESC LIMIT 1),
  'therapies', (SELECT coalesce(jsonb_agg(jsonb_build_object(
        'program', e.program_id,
        'version', (SELECT v.id FROM rems_programversion v WHERE v.program_id = e.program_id
            AND v.in_force_from <= %(at)s ORDER BY v.in_force_from DESC LIMIT 1),
        'stopped_at', (SELECT max(z.occurred_at) FROM rems_enrollmentend z
            JOIN rems_enrollment w ON w.id = z.enrollment_id
            WHERE w.patient_id = p.id AND w.program_id = e.program_id
            AND z.cause = 'discontinued' AND {current_row("enrollmentend", "z")}),
        'supplies', (SELECT coalesce(jsonb_agg(jsonb_build_object(
              'at', s.occurred_at,
              'first_dose', (SELECT d.started_on FROM rems_firstdose d
                  WHERE d.supply_id = s.id AND {current_row("firstdose", "d")} LIMIT 1),
              'delivered_at', (SELECT d.occurred_at FROM rems_supplydelivery d
                  WHERE d.supply_id = s.id AND {current_row("supplydelivery", "d")} LIMIT 1),
              'end', (SELECT x.cause FROM rems_supplyend x
                  WHERE x.supply_id = s.id AND {current_row("supplyend", "x")} LIMIT 1))), '[]')
            FROM rems_supply s WHERE s.patient_id = p.id AND s.program_id = e.program_id
            AND {current_row("supply", "s")}))), '[]')
      FROM rems_enrollment e WHERE e.patient_id = p.id AND {current_row("enrollment", "e")}
      AND NOT EXISTS (SELECT 1 FROM rems_enrollmentend x WHERE x.enrollment_id = e.id
        AND {current_row("enrollmentend", "x")})),
  'recipients', (SELECT coalesce(jsonb_agg(DISTINCT a.user_id), '[]') FROM rems_patientaccess a
      JOIN accounts_user u ON u.id = a.user_id WHERE a.patient_id = p.id AND u.is_active
      AND a.starts_at <= %(at)s AND (a.ends_at IS NULL OR a.ends_at > %(at)s)))::text
FROM rems_patient p WHERE p.id = ANY(%(patients)s)
"""


@dataclass(frozen=True, slots=True)
class Obligation:
    """Something that a patient has to do. `due_on` is the pharmacy's local date; `at_once` when
    there is nothing to wait for."""

    program_code: str
    kind: str
    due_on: date
    at_once: bool = False


@dataclass(frozen=True, slots=True)
class PatientObligations:
    """What one patient has to do, who is told (keys of users), and in which zone they live."""

    zone: ZoneInfo
    recipient_ids: tuple[UUID, ...]
    obligations: tuple[Obligation, ...]


def load_obligations(
    patient_ids: Iterable[UUID], at: datetime
) -> Mapping[UUID, PatientObligations]:
    """The obligations of these patients as their facts stand, in one statement.

    `at` is the database's clock. Unknown patients are left out.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _STATEMENT,
            {"patients": list(patient_ids), "at": at, "at_once": sorted(core.TEST_AT_ONCE)},
        )
        rows = cursor.fetchall()
    return {patient_id: _patient(json.loads(text)) for patient_id, text in rows}


def _patient(row: Row) -> PatientObligations:
    found = [_next_test(row, therapy) for therapy in row["therapies"]]
    return PatientObligations(
        zone=core.zone_named(row["time_zone"]),
        recipient_ids=tuple(UUID(key) for key in row["recipients"]),
        obligations=tuple(obligation for obligation in found if obligation is not None),
    )


def _next_test(row: Row, therapy: Row) -> Obligation | None:
    """The next pregnancy test of one therapy (rule sheet, section 13.1)."""
    zone = core.zone_named(row["pharmacy_zone"] or row["time_zone"])
    started_on = _started_on(therapy, zone)
    if row["category"] is None or therapy["version"] is None or started_on is None:
        return None
    due = core.next_test_due(
        core.RiskCategory(row["category"]),
        program_version(UUID(therapy["version"])),
        started_on=started_on,
        last_test_on=_local_date(row["last_test_at"], zone),
        cycles=_cycles(row["cycles"]),
        reported_on=_reported_on(row, zone),
    )
    if due is None:
        return None
    return Obligation(therapy["program"], PREGNANCY_TEST_DUE, due.due_on, due.at_once)


def _started_on(therapy: Row, zone: ZoneInfo) -> date | None:
    """The first dose since treatment last stopped; a stand-in while no dose is on record."""
    stopped_at = therapy["stopped_at"] and datetime.fromisoformat(therapy["stopped_at"])
    days = [
        _supply_start(supply, zone)
        for supply in therapy["supplies"]
        if _may_have_been_taken(supply)
        and (not stopped_at or datetime.fromisoformat(supply["at"]) > stopped_at)
    ]
    return min(days, default=None)


def _may_have_been_taken(supply: Row) -> bool:
    return supply["end"] is None or supply["first_dose"] is not None


def _supply_start(supply: Row, zone: ZoneInfo) -> date:
    """The recorded first dose, else the delivery, else the dispensing: the soonest it can be."""
    if supply["first_dose"] is not None:
        return date.fromisoformat(supply["first_dose"])
    on = _local_date(supply["delivered_at"] or supply["at"], zone)
    assert on is not None
    return on


def _reported_on(row: Row, zone: ZoneInfo) -> date | None:
    """The first report (late period and the like) that no test has answered yet."""
    last_test_at = row["last_test_at"] and datetime.fromisoformat(row["last_test_at"])
    reports = [datetime.fromisoformat(value) for value in row["reported"]]
    unanswered = [at for at in reports if not last_test_at or at > last_test_at]
    return core.local_date(min(unanswered), zone) if unanswered else None


def _cycles(answer: str | None) -> core.CycleRegularity:
    """As the newest survey says. Unknown counts as regular: the program's usual interval."""
    try:
        return core.CycleRegularity(answer or "")
    except ValueError:
        return core.CycleRegularity.REGULAR


def _local_date(value: str | None, zone: ZoneInfo) -> date | None:
    return None if value is None else core.local_date(datetime.fromisoformat(value), zone)
