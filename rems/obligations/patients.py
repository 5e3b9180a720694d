"""What falls due for a patient: facts from the tables, the answer from the core's schedule.

Dates are local to the pharmacy (decision D10), as the core asks.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from rems import core
from rems.loaders import program_version
from rems.obligations.patient_query import statement, statement_for_one
from rems.obligations.standing import Row, Standing, contact_from, time_or_none


def load_obligations(patient_ids: Iterable[UUID], at: datetime) -> Mapping[UUID, Standing]:
    """The obligations of these patients as their facts stand, in one statement.

    `at` is the database's clock. Unknown patients are left out.
    """
    keys = list(patient_ids)
    asked: Row = {"at": at, "at_once": sorted(core.TEST_AT_ONCE)}
    with connection.cursor() as cursor:
        if len(keys) == 1:
            cursor.execute(statement_for_one(), {**asked, "patient": keys[0]})
        else:
            cursor.execute(statement(), {**asked, "patients": keys})
        rows = cursor.fetchall()
    return {key: _standing(key, json.loads(text), at) for key, text in rows}


def _standing(patient_id: UUID, row: Row, at: datetime) -> Standing:
    home = core.zone_named(row["time_zone"])
    zone = core.zone_named(row["pharmacy_zone"]) if row["pharmacy_zone"] else home
    courses = [_course(row, course, zone) for course in row["courses"] if course["version"]]
    found = [one for course in courses for one in core.obligations_of(course, at)]
    found += [core.exposure_report_due(due, zone) for due in _times(row["exposures"])]
    return Standing(
        zone=zone,
        obligations=tuple(found),
        patient_id=patient_id,
        contacts={
            core.Audience.PATIENT: tuple(contact_from(one, home) for one in row["recipients"]),
            core.Audience.PRESCRIBER: tuple(contact_from(one, zone) for one in row["prescriber"]),
        },
    )


def _course(row: Row, course: Row, zone: ZoneInfo) -> core.Course:
    survey, prescription = row["survey"] or {}, course["prescription"] or {}
    stopped_at = time_or_none(course["stopped_at"])
    return core.Course(
        program=program_version(UUID(course["version"])),
        zone=zone,
        category=core.RiskCategory(row["category"]) if row["category"] else None,
        is_active=course["active"],
        stopped_at=stopped_at,
        had_capsules=any(_may_have_been_taken(supply) for supply in course["supplies"]),
        supplies=tuple(_supplies_since(stopped_at, course["supplies"], zone)),
        last_test_at=time_or_none(row["last_test_at"]),
        reported_at=_reported_at(row),
        cycles=_cycles(survey.get("cycles")),
        surveyed_at=time_or_none(survey.get("at")),
        form_signed_at=time_or_none(course["form_signed_at"]),
        enrolled_at=time_or_none(course["enrolled_at"]),
        indication=_indication(prescription.get("indication")),
        authorization=_authorization(prescription),
        orders=tuple(
            _order(one, row["confirmed"])
            for one in row["orders"]
            if one["program"] == course["program"]
        ),
    )


def _supplies_since(
    stopped_at: datetime | None, supplies: list[Row], zone: ZoneInfo
) -> list[core.Capsules]:
    """Those given since treatment last stopped that may have been taken."""
    return [
        _capsules(supply, zone)
        for supply in supplies
        if _may_have_been_taken(supply)
        and (stopped_at is None or datetime.fromisoformat(supply["at"]) > stopped_at)
    ]


def _may_have_been_taken(supply: Row) -> bool:
    return supply["end"] is None or supply["first_dose"] is not None


def _capsules(supply: Row, zone: ZoneInfo) -> core.Capsules:
    """It starts with the recorded first dose, else the delivery, else the dispensing: the soonest
    it can be."""
    begun = datetime.fromisoformat(supply["delivered_at"] or supply["at"])
    first_dose = supply["first_dose"] and date.fromisoformat(supply["first_dose"])
    return core.Capsules(
        dispensed_at=datetime.fromisoformat(supply["at"]),
        started_on=first_dose or core.local_date(begun, zone),
        is_recorded=first_dose is not None,
        days=supply["days"],
        quantity=supply["quantity"],
    )


def _reported_at(row: Row) -> datetime | None:
    """The first report (late period and the like) that no test has answered yet."""
    last_test_at = time_or_none(row["last_test_at"])
    return min(
        (at for at in _times(row["reported"]) if last_test_at is None or at > last_test_at),
        default=None,
    )


def _authorization(prescription: Row) -> core.OpenAuthorization | None:
    held = prescription.get("authorization")
    if held is None:
        return None
    return core.OpenAuthorization(
        issued_at=datetime.fromisoformat(held["issued_at"]),
        tested_at=time_or_none(held["tested_at"]),
    )


def _order(order: Row, confirmed: Mapping[str, str]) -> core.OpenOrder:
    return core.OpenOrder(
        key=order["id"],
        since=datetime.fromisoformat(order["since"]),
        is_shipped=order["mode"] == core.ReleaseMode.SHIP,
        confirmed_at=time_or_none(confirmed.get(order["prescription"])),
    )


def _cycles(answer: str | None) -> core.CycleRegularity:
    """As the newest survey says. Unknown counts as regular: the program's usual interval."""
    try:
        return core.CycleRegularity(answer or "")
    except ValueError:
        return core.CycleRegularity.REGULAR


def _indication(word: str | None) -> core.Indication | None:
    try:
        return core.Indication(word or "")
    except ValueError:
        return None


def _times(values: list[str]) -> list[datetime]:
    return [datetime.fromisoformat(value) for value in values]
