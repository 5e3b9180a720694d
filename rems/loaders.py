"""From tables to the core's facts. Reads; decides nothing but which rows the rules are given.

What is given follows the rule sheet, section 15 ("What is given to the rules"), and design
section 5 ("From tables to facts"). `orders` hands down what only it knows, as `Fill`.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from rems import core
from rems.facts_query import STATEMENT
from rems.locks import Parties
from rems.models import CLINICAL_FACTORS, ProgramVersion
from rems.seals import ChainEnd
from rems.supply_facts import SuppliesInHand

Row = dict[str, Any]
FIRST_FILL_LOOKBACK = timedelta(days=28)


@dataclass(frozen=True, slots=True)
class Fill:
    """What `orders` knows of one fill. `order_id` names the fill's own order, whose supply and
    authorization do not count against it; `authorization_id` the number it was placed on, which
    counts as none once it was corrected or taken back."""

    state: str
    mode: core.ReleaseMode
    order_id: UUID | None = None
    authorization_id: UUID | None = None
    approved_at: datetime | None = None
    authorization_used: bool = False
    unit: core.Unit = core.NO_UNIT_YET


@dataclass(frozen=True, slots=True)
class Asked:
    """One fill that the rules are asked about."""

    parties: Parties
    prescription_id: UUID | None
    fill: Fill


@dataclass(frozen=True, slots=True)
class LoadedFacts:
    """The facts, by which version of the program they are to be judged, and the rows behind them.

    `chain_end` is the patient's; it stands as long as the patient's lock was and is held. `known_at`
    is when the newest of all that was recorded about the parties was sealed.
    """

    facts: core.Facts
    program: core.ProgramVersion
    program_version_id: UUID
    authorization_id: UUID | None
    confirmation_id: UUID | None
    chain_end: ChainEnd
    known_at: datetime | None


def load_facts(
    parties: Parties, prescription_id: UUID | None, fill: Fill, at: datetime
) -> LoadedFacts:
    """Read the patient's facts as they stand. `at` is the clock, read after the locks.

    Raises core.UnknownProgram when no version of the program is in force.
    """
    (loaded,) = load_many([Asked(parties, prescription_id, fill)], at)
    return loaded


def load_many(asked: Sequence[Asked], at: datetime) -> list[LoadedFacts]:
    """The facts of several fills, in one round trip, for lists; in the same order.

    Raises core.UnknownProgram when no version of one's program is in force.
    """
    if not asked:
        return []
    names = json.dumps([_names(one, at) for one in asked], default=str)
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT, {"asked": names})
        rows: list[Row] = [json.loads(found[0]) for found in cursor.fetchall()]
    return [
        _loaded(row, one.parties.program_code, one.fill, at)
        for row, one in zip(rows, asked, strict=True)
    ]


def _loaded(row: Row, program_code: str, fill: Fill, at: datetime) -> LoadedFacts:
    if row["version"] is None:
        raise core.UnknownProgram(program_code)
    version_id = UUID(row["version"])
    program = program_version(version_id)
    next_at = _time_or_none(row["next_version_at"])
    if next_at is not None:
        program = replace(program, in_force_until=next_at)
    return LoadedFacts(
        facts=_facts(row, fill, program, at),
        program=program,
        program_version_id=version_id,
        authorization_id=_id(row["authorization"]),
        confirmation_id=_id(row["confirmation"]),
        chain_end=ChainEnd(**(row["chain_end"] or {})),
        known_at=_time_or_none(row["known_at"]),
    )


_versions: dict[UUID, core.ProgramVersion] = {}


def program_version(version_id: UUID) -> core.ProgramVersion:
    """The core's form of a stored version; kept, since a version never changes."""
    if version_id not in _versions:
        stored = ProgramVersion.objects.get(pk=version_id)
        _versions[version_id] = core.ProgramVersion.from_data(stored.data)
    return _versions[version_id]


