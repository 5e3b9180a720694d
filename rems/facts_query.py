"""The one statement that reads everything the program's rules ask about a patient.

One round trip, whatever the patient's history (local measurements: a query per kind costs five
times as much). It only collects; no day is counted and no category is judged here. "Current" is
a row that no other row supersedes and that is itself no retraction.
"""


def current_row(table: str, alias: str) -> str:
    """A condition: the row is neither superseded nor itself a retraction."""
    return (
        f"NOT {alias}.retracts AND NOT EXISTS "
        f"(SELECT 1 FROM rems_{table} later WHERE later.supersedes_id = {alias}.id)"
    )


def _credential(table: str, subject: str, extra: str) -> str:
    """The span without a gap that holds now, one renewal after the other; null where none does."""
    return (
        "(SELECT jsonb_build_object('until', upper(held.span)) FROM (SELECT "
        f"unnest(range_agg(tstzrange(c.valid_from, c.valid_until))) AS span FROM rems_{table} c "
        f"WHERE c.{subject}_id = asked.{subject} AND {extra} AND {current_row(table, 'c')}) held "
        "WHERE held.span @> asked.at)"
    )


def _newest(columns: str, table: str, where: str) -> str:
    pairs = ", ".join(f"'{name}', r.{name}" for name in columns.split())
    return (
        f"(SELECT jsonb_build_object('id', r.id, {pairs}) FROM rems_{table} r WHERE {where} "
        f"AND {current_row(table, 'r')} ORDER BY r.occurred_at DESC, r.recorded_at DESC, r.id DESC LIMIT 1)"
    )


def _all(pairs: str, source: str, where: str) -> str:
    return f"(SELECT coalesce(jsonb_agg(jsonb_build_object({pairs})), '[]') FROM {source} WHERE {where})"


_PATIENT = "r.patient_id = asked.patient"
_FORM = f"""
(SELECT jsonb_build_object(
    'category', f.category, 'occurred_at', f.occurred_at,
    'active', active.id IS NOT NULL,
    'signatures', {
    _all(
        "'role', g.role, 'at', g.occurred_at",
        "rems_agreementsignature g",
        f"g.form_id = f.id AND {current_row('agreementsignature', 'g')}",
    )
})
 FROM rems_agreementform f
 LEFT JOIN rems_enrollment active ON active.form_id = f.id AND {current_row("enrollment", "active")}
   AND NOT EXISTS (SELECT 1 FROM rems_enrollmentend x
                   WHERE x.enrollment_id = active.id AND {current_row("enrollmentend", "x")})
 WHERE f.patient_id = asked.patient AND f.program_id = asked.program AND {
    current_row("agreementform", "f")
}
 ORDER BY (active.id IS NOT NULL) DESC, f.occurred_at DESC, f.id DESC LIMIT 1)
"""
_TESTS = _all(
    "'at', t.occurred_at, 'result', t.result, 'limit', t.detection_limit, 'verified', "
    "t.attestation_id IS NOT NULL OR EXISTS (SELECT 1 FROM rems_testverification v "
    f"WHERE v.test_id = t.id AND {current_row('testverification', 'v')})",
    "rems_pregnancytest t",
    f"t.patient_id = asked.patient AND {current_row('pregnancytest', 't')}",
)
_HOLDS = _all(
    "'type', h.hold_type, 'at', h.occurred_at, 'cleared_at', (SELECT c.occurred_at "
    f"FROM rems_holdclearance c WHERE c.hold_id = h.id AND {current_row('holdclearance', 'c')} LIMIT 1)",
    "rems_hold h",
    f"h.patient_id = asked.patient AND {current_row('hold', 'h')}",
)
_SUPPLIES = _all(
    "'id', s.id, 'order_id', s.order_id, 'at', s.occurred_at, 'days', s.days_supply, "
    "'first_dose', (SELECT d.started_on FROM rems_firstdose d "
    f"WHERE d.supply_id = s.id AND {current_row('firstdose', 'd')} LIMIT 1), "
    "'delivered_at', (SELECT d.occurred_at FROM rems_supplydelivery d "
    f"WHERE d.supply_id = s.id AND {current_row('supplydelivery', 'd')} LIMIT 1), "
    "'end', (SELECT e.cause FROM rems_supplyend e "
    f"WHERE e.supply_id = s.id AND {current_row('supplyend', 'e')} LIMIT 1)",
    "rems_supply s",
    f"s.patient_id = asked.patient AND s.program_id = asked.program AND {current_row('supply', 's')}",
)
_FACTORS = f"""
(SELECT coalesce(jsonb_agg(x.factor), '[]') FROM (
   SELECT DISTINCT ON (r.factor) r.factor, r.is_present FROM rems_clinicalfactor r
   WHERE {_PATIENT} AND {current_row("clinicalfactor", "r")}
   ORDER BY r.factor, r.occurred_at DESC, r.recorded_at DESC, r.id DESC) x WHERE x.is_present)
"""
_PRESCRIPTION = _newest(
    "occurred_at days_supply quantity refills_authorized channel category indication",
    "prescription",
    "r.id = asked.prescription AND r.patient_id = asked.patient",
)

