"""Cases made at random from a seed: a patient who may be dispensed to, then some disturbance.

Times lie on and beside the limits, to the microsecond; zones have clock changes of an hour, half
an hour and a whole day. The same seed gives the same case.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

Case = dict[str, Any]

CATEGORIES = ("FRP_ADULT", "FNRP_ADULT", "MALE_ADULT", "FRP_CHILD", "FNRP_CHILD", "MALE_CHILD")
ZONES = (
    "America/New_York",
    "America/Los_Angeles",
    "America/Phoenix",
    "America/Havana",
    "America/Santiago",
    "Europe/London",
    "Europe/Berlin",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Asia/Kathmandu",
    "Asia/Beirut",
    "Africa/Cairo",
    "Pacific/Kiritimati",
)
MICROSECOND = timedelta(microseconds=1)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NUDGES = (-DAY, -HOUR, -MICROSECOND, timedelta(0), MICROSECOND, HOUR, DAY)


def iso(at: datetime, zone: str) -> str:
    return at.astimezone(ZoneInfo(zone)).isoformat()


def read(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def up_to(rng: Random, span: timedelta) -> timedelta:
    """A random duration in [0, span], often one of its ends."""
    chance = rng.random()
    if chance < 0.15:
        return timedelta(0)
    if chance < 0.3:
        return span
    return timedelta(microseconds=rng.randrange(span // MICROSECOND + 1))


def _some_moment(rng: Random, zone: str) -> datetime:
    """A moment; often close to a clock change, sometimes in Samoa's week without a Friday."""
    if zone == "Pacific/Apia" and rng.random() < 0.5:
        return datetime(2011, 12, 22, tzinfo=UTC) + up_to(rng, 9 * DAY)
    year = rng.choice((2024, 2025, 2026, 2027, 2028))
    start = datetime(year, 1, 1, tzinfo=UTC) + up_to(rng, 364 * DAY)
    if rng.random() < 0.6:
        start = datetime(year, rng.choice((3, 4, 9, 10, 11)), 1, tzinfo=UTC) + up_to(rng, 30 * DAY)
    return start


def permitted_case(rng: Random, category: str | None = None) -> Case:
    """A case that passes every gate."""
    category = category or rng.choice(CATEGORIES)
    zone = rng.choice(ZONES)
    frp, child = category.startswith("FRP"), category.endswith("CHILD")
    first = rng.random() < 0.5
    written = _some_moment(rng, zone)
    issued = written + up_to(rng, 6 * HOUR)
    second_test = written - up_to(rng, DAY)
    life_left = second_test + 7 * DAY - issued if frp else 30 * DAY
    now = issued + max(up_to(rng, life_left), 2 * MICROSECOND)
    local_now = now.astimezone(ZoneInfo(zone))
    signed = written - up_to(rng, 150 * DAY)
    mode = rng.choice(("ship", "hand"))
    facts: Case = {
        "tz": zone,
        "cat": category,
        "dob": _birthday(rng, local_now.date(), child).isoformat(),
        "prescriber_certified": True,
        "pharmacy_certified": True,
        "pharmacist_trained": True,
        "state_licensed": True,
        "allergy": False,
        "exposure_report_open": False,
        "checklist": True,
        "medguide": True,
        "ppaf": {
            "cat": category,
            "signed_at": iso(signed, zone),
            "patient_sig": not child,
            "guardian_sig": child,
            "prescriber_sig": True,
            "status": "active",
        },
        "rx": {
            "written_at": iso(written, zone),
            "days": rng.choice((1, 14, 28)),
            "qty": 1,
            "refills": 0,
            "channel": rng.choice(("e-rx", "fax", "paper")),
            "cat": category,
            "auth_no": "AUTH-1",
            "auth_issued_at": iso(issued, zone),
            "auth_used": False,
        },
        "tests": _tests(rng, zone, written, second_test, first) if frp else [],
        "fnrp": _proof(rng, category, signed.astimezone(ZoneInfo(zone)).date()),
        "first_rx": first,
        "prev": None,
        "surveys": [],
        "holds": [],
        "therapy_start": None,
        "discontinued_at": None,
        "conf": {"no": "CONF-1", "at": iso(_confirmed(rng, now, zone, mode), zone)},
        "mode": mode,
        "counselled_at": iso(max(now - up_to(rng, 5 * HOUR), written + MICROSECOND), zone),
        "approved_at": iso(now - up_to(rng, 5 * HOUR), zone),
        "product": {
            "expired": False,
            "recalled": False,
            "suspect": False,
            "identifier_captured": True,
        },
    }
    facts["rx"]["qty"] = rng.randint(1, facts["rx"]["days"])
    _expire(facts, local_now.date())
    if not first:
        _continue(rng, facts, now, zone)
    return {"id": "G", "now": iso(now, zone), "facts": facts}


