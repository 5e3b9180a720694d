"""What may go wrong with a permitted case: one named disturbance at a time, often on a limit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from tests.core.generated import (
    CATEGORIES,
    DAY,
    HOUR,
    MICROSECOND,
    NUDGES,
    Case,
    a_test,
    iso,
    permitted_case,
    read,
)

Disturbance = Callable[[Random, Case], None]


def _set(path: str, *values: Any) -> Disturbance:
    *parents, last = path.split(".")

    def disturb(rng: Random, facts: Case) -> None:
        for key in parents:
            facts = facts[key]
            if facts is None:
                return
        facts[last] = rng.choice(values)

    return disturb


def _nudge(path: str, *extra: timedelta) -> Disturbance:
    """Move a time by a little, or by `extra` and a little."""
    *parents, last = path.split(".")

    def disturb(rng: Random, facts: Case) -> None:
        zone = facts["tz"]
        for key in parents:
            facts = facts[key]
            if facts is None:
                return
        if facts[last] is not None:
            moved = read(facts[last]) + rng.choice((timedelta(0), *extra)) + rng.choice(NUDGES)
            facts[last] = iso(moved, zone)

    return disturb


def _add_hold(*kinds: str) -> Disturbance:
    def disturb(rng: Random, facts: Case) -> None:
        written, zone = read(facts["rx"]["written_at"]), facts["tz"]
        opened = written + rng.choice((-3 * DAY, -HOUR, DAY, 4 * DAY)) + rng.choice(NUDGES)
        cleared = rng.choice((None, opened + DAY, opened + HOUR, opened - HOUR))
        facts["holds"].append(
            {
                "type": rng.choice(kinds),
                "at": iso(opened, zone),
                "cleared_at": None if cleared is None else iso(cleared, zone),
            }
        )
        if rng.random() < 0.5:
            span = rng.choice((timedelta(0), 30 * timedelta(minutes=1), HOUR))
            facts["tests"].append(a_test(opened + span + rng.choice(NUDGES), zone))

    return disturb


def _add_test(rng: Random, facts: Case) -> None:
    base = rng.choice((facts["rx"]["written_at"], facts["approved_at"]))
    if base is None:
        return
    at = read(base) + rng.choice((-13 * DAY, -DAY, -HOUR, 0 * DAY, DAY, 3 * DAY))
    at += rng.choice(NUDGES)
    result = rng.choice(("neg", "neg", "pos", "ind"))
    facts["tests"].append(
        a_test(at, facts["tz"], res=result, sens=rng.choice((25, 50)), verified=True)
    )
    if result != "neg" and rng.random() < 0.7:
        _clear_positive(rng, facts, at)


def _clear_positive(rng: Random, facts: Case, positive_at: datetime) -> None:
    zone = facts["tz"]
    opened = positive_at + rng.choice((-MICROSECOND, timedelta(0), HOUR))
    negative = positive_at + rng.choice((-MICROSECOND, timedelta(0), MICROSECOND, 2 * HOUR))
    cleared = negative + rng.choice((-MICROSECOND, timedelta(0), HOUR))
    facts["tests"].append(a_test(negative, zone))
    facts["holds"].append(
        {"type": "positive_test", "at": iso(opened, zone), "cleared_at": iso(cleared, zone)}
    )


def _change_test(rng: Random, facts: Case) -> None:
    if facts["tests"]:
        test = rng.choice(facts["tests"])
        key, values = rng.choice(
            (("sens", (50, 50.5, 51, 25)), ("verified", (False,)), ("res", ("pos", "ind")))
        )
        test[key] = rng.choice(values)


def _move_test(rng: Random, facts: Case) -> None:
    if facts["tests"]:
        test = rng.choice(facts["tests"])
        moved = read(test["at"]) + rng.choice(NUDGES) * rng.choice((1, 2, 5))
        test["at"] = iso(moved, facts["tz"])


def _drop_test(rng: Random, facts: Case) -> None:
    if facts["tests"]:
        facts["tests"].remove(rng.choice(facts["tests"]))


def _move_supply(rng: Random, facts: Case) -> None:
    supply = facts["prev"]
    if supply:
        start = date.fromisoformat(supply["start"]) + timedelta(days=rng.randint(-2, 14))
        supply["start"] = start.isoformat()


def _stop(rng: Random, facts: Case) -> None:
    form = facts["ppaf"] or {"signed_at": facts["rx"]["written_at"]}
    zone, signed = facts["tz"], read(form["signed_at"])
    years_before = signed.replace(year=signed.year - 1, day=min(signed.day, 28))
    base = rng.choice((years_before, years_before + 10 * DAY, years_before + 100 * DAY))
    facts["discontinued_at"] = iso(base + rng.choice(NUDGES), zone)


def _age_on_birthday(rng: Random, facts: Case) -> None:
    shift = timedelta(days=rng.choice((-1, 0, 1, 2)))
    day = (read(facts["rx"]["written_at"]).astimezone(ZoneInfo(facts["tz"])) + shift).date()
    year = day.year - 18
    facts["dob"] = (
        date(year, 2, 28) if (day.month, day.day) == (2, 29) else day.replace(year=year)
    ).isoformat()
    if rng.random() < 0.2:
        facts["dob"] = rng.choice(("2008-02-29", "2004-02-29", "1940-05-05", "2020-01-01"))


def _weaken_proof(rng: Random, facts: Case) -> None:
    if facts["fnrp"]:
        kinds = ("tubal_ligation", "unilateral_oophorectomy", "chemo_amenorrhoea", "other")
        facts["fnrp"]["type"] = rng.choice((*kinds, "prepubertal", "menopause", "hysterectomy"))
        if rng.random() < 0.4:
            moved = date.fromisoformat(facts["fnrp"]["on"]) + timedelta(
                days=rng.choice((-1, 1, 2, 40, 800))
            )
            facts["fnrp"]["on"] = moved.isoformat()


DISTURBANCES: dict[str, tuple[Disturbance, ...]] = {
    "R01": (_set("prescriber_certified", False),),
    "R02": (_set("pharmacy_certified", False),),
    "R05": (_set("pharmacist_trained", False),),
    "R53": (_set("state_licensed", False),),
    "R52": (_set("allergy", True),),
    "R51": (_set("exposure_report_open", True),),
    "R44": (_set("medguide", False),),
    "R03": (
        _set("ppaf.status", "withdrawn"),
        _set("ppaf.prescriber_sig", False),
        _set("ppaf.patient_sig", False, True),
        _set("ppaf.guardian_sig", False, True),
        _set("ppaf.cat", *CATEGORIES),
        _nudge("ppaf.signed_at", 150 * DAY),
        _set("ppaf", None),
    ),
    "R04": (_stop, _set("discontinued_at", "2019-02-28T12:00:00+00:00")),
    "R09": (_age_on_birthday,),
    "R06": (_set("rx.cat", *CATEGORIES),),
    "R07": (_add_hold("category_review"),),
    "R08": (_weaken_proof, _set("fnrp", None)),
    "R10": (_set("rx.days", 0, 28, 29, 35, -1),),
    "R11": (_set("rx.refills", 1, 3, -1),),
    "R12": (_set("rx.channel", "phone"),),
    "R13": (
        _set("rx.auth_no", None, ""),
        _set("rx.auth_issued_at", None),
        _nudge("rx.auth_issued_at", DAY, 7 * DAY),
        _nudge("rx.written_at", DAY, 7 * DAY),
    ),
    "R16": (_set("rx.auth_used", True),),
    "R20": (_move_test, _drop_test),
    "R22": (_change_test,),
    "R23": (_add_test, _add_hold("positive_test")),
    "R25": (
        _add_hold(
            "missed_period", "abnormal_bleeding", "contraception_stopped", "pregnancy_suspected"
        ),
    ),
    "R30": (_set("surveys", []), _set("first_rx", False, True)),
    "R40": (_set("conf", None), _set("conf.no", None, ""), _nudge("conf.at", -DAY, DAY)),
    "R41": (_nudge("conf.at", -DAY),),
    "R42": (_set("mode", "ship", "hand"),),
    "R43": (
        _set("counselled_at", None),
        _nudge("counselled_at", 3 * DAY),
        _set("checklist", False),
    ),
    "R45": (_move_supply,),
    "R46": (_set("rx.qty", 0, 1, 21, 28, 29, 100),),
    "R47": (
        _set("product.expired", True),
        _set("product.expires_on", "2019-05-31"),
        _set("product.recalled", True),
        _set("product.suspect", True),
        _set("product.identifier_captured", False),
    ),
    "R48": (_set("approved_at", None), _nudge("approved_at", DAY)),
}


def _move_now(rng: Random, case: Case) -> None:
    case["now"] = iso(
        read(case["now"]) + rng.choice(NUDGES) * rng.choice((1, 1, 3, 8)), case["facts"]["tz"]
    )


def _onto_a_limit(rng: Random, case: Case) -> None:
    """Put `now` on (or a microsecond beside) a limit that some fact carries."""
    facts = case["facts"]
    bases = [
        (facts["rx"]["auth_issued_at"], 30 * DAY),
        (facts["conf"] and facts["conf"]["at"], DAY),
        *((test["at"], 7 * DAY) for test in facts["tests"]),
        *((survey, 30 * DAY) for survey in facts["surveys"]),
    ]
    at, span = rng.choice([pair for pair in bases if pair[0]])
    moved = read(at) + span + rng.choice((-MICROSECOND, timedelta(0), MICROSECOND))
    case["now"] = iso(moved, facts["tz"])


def _a_survey_ages(rng: Random, case: Case) -> None:
    facts, now = case["facts"], read(case["now"])
    ages = (29 * DAY, 30 * DAY, 31 * DAY, 181 * DAY, 182 * DAY, 184 * DAY, -DAY, -3 * DAY)
    facts["surveys"].append(iso(now - rng.choice(ages) + rng.choice(NUDGES), facts["tz"]))
    if rng.random() < 0.5:
        facts["surveys"] = facts["surveys"][-1:]


def _later_supply(rng: Random, case: Case) -> None:
    facts, now = case["facts"], read(case["now"])
    at = now + rng.choice((-HOUR, MICROSECOND, HOUR, 2 * DAY))
    start = at.astimezone(ZoneInfo(facts["tz"])).date() - timedelta(days=rng.choice((0, 20, 25)))
    facts["prev"] = {"dispensed_at": iso(at, facts["tz"]), "start": start.isoformat(), "days": 28}


ANYTHING: tuple[Disturbance, ...] = tuple(
    disturbance for disturbances in DISTURBANCES.values() for disturbance in disturbances
)


def generated_case(rng: Random) -> Case:
    """A permitted case with none to four disturbances."""
    case = permitted_case(rng)
    for _ in range(rng.choice((0, 1, 1, 1, 1, 2, 2, 3, 4))):
        chance = rng.random()
        if chance < 0.75:
            rule = rng.choice(tuple(DISTURBANCES))
            rng.choice(DISTURBANCES[rule])(rng, case["facts"])
        elif chance < 0.82:
            _move_now(rng, case)
        elif chance < 0.9:
            _onto_a_limit(rng, case)
        elif chance < 0.96:
            _a_survey_ages(rng, case)
        else:
            _later_supply(rng, case)
    return case