# What each fill is asked with, `asked`, and of which type.
_ASKED = {
    "patient": "uuid",
    "program": "text",
    "pharmacy": "uuid",
    "prescriber": "uuid",
    "pharmacist": "uuid",
    "prescription": "uuid",
    "state": "text",
    "at": "timestamptz",
}

# The facts of each fill in `%(asked)s`, a JSON array of them, in its order. One value, as any plan then
# looks as dear as one made for the occasion, and the server keeps it: to plan takes as long as to
# read. Of single values, or of arrays, it plans anew each time.
STATEMENT = f"""
SELECT jsonb_build_object(
  'version', (SELECT v.id FROM rems_programversion v WHERE v.program_id = asked.program
              AND v.in_force_from <= asked.at ORDER BY v.in_force_from DESC LIMIT 1),
  'next_version_at', (SELECT min(v.in_force_from) FROM rems_programversion v
                      WHERE v.program_id = asked.program AND v.in_force_from > asked.at),
  'born_on', (SELECT born_on FROM rems_patient WHERE id = asked.patient),
  'time_zone', (SELECT time_zone FROM rems_pharmacy WHERE id = asked.pharmacy),
  'category', {_newest("category", "categoryassignment", _PATIENT)},
  'proof', {_newest("proof_type since_on", "reproductivestatusproof", _PATIENT)},
  'prescriber_certified', {
    _credential("prescribercertification", "prescriber", "c.program_id = asked.program")
},
  'pharmacy_certified', {
    _credential("pharmacycertification", "pharmacy", "c.program_id = asked.program")
},
  'pharmacist_trained', {
    _credential("pharmacisttraining", "pharmacist", "c.program_id = asked.program")
},
  'state_licensed', {_credential("statelicence", "pharmacy", "c.state = asked.state")},
  'form', {_FORM},
  'stops', (SELECT coalesce(jsonb_agg(r.occurred_at), '[]') FROM rems_enrollmentend r
            WHERE {_PATIENT} AND r.cause = 'discontinued' AND {current_row("enrollmentend", "r")}),
  'tests', {_TESTS},
  'holds', {_HOLDS},
  'surveys', (SELECT coalesce(jsonb_agg(r.occurred_at), '[]') FROM rems_survey r
              WHERE {_PATIENT} AND {current_row("survey", "r")}),
  'exposure_open', EXISTS (SELECT 1 FROM rems_exposurereport r WHERE {_PATIENT}
      AND {
    current_row("exposurereport", "r")
} AND NOT EXISTS (SELECT 1 FROM rems_exposurereportfiling x
      WHERE x.report_id = r.id AND {current_row("exposurereportfiling", "x")})),
  'hypersensitive', EXISTS (SELECT 1 FROM rems_hypersensitivity r
      WHERE {_PATIENT} AND {current_row("hypersensitivity", "r")}),
  'factors', {_FACTORS},
  'counted_at', (SELECT max(r.occurred_at) FROM rems_bloodcount r
                 WHERE {_PATIENT} AND {current_row("bloodcount", "r")}),
  'prescription', {_PRESCRIPTION},
  'authorization', {
    _newest("number occurred_at", "authorization", "r.prescription_id = asked.prescription")
},
  'confirmation', {
    _newest("number occurred_at", "confirmation", "r.prescription_id = asked.prescription")
},
  'counseling', {
    _newest(
        "occurred_at checklist_complete medication_guide_id",
        "counselingrecord",
        "r.prescription_id = asked.prescription",
    )
},
  'supplies', {_SUPPLIES},
  'known_at', (SELECT max(last.sealed_at) FROM
      unnest(ARRAY[asked.patient, asked.prescriber, asked.pharmacist, asked.pharmacy]) AS one(subject)
      CROSS JOIN LATERAL (SELECT s.sealed_at FROM rems_seal s WHERE s.subject_id = one.subject
                          ORDER BY s.seq DESC LIMIT 1) last),
  'chain_end', (SELECT jsonb_build_object('seq', s.seq, 'digest', s.digest) FROM rems_seal s
                WHERE s.subject_id = asked.patient ORDER BY s.seq DESC LIMIT 1))::text
 FROM ROWS FROM (jsonb_to_recordset(%(asked)s::jsonb) AS ({
    ", ".join(f"{name} {kind}" for name, kind in _ASKED.items())
})) WITH ORDINALITY AS asked({", ".join(_ASKED)}, place) ORDER BY asked.place"""
