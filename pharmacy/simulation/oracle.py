"""A second reading of the rule sheet, written from its text (sections 13 and 15) and not from the
core: slow, naive, on the raw JSON of a case. Where the two disagree, one of them is wrong."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dateutil import tz as dateutil_tz
from dateutil.relativedelta import relativedelta

ORDER = (
    "R23 R25 R52 R01 R02 R53 R03 R04 R09 R06 R07 R08 R10 R11 R12 R13 R16 R14 R15 R20 R21 R22 R26 "
    "R30 R05 R45 R46 R51 R48 R43 R44 R47 R40 R41 R42"
)
BLOCKS_APPROVAL = ("R05", "R45", "R46", "R51")
BLOCKS_DISPENSING = ("R40", "R41", "R42", "R43", "R44", "R47", "R48")
ADULT_PROOFS = ("menopause", "hysterectomy", "bilateral_oophorectomy")
WORRYING = ("missed_period", "abnormal_bleeding", "contraception_stopped", "pregnancy_suspected")


def t(text: str) -> int:
    """Microseconds since 1970, so that no clock change can confuse a comparison."""
    moment = datetime.fromisoformat(text)
    return (moment - datetime.fromisoformat("1970-01-01T00:00:00+00:00")) // timedelta(
        microseconds=1
    )


HOUR = 3600 * 10**6
DAY = 24 * HOUR


def on_the_wall(text: str, zone: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(ZoneInfo(zone))


def wall_months_later(text: str, months: int, zone: str) -> int:
    wall = on_the_wall(text, zone).replace(fold=0, tzinfo=None) + relativedelta(months=months)
    return t(dateutil_tz.resolve_imaginary(wall.replace(tzinfo=ZoneInfo(zone))).isoformat())


def judge(case: dict[str, Any]) -> tuple[str, list[str]]:
    """(`expect`, `deny`) of a well-formed case."""
    f, now_text = case["facts"], case["now"]
    now, zone, cat = t(now_text), f["tz"], f["cat"]
    today = on_the_wall(now_text, zone).date()
    rx, form, conf = f["rx"], f["ppaf"], f["conf"]
    frp = cat in ("FRP_ADULT", "FRP_CHILD")
    child = cat.endswith("CHILD")
    fails: set[str] = set()

    def require(rule: str, holds: bool) -> None:
        if not holds:
            fails.add(rule)

    tests = [x for x in f["tests"] if t(x["at"]) <= now]
    holds = [x for x in f["holds"] if t(x["at"]) <= now]
    surveys = [x for x in f["surveys"] if t(x) <= now]
    prev = f["prev"] if f["prev"] and t(f["prev"]["dispensed_at"]) <= now else None

    def closed(hold: dict[str, Any]) -> bool:
        return hold["cleared_at"] is not None and t(hold["cleared_at"]) <= now

    def cleared_positive(test: dict[str, Any]) -> bool:
        for hold in holds:
            if hold["type"] != "positive_test" or not closed(hold):
                continue
            if t(hold["at"]) < t(test["at"]):
                continue
            for later in tests:
                if later["res"] == "neg" and t(test["at"]) < t(later["at"]) <= t(
                    hold["cleared_at"]
                ):
                    return True
        return False

    bad_tests = [x for x in tests if x["res"] in ("pos", "ind")]
    timing = [x for x in tests if x not in bad_tests or not cleared_positive(x)]

    require("R01", f["prescriber_certified"])
    require("R02", f["pharmacy_certified"])
    require("R05", f["pharmacist_trained"])
    require("R53", f["state_licensed"])
    require("R52", not f["allergy"])
    require("R51", not f["exposure_report_open"])
    require("R44", f["medguide"])
    require(
        "R03",
        form is not None
        and t(form["signed_at"]) <= now
        and form["status"] == "active"
        and form["cat"] == cat
        and form["prescriber_sig"]
        and (form["guardian_sig"] if child else form["patient_sig"])
        and t(form["signed_at"]) <= t(rx["written_at"]),
    )
    if form and f["discontinued_at"]:
        limit = wall_months_later(f["discontinued_at"], 12, zone)
        require("R04", not (now >= limit and t(form["signed_at"]) < limit))
    birthday_18 = date.fromisoformat(f["dob"]) + relativedelta(years=18)
    require("R09", (today >= birthday_18) == (not child))
    require("R06", rx["cat"] == cat)
    require("R07", all(closed(h) for h in holds if h["type"] == "category_review"))
    if cat in ("FNRP_ADULT", "FNRP_CHILD"):
        proof = f["fnrp"]
        good = proof is not None and date.fromisoformat(proof["on"]) <= today
        if good and child:
            good = proof["type"] == "prepubertal"
        elif good:
            good = proof["type"] in ADULT_PROOFS
            if proof["type"] == "menopause" and form:
                signed_on = on_the_wall(form["signed_at"], zone).date()
                good = date.fromisoformat(proof["on"]) + relativedelta(months=24) <= signed_on
        require("R08", good)
    require("R10", 1 <= rx["days"] <= 28)
    require("R11", rx["refills"] == 0)
    require("R12", rx["channel"] != "phone")
    authorized = bool(
        rx["auth_no"]
        and rx["auth_issued_at"]
        and t(rx["auth_issued_at"]) <= now
        and t(rx["written_at"]) <= now
    )
    require("R13", authorized)
    require("R16", not rx["auth_used"])
    if authorized and frp:
        before = [t(x["at"]) for x in timing if t(x["at"]) <= t(rx["auth_issued_at"])]
        require("R14", before != [] and now <= max(before) + 7 * DAY)
    if authorized and not frp:
        require("R15", now <= t(rx["auth_issued_at"]) + 30 * DAY)
    if frp and f["first_rx"]:
        written_on = on_the_wall(rx["written_at"], zone).date()
        gaps = [(written_on - on_the_wall(x["at"], zone).date()).days for x in timing]
        require("R20", any(g in (10, 11, 12, 13, 14) for g in gaps))
        require("R21", any(0 <= t(rx["written_at"]) - t(x["at"]) <= DAY for x in timing))
    if frp:
        require("R22", all(x["sens"] <= 50 for x in tests))
        require("R26", all(x["verified"] for x in tests))
    require(
        "R23",
        all(cleared_positive(x) for x in bad_tests)
        and all(closed(h) for h in holds if h["type"] == "positive_test"),
    )
    for hold in holds:
        if hold["type"] in WORRYING:
            require(
                "R25",
                closed(hold)
                and any(
                    x["res"] == "neg" and t(hold["at"]) < t(x["at"]) <= t(hold["cleared_at"])
                    for x in tests
                ),
            )
    if not f["first_rx"]:
        last = max(surveys, key=t, default=None)
        if cat == "FNRP_ADULT":
            base = last or (form["signed_at"] if form else None)
            require("R30", base is None or now <= wall_months_later(base, 6, zone))
        else:
            require(
                "R30",
                last is not None
                and (prev is None or t(last) > t(prev["dispensed_at"]))
                and now <= t(last) + 30 * DAY,
            )
    if prev:
        left = date.fromisoformat(prev["start"]).toordinal() + prev["days"] - today.toordinal()
        require("R45", left <= 7)
    require("R46", 1 <= rx["qty"] <= rx["days"])
    require("R48", f["approved_at"] is not None and t(f["approved_at"]) <= now)
    require(
        "R43",
        f["counselled_at"] is not None
        and t(rx["written_at"]) < t(f["counselled_at"]) <= now
        and f["checklist"],
    )
    unit = f["product"]
    require(
        "R47",
        not unit["expired"]
        and not unit["recalled"]
        and not unit["suspect"]
        and unit["identifier_captured"],
    )
    confirmed = bool(conf and conf["no"] and conf["at"] and t(conf["at"]) <= now)
    require("R40", confirmed)
    if confirmed:
        require("R41", now <= t(conf["at"]) + 24 * HOUR)
        if frp and f["mode"] == "ship":
            require("R42", on_the_wall(conf["at"], zone).date() == today)

    deny = [rule for rule in ORDER.split() if rule in fails]
    checkout = all(r in BLOCKS_APPROVAL + BLOCKS_DISPENSING for r in deny)
    approve = all(r in BLOCKS_DISPENSING for r in deny)
    return "".join("Y" if yes else "N" for yes in (checkout, approve, not deny)), deny