def _names(asked: Asked, at: datetime) -> dict[str, Any]:
    parties = asked.parties
    return {
        "patient": parties.patient_id,
        "program": parties.program_code,
        "pharmacy": parties.pharmacy_id,
        "prescriber": parties.prescriber_id,
        "pharmacist": parties.pharmacist_id,
        "prescription": asked.prescription_id,
        "state": asked.fill.state,
        "at": at,
    }


def _facts(row: Row, fill: Fill, program: core.ProgramVersion, at: datetime) -> core.Facts:
    zone = core.zone_named(row["time_zone"])
    category = _category(row["category"])
    supplies = SuppliesInHand(row["supplies"], fill.order_id, zone, at)
    stopped_at = supplies.stopped_at(row["stops"], program.terms.max_days_left)
    first = supplies.is_first(category, stopped_at, program.terms.restart_months)
    prescription = _prescription(row, fill)
    counseling = row["counseling"] or {}
    return core.Facts(
        time_zone=row["time_zone"],
        category=category,
        born_on=date.fromisoformat(row["born_on"]),
        **_credentials(row),
        severe_hypersensitivity=row["hypersensitive"],
        exposure_report_open=row["exposure_open"],
        agreement_form=_form(row["form"]),
        prescription=prescription,
        first_prescription=first,
        pregnancy_tests=_tests(
            row,
            _clearing_tests(row, program.terms.max_detection_limit),
            _negatives_start(None if first else supplies.last_dispensed_at, prescription, at),
        ),
        category_proof=_proof(row["proof"]),
        previous_supply=supplies.previous(program.terms.max_days_left),
        surveys_completed_at=tuple(_time(value) for value in row["surveys"]),
        holds=tuple(_hold(hold) for hold in row["holds"]),
        therapy_started_on=supplies.therapy_started_on,
        discontinued_at=stopped_at,
        confirmation=_confirmation(row["confirmation"]),
        release_mode=fill.mode,
        counselled_at=_time_or_none(counseling.get("occurred_at")),
        checklist_complete=bool(counseling.get("checklist_complete")),
        medication_guide_given=counseling.get("medication_guide_id") is not None,
        approved_at=fill.approved_at,
        unit=fill.unit,
        **_for_advisories(row, supplies.therapy_started_on, at),
    )


def _for_advisories(row: Row, started_on: date | None, at: datetime) -> dict[str, Any]:
    """What a pharmacist is told to think about; no rule asks for it."""
    return {
        "indication": _indication(row["prescription"]),
        **{factor: factor in row["factors"] for factor in CLINICAL_FACTORS},
        "blood_count_overdue": _is_count_overdue(row, started_on, at),
    }


def _is_count_overdue(row: Row, started_on: date | None, at: datetime) -> bool:
    """Where nobody tells us of blood counts nothing is known of them, and nothing is said."""
    counted_at = _time_or_none(row["counted_at"])
    if started_on is None or counted_at is None:
        return False
    zone = core.zone_named(row["time_zone"])
    counted_on, today = core.local_date(counted_at, zone), core.local_date(at, zone)
    return core.is_count_overdue(_indication(row["prescription"]), started_on, counted_on, today)


def _category(row: Row | None) -> core.RiskCategory | None:
    return None if row is None else core.RiskCategory(row["category"])


def _proof(row: Row | None) -> core.CategoryProof | None:
    if row is None:
        return None
    return core.CategoryProof(
        type=core.ProofType(row["proof_type"]), on=date.fromisoformat(row["since_on"])
    )


def _form(row: Row | None) -> core.AgreementForm | None:
    """The form of the active enrolment, else the newest; signed when its last signature was."""
    if row is None:
        return None
    roles = {signature["role"] for signature in row["signatures"]}
    times = [_time(signature["at"]) for signature in row["signatures"]]
    return core.AgreementForm(
        category=core.RiskCategory(row["category"]),
        signed_at=max(times, default=_time(row["occurred_at"])),
        patient_signed="patient" in roles,
        guardian_signed="guardian" in roles,
        prescriber_signed="prescriber" in roles,
        status="active" if row["active"] else "inactive",
    )


