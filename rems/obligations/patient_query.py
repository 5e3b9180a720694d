"""The one statement that reads what the schedule asks about patients. It only collects."""

from rems.facts_query import current_row
from rems.obligations.standing import CONTACT

# What orders are waiting, as JSON for the patient `p`: only `orders` knows (see `register_orders`).
_waiting_orders = ["'[]'::jsonb"]


def register_orders(expression: str) -> None:
    """Take the SQL by which `orders` tells of a patient's orders whose parcel has not left: an
    array of `id`, `program`, `prescription`, `mode` and `since`, for the row `p` of rems_patient."""
    _waiting_orders[:] = [expression]


def statement(asked: str = "= ANY(%(patients)s)") -> str:
    """The statement, for the patients `%(patients)s` at `%(at)s`."""
    return _STATEMENT.replace("__ORDERS__", _waiting_orders[0]).replace("__ASKED__", asked)


def statement_for_one() -> str:
    """The same for the patient `%(patient)s`. The server keeps its plan: of an array it does not
    know how long the next one is, and plans anew each time, which takes longer than reading."""
    return statement("= %(patient)s")


_SUPPLIES = f"""
(SELECT coalesce(jsonb_agg(jsonb_build_object(
  'at', s.occurred_at, 'days', s.days_supply, 'quantity', s.quantity,
  'first_dose', (SELECT d.started_on FROM rems_firstdose d
      WHERE d.supply_id = s.id AND {current_row("firstdose", "d")} LIMIT 1),
  'delivered_at', (SELECT d.occurred_at FROM rems_supplydelivery d
      WHERE d.supply_id = s.id AND {current_row("supplydelivery", "d")} LIMIT 1),
  'end', (SELECT x.cause FROM rems_supplyend x
      WHERE x.supply_id = s.id AND {current_row("supplyend", "x")} LIMIT 1))), '[]')
 FROM rems_supply s WHERE s.patient_id = p.id AND s.program_id = e.program_id
 AND {current_row("supply", "s")})
"""
_ACTIVE = f"""
bool_or(NOT EXISTS (SELECT 1 FROM rems_enrollmentend x WHERE x.enrollment_id = e.id
  AND {current_row("enrollmentend", "x")}))
"""
_STOPPED_AT = f"""
(SELECT max(z.occurred_at) FROM rems_enrollmentend z JOIN rems_enrollment w ON w.id = z.enrollment_id
 WHERE w.patient_id = p.id AND w.program_id = e.program_id
 AND z.cause = 'discontinued' AND {current_row("enrollmentend", "z")})
"""
_FORM_SIGNED_AT = f"""
(SELECT max(g.occurred_at) FROM rems_agreementsignature g WHERE {current_row("agreementsignature", "g")}
 AND g.form_id = (SELECT w.form_id FROM rems_enrollment w WHERE w.patient_id = p.id
   AND w.program_id = e.program_id AND {current_row("enrollment", "w")}
   ORDER BY w.number DESC LIMIT 1))
"""
_PRESCRIPTION = f"""
(SELECT jsonb_build_object('id', r.id, 'indication', r.indication, 'authorization',
   (SELECT jsonb_build_object('issued_at', a.occurred_at, 'tested_at',
      (SELECT max(t.occurred_at) FROM rems_pregnancytest t WHERE t.patient_id = p.id
       AND t.result = 'neg' AND t.occurred_at <= a.occurred_at AND {current_row("pregnancytest", "t")}))
    FROM rems_authorization a WHERE a.prescription_id = r.id AND {current_row("authorization", "a")}
    LIMIT 1))
 FROM rems_prescription r WHERE r.patient_id = p.id AND r.program_id = e.program_id
 AND {current_row("prescription", "r")} ORDER BY r.occurred_at DESC, r.id DESC LIMIT 1)
"""
_COURSES = f"""
(SELECT coalesce(jsonb_agg(c.course), '[]') FROM (SELECT jsonb_build_object(
   'program', e.program_id,
   'version', (SELECT v.id FROM rems_programversion v WHERE v.program_id = e.program_id
     AND v.in_force_from <= %(at)s ORDER BY v.in_force_from DESC LIMIT 1),
   'active', {_ACTIVE}, 'stopped_at', {_STOPPED_AT}, 'form_signed_at', {_FORM_SIGNED_AT},
   'enrolled_at', max(e.occurred_at),
   'prescription', {_PRESCRIPTION}, 'supplies', {_SUPPLIES}) AS course
 FROM rems_enrollment e WHERE e.patient_id = p.id AND {current_row("enrollment", "e")}
 GROUP BY e.program_id) c)
"""
_REPORTED = f"""
(SELECT coalesce(jsonb_agg(h.occurred_at), '[]') FROM rems_hold h
 WHERE h.patient_id = p.id AND h.hold_type = ANY(%(at_once)s) AND {current_row("hold", "h")}
 AND NOT EXISTS (SELECT 1 FROM rems_holdclearance x
   WHERE x.hold_id = h.id AND {current_row("holdclearance", "x")}))
"""
_EXPOSURES = f"""
(SELECT coalesce(jsonb_agg(r.due_at), '[]') FROM rems_exposurereport r
 WHERE r.patient_id = p.id AND {current_row("exposurereport", "r")}
 AND NOT EXISTS (SELECT 1 FROM rems_exposurereportfiling x
   WHERE x.report_id = r.id AND {current_row("exposurereportfiling", "x")}))
"""
_CONFIRMED = f"""
(SELECT coalesce(jsonb_object_agg(c.prescription_id, c.at), '{{}}') FROM (
   SELECT c.prescription_id, max(c.occurred_at) AS at FROM rems_confirmation c
   WHERE c.patient_id = p.id AND {current_row("confirmation", "c")}
   GROUP BY c.prescription_id) c)
"""
_RECIPIENTS = f"""
(SELECT coalesce(jsonb_agg({CONTACT} || jsonb_build_object('until', a.ends_at)), '[]')
 FROM (SELECT x.user_id, CASE WHEN bool_or(x.ends_at IS NULL) THEN NULL ELSE max(x.ends_at) END AS ends_at
       FROM rems_patientaccess x WHERE x.patient_id = p.id AND x.starts_at <= %(at)s
       AND (x.ends_at IS NULL OR x.ends_at > %(at)s) GROUP BY x.user_id) a
 JOIN accounts_user u ON u.id = a.user_id AND u.is_active
 LEFT JOIN rems_contactpreference k ON k.user_id = u.id)
"""
_PRESCRIBER = f"""
(SELECT coalesce(jsonb_agg({CONTACT}), '[]') FROM rems_prescriber d
 JOIN accounts_user u ON u.id = d.user_id AND u.is_active
 LEFT JOIN rems_contactpreference k ON k.user_id = u.id WHERE d.id = p.prescriber_id)
"""