def _expire(facts: Case, today: date) -> None:
    """Give most packages a last day: by the quantity, for the dice are the other facts'."""
    days = (0, 1, 300, None)[facts["rx"]["qty"] % 4]
    if days is not None:
        facts["product"]["expires_on"] = (today + days * DAY).isoformat()


def _birthday(rng: Random, today: date, child: bool) -> date:
    if child:
        return today - timedelta(days=rng.choice((1, 400, 4000, 6560, 6573)))
    if rng.random() < 0.3:
        return date(today.year - 18, today.month, min(today.day, 28)) - timedelta(
            days=rng.choice((0, 1, 3))
        )
    return date(rng.randint(1930, today.year - 19), rng.randint(1, 12), rng.randint(1, 28))


def _tests(
    rng: Random, zone: str, written: datetime, second: datetime, first_fill: bool
) -> list[Case]:
    found = [a_test(second, zone)]
    if first_fill:
        day = written.astimezone(ZoneInfo(zone)).date() - timedelta(days=rng.randint(10, 14))
        clock = time(rng.choice((0, 9, 23)), rng.choice((0, 59)))
        found.append(a_test(datetime.combine(day, clock, tzinfo=ZoneInfo(zone)), zone))
        wall = datetime.fromisoformat(found[-1]["at"]).date()
        if wall != day:  # the day or the hour was skipped: noon of a day that exists
            nearby = written - 12 * DAY
            found[-1] = a_test(nearby, zone)
    rng.shuffle(found)
    return found


def a_test(at: datetime, zone: str, **changes: Any) -> Case:
    return {"at": iso(at, zone), "res": "neg", "sens": 25, "verified": True, **changes}


def _proof(rng: Random, category: str, signed_on: date) -> Case | None:
    if category == "FNRP_CHILD":
        return {"type": "prepubertal", "on": (signed_on - timedelta(days=30)).isoformat()}
    if category != "FNRP_ADULT":
        return None
    kind = rng.choice(("menopause", "hysterectomy", "bilateral_oophorectomy"))
    on = signed_on - timedelta(days=rng.choice((731, 732, 5000)))
    return {"type": kind, "on": on.isoformat()}


def _confirmed(rng: Random, now: datetime, zone: str, mode: str) -> datetime:
    if mode == "hand" and rng.random() < 0.3:
        return now - DAY
    at = now - up_to(rng, 3 * HOUR)
    same_day = at.astimezone(ZoneInfo(zone)).date() == now.astimezone(ZoneInfo(zone)).date()
    return at if same_day else now


def _continue(rng: Random, facts: Case, now: datetime, zone: str) -> None:
    dispensed = now - 22 * DAY - up_to(rng, 6 * DAY)
    start = dispensed.astimezone(ZoneInfo(zone)).date()
    if rng.random() < 0.8:
        facts["prev"] = {
            "dispensed_at": iso(dispensed, zone),
            "start": start.isoformat(),
            "days": 28,
        }
    facts["surveys"] = [iso(now - up_to(rng, 20 * DAY), zone)]
    facts["therapy_start"] = (start - timedelta(days=60)).isoformat()
    if facts["cat"] == "FNRP_ADULT" and rng.random() < 0.6:
        facts["surveys"] = rng.choice(([], [iso(now - up_to(rng, 180 * DAY), zone)]))
        if not facts["surveys"] and read(facts["ppaf"]["signed_at"]) < now - 180 * DAY:
            facts["surveys"] = [iso(now, zone)]