def _prescription(row: Row, fill: Fill) -> core.Prescription | None:
    written = row["prescription"]
    if written is None:
        return None
    authorization = row["authorization"] or {}
    if fill.authorization_id and authorization.get("id") != str(fill.authorization_id):
        authorization = {}
    return core.Prescription(
        written_at=_time(written["occurred_at"]),
        days_supply=written["days_supply"],
        quantity=written["quantity"],
        refills=written["refills_authorized"],
        channel=core.Channel(written["channel"]),
        category=core.RiskCategory(written["category"]),
        authorization_number=authorization.get("number"),
        authorization_issued_at=_time_or_none(authorization.get("occurred_at")),
        authorization_used=fill.authorization_used,
    )


def _tests(row: Row, clearing: set[str], start: datetime) -> tuple[core.PregnancyTest, ...]:
    """Positive and indeterminate tests ever; negative ones since the previous dispense, or for a
    first fill since 28 days before the prescription; and the negative tests that cleared a hold,
    without which a cleared hold would look uncleared for ever."""
    return tuple(
        core.PregnancyTest(
            collected_at=_time(test["at"]),
            result=core.TestResult(test["result"]),
            detection_limit=test["limit"],
            verified=test["verified"],
        )
        for test in row["tests"]
        if test["result"] != "neg" or _time(test["at"]) >= start or test["at"] in clearing
    )


def _negatives_start(
    since: datetime | None, prescription: core.Prescription | None, at: datetime
) -> datetime:
    if since is not None:
        return since
    return (prescription.written_at if prescription else at) - FIRST_FILL_LOOKBACK


def _clearing_tests(row: Row, limit: float) -> set[str]:
    """Of each cleared hold, the negative test after its opening that its clearance rests on.

    The last that is verified and sensitive enough (`limit`, in mIU/mL), else the last: a dull test
    beside a good one would refuse by R22 for ever.
    """

    def fitness(test: Row) -> tuple[bool, datetime]:
        return test["verified"] and test["limit"] <= limit, _time(test["at"])

    chosen = set()
    for hold in row["holds"]:
        if hold["cleared_at"] is None:
            continue
        opened, closed = _time(hold["at"]), _time(hold["cleared_at"])
        within = [
            test
            for test in row["tests"]
            if test["result"] == "neg" and opened < _time(test["at"]) <= closed
        ]
        chosen |= {max(within, key=fitness)["at"]} if within else set()
    return chosen


def _hold(row: Row) -> core.Hold:
    return core.Hold(
        type=core.HoldType(row["type"]),
        opened_at=_time(row["at"]),
        cleared_at=_time_or_none(row["cleared_at"]),
    )


def _confirmation(row: Row | None) -> core.Confirmation | None:
    if row is None:
        return None
    return core.Confirmation(number=row["number"], obtained_at=_time(row["occurred_at"]))


def _indication(row: Row | None) -> core.Indication | None:
    known = {indication.value for indication in core.Indication}
    if row is None or row["indication"] not in known:
        return None
    return core.Indication(row["indication"])


def _credentials(row: Row) -> dict[str, Any]:
    """Which hold now, and until when: the facts have both."""
    facts: dict[str, Any] = {}
    for name in core.CREDENTIALS:
        held = row[name]
        facts[name] = held is not None
        facts[f"{name}_until"] = _time_or_none(held and held["until"])
    return facts


def _id(row: Row | None) -> UUID | None:
    return None if row is None else UUID(row["id"])


def _time(value: str) -> datetime:
    return datetime.fromisoformat(value)


def _time_or_none(value: str | None) -> datetime | None:
    return None if value is None else _time(value)