_STATEMENT = f"""
SELECT p.id, jsonb_build_object(
  'time_zone', p.time_zone,
  'pharmacy_zone', (SELECT f.time_zone FROM rems_pharmacy f ORDER BY f.id LIMIT 1),
  'category', (SELECT c.category FROM rems_categoryassignment c WHERE c.patient_id = p.id
      AND {current_row("categoryassignment", "c")}
      ORDER BY c.occurred_at DESC, c.recorded_at DESC, c.id DESC LIMIT 1),
  'last_test_at', (SELECT max(t.occurred_at) FROM rems_pregnancytest t WHERE t.patient_id = p.id
      AND {current_row("pregnancytest", "t")}),
  'reported', {_REPORTED},
  'survey', (SELECT jsonb_build_object('at', s.occurred_at, 'cycles', s.answers ->> 'cycles')
      FROM rems_survey s WHERE s.patient_id = p.id
      AND {current_row("survey", "s")} ORDER BY s.occurred_at DESC, s.id DESC LIMIT 1),
  'courses', {_COURSES},
  'exposures', {_EXPOSURES},
  'confirmed', {_CONFIRMED},
  'orders', __ORDERS__,
  'recipients', {_RECIPIENTS},
  'prescriber', {_PRESCRIBER})::text
FROM rems_patient p WHERE p.id __ASKED__
"""
