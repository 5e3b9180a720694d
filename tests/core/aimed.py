"""Cases aimed at one rule: otherwise permitted, so that this rule is often the only refusal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from zoneinfo import ZoneInfo

from tests.core.disturbed import generated_case
from tests.core.generated import (
    CATEGORIES,
    DAY,
    HOUR,
    MICROSECOND,
    Case,
    iso,
    permitted_case,
    read,
)

FRP = ("FRP_ADULT", "FRP_CHILD")
FNRP = ("FNRP_ADULT", "FNRP_CHILD")
OTHERS = tuple(category for category in CATEGORIES if category not in FRP)

Aim = Callable[[Random], Case]


def _of(rng: Random, categories: tuple[str, ...], first: bool | None = None) -> Case:
    while True:
        case = permitted_case(rng, rng.choice(categories))
        if first is None or case["facts"]["first_rx"] is first:
            return case


def _days_before_prescription(case: Case, test: Case) -> int:
    zone = ZoneInfo(case["facts"]["tz"])
    written = read(case["facts"]["rx"]["written_at"]).astimezone(zone).date()
    return (written - read(test["at"]).astimezone(zone).date()).days


def first_test_on_a_wrong_day(rng: Random) -> Case:
    case = _of(rng, FRP, first=True)
    for test in case["facts"]["tests"]:
        days = _days_before_prescription(case, test)
        if days >= 9:
            moved = read(test["at"]) + (days - rng.choice((8, 9, 15, 16))) * DAY
            test["at"] = iso(moved, case["facts"]["tz"])
    return case


def second_test_too_early(rng: Random) -> Case:
    case = _of(rng, FRP, first=True)
    written = read(case["facts"]["rx"]["written_at"])
    for test in case["facts"]["tests"]:
        if _days_before_prescription(case, test) < 9:
            early = rng.choice((MICROSECOND, HOUR, DAY))
            test["at"] = iso(written - DAY - early, case["facts"]["tz"])
    return case


def insensitive_test(rng: Random) -> Case:
    case = _of(rng, FRP)
    rng.choice(case["facts"]["tests"])["sens"] = rng.choice((51, 50.001, 100))
    return case


def unverified_test(rng: Random) -> Case:
    case = _of(rng, FRP)
    rng.choice(case["facts"]["tests"])["verified"] = False
    return case


def confirmed_yesterday(rng: Random) -> Case:
    case = _of(rng, FRP)
    facts, now = case["facts"], read(case["now"])
    facts["mode"] = "ship"
    facts["conf"]["at"] = iso(now - rng.choice((DAY, 20 * HOUR, 12 * HOUR, 6 * HOUR)), facts["tz"])
    return case


def stopped_a_year_ago(rng: Random) -> Case:
    case = _of(rng, CATEGORIES)
    facts, now = case["facts"], read(case["now"])
    ago = timedelta(days=rng.randint(366, 400))
    facts["discontinued_at"] = iso(now - ago, facts["tz"])
    return case


def authorization_ran_out(rng: Random) -> Case:
    case = _of(rng, CATEGORIES)
    facts = case["facts"]
    base, life = read(facts["rx"]["auth_issued_at"]), 30 * DAY
    if facts["cat"] in FRP:
        base, life = max(read(test["at"]) for test in facts["tests"]), 7 * DAY
    now = base + life + rng.choice((MICROSECOND, HOUR))
    case["now"] = facts["conf"]["at"] = iso(now, facts["tz"])
    facts["surveys"] = [case["now"]] if facts["surveys"] else []
    return case


def proof_too_weak(rng: Random) -> Case:
    case = _of(rng, FNRP)
    facts = case["facts"]
    kinds = ("tubal_ligation", "unilateral_oophorectomy", "chemo_amenorrhoea", "other")
    if rng.random() < 0.7 or facts["cat"] == "FNRP_CHILD":
        facts["fnrp"]["type"] = rng.choice(kinds)
    else:
        signed = read(facts["ppaf"]["signed_at"]).astimezone(ZoneInfo(facts["tz"])).date()
        recent = date(signed.year - 2, signed.month, min(signed.day, 28)) + timedelta(days=5)
        facts["fnrp"] = {"type": "menopause", "on": recent.isoformat()}
    return case


def category_in_review(rng: Random) -> Case:
    case = _of(rng, CATEGORIES)
    facts, now = case["facts"], read(case["now"])
    cleared = rng.choice((None, iso(now + MICROSECOND, facts["tz"])))
    opened = iso(now - rng.choice((timedelta(0), HOUR)), facts["tz"])
    facts["holds"].append({"type": "category_review", "at": opened, "cleared_at": cleared})
    return case


def too_many_days(rng: Random) -> Case:
    case = _of(rng, CATEGORIES)
    case["facts"]["rx"]["days"] = rng.choice((29, 30, 90))
    return case


def positive_test(rng: Random) -> Case:
    case = _of(rng, CATEGORIES)
    facts = case["facts"]
    at = iso(read(facts["rx"]["written_at"]) - 2 * DAY, facts["tz"])
    result = rng.choice(("pos", "ind"))
    facts["tests"].append({"at": at, "res": result, "sens": 25, "verified": True})
    return case


def supply_left(rng: Random) -> Case:
    case = _of(rng, CATEGORIES, first=False)
    supply, today = (
        case["facts"]["prev"],
        read(case["now"]).astimezone(ZoneInfo(case["facts"]["tz"])),
    )
    if supply:
        supply["start"] = (today.date() - timedelta(days=rng.choice((20, 21, 10)))).isoformat()
    return case


def something_comes_later(rng: Random) -> Case:
    """A fact on file for later: a test, a hold, a survey or a supply that has not happened yet."""
    case = _of(rng, CATEGORIES)
    facts, now = case["facts"], read(case["now"])
    later = iso(now + rng.choice((MICROSECOND, HOUR, 2 * DAY, 6 * DAY, 29 * DAY)), facts["tz"])
    kind = rng.choice(("test", "hold", "survey", "supply"))
    if kind == "test":
        result, sens = rng.choice((("neg", 25), ("neg", 80), ("pos", 25), ("ind", 25)))
        facts["tests"].append({"at": later, "res": result, "sens": sens, "verified": True})
    elif kind == "hold":
        hold = rng.choice(("missed_period", "positive_test", "category_review"))
        cleared = rng.choice((None, later, case["now"]))
        facts["holds"].append({"type": hold, "at": later, "cleared_at": cleared})
    elif kind == "survey":
        facts["surveys"].append(later)
    else:
        facts["prev"] = {"dispensed_at": later, "start": later[:10], "days": 28}
    return case


AIMS: tuple[Aim, ...] = (
    first_test_on_a_wrong_day,
    second_test_too_early,
    insensitive_test,
    unverified_test,
    confirmed_yesterday,
    stopped_a_year_ago,
    authorization_ran_out,
    authorization_ran_out,
    proof_too_weak,
    category_in_review,
    too_many_days,
    positive_test,
    supply_left,
    something_comes_later,
)


def any_case(seed: int) -> Case:
    """The case of that seed: six in ten disturbed at random, the others aimed at one rule."""
    rng = Random(seed)
    return generated_case(rng) if rng.random() < 0.6 else rng.choice(AIMS)(rng)
