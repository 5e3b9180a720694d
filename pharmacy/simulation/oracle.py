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
    fails = _Reading(case).fails()
    deny = [rule for rule in ORDER.split() if rule in fails]
    checkout = all(r in BLOCKS_APPROVAL + BLOCKS_DISPENSING for r in deny)
    approve = all(r in BLOCKS_DISPENSING for r in deny)
    return "".join("Y" if yes else "N" for yes in (checkout, approve, not deny)), deny


class _Reading:
    """One case, read paragraph by paragraph."""

    def __init__(self, case: dict[str, Any]) -> None:
        f = self.f = case["facts"]
        self.now, self.zone, self.cat = t(case["now"]), f["tz"], f["cat"]
        self.today = on_the_wall(case["now"], self.zone).date()
        self.rx, self.form, self.conf = f["rx"], f["ppaf"], f["conf"]
        self.frp = self.cat in ("FRP_ADULT", "FRP_CHILD")
        self.child = self.cat.endswith("CHILD")
        self.tests = [x for x in f["tests"] if t(x["at"]) <= self.now]
        self.holds = [x for x in f["holds"] if t(x["at"]) <= self.now]
        self.surveys = [x for x in f["surveys"] if t(x) <= self.now]
        is_past = f["prev"] and t(f["prev"]["dispensed_at"]) <= self.now
        self.prev = f["prev"] if is_past else None
        self._fails: set[str] = set()

    def fails(self) -> set[str]:
        """Every rule that is not met."""
        self._standing()
        self._agreement()
        self._category()
        self._prescription()
        self._authorization()
        self._tests()
        self._holds()
        if not self.f["first_rx"]:
            self._survey()
        self._supply()
        self._counter()
        return self._fails

    def _require(self, rule: str, holds: bool) -> None:
        if not holds:
            self._fails.add(rule)

    def _closed(self, hold: dict[str, Any]) -> bool:
        return hold["cleared_at"] is not None and t(hold["cleared_at"]) <= self.now

    def _cleared_positive(self, test: dict[str, Any]) -> bool:
        for hold in self.holds:
            if hold["type"] != "positive_test" or not self._closed(hold):
                continue
            if t(hold["at"]) < t(test["at"]):
                continue
            for later in self.tests:
                if later["res"] == "neg" and t(test["at"]) < t(later["at"]) <= t(
                    hold["cleared_at"]
                ):
                    return True
        return False

    def _standing(self) -> None:
        f, require = self.f, self._require
        require("R01", f["prescriber_certified"])
        require("R02", f["pharmacy_certified"])
        require("R05", f["pharmacist_trained"])
        require("R53", f["state_licensed"])
        require("R52", not f["allergy"])
        require("R51", not f["exposure_report_open"])
        require("R44", f["medguide"])

    def _agreement(self) -> None:
        f, form = self.f, self.form
        self._require(
            "R03",
            form is not None
            and t(form["signed_at"]) <= self.now
            and form["status"] == "active"
            and form["cat"] == self.cat
            and form["prescriber_sig"]
            and (form["guardian_sig"] if self.child else form["patient_sig"])
            and t(form["signed_at"]) <= t(self.rx["written_at"]),
        )
        if form and f["discontinued_at"]:
            limit = wall_months_later(f["discontinued_at"], 12, self.zone)
            self._require("R04", not (self.now >= limit and t(form["signed_at"]) < limit))

    def _category(self) -> None:
        birthday_18 = date.fromisoformat(self.f["dob"]) + relativedelta(years=18)
        self._require("R09", (self.today >= birthday_18) == (not self.child))
        self._require("R06", self.rx["cat"] == self.cat)
        reviews = [h for h in self.holds if h["type"] == "category_review"]
        self._require("R07", all(self._closed(h) for h in reviews))
        if self.cat in ("FNRP_ADULT", "FNRP_CHILD"):
            self._require("R08", self._is_proved())

    def _is_proved(self) -> bool:
        proof = self.f["fnrp"]
        if proof is None or date.fromisoformat(proof["on"]) > self.today:
            return False
        if self.child:
            return bool(proof["type"] == "prepubertal")
        if proof["type"] == "menopause" and self.form and t(self.form["signed_at"]) <= self.now:
            signed_on = on_the_wall(self.form["signed_at"], self.zone).date()
            return bool(date.fromisoformat(proof["on"]) + relativedelta(months=24) <= signed_on)
        return proof["type"] in ADULT_PROOFS

    def _prescription(self) -> None:
        rx, require = self.rx, self._require
        require("R10", 1 <= rx["days"] <= 28)
        require("R11", rx["refills"] == 0)
        require("R12", rx["channel"] != "phone")
        require("R16", not rx["auth_used"])
        require("R46", 1 <= rx["qty"] <= rx["days"])

    def _authorization(self) -> None:
        rx = self.rx
        authorized = bool(
            rx["auth_no"]
            and rx["auth_issued_at"]
            and t(rx["auth_issued_at"]) <= self.now
            and t(rx["written_at"]) <= self.now
        )
        self._require("R13", authorized)
        if authorized and self.frp:
            issued_at = t(rx["auth_issued_at"])
            before = [t(x["at"]) for x in self._timing() if t(x["at"]) <= issued_at]
            self._require("R14", before != [] and self.now <= max(before) + 7 * DAY)
        if authorized and not self.frp:
            self._require("R15", self.now <= t(rx["auth_issued_at"]) + 30 * DAY)

    def _bad(self) -> list[dict[str, Any]]:
        return [x for x in self.tests if x["res"] in ("pos", "ind")]

    def _timing(self) -> list[dict[str, Any]]:
        bad = self._bad()
        return [x for x in self.tests if x not in bad or not self._cleared_positive(x)]

    def _tests(self) -> None:
        rx, require, timing = self.rx, self._require, self._timing()
        if self.frp and self.f["first_rx"]:
            written_on = on_the_wall(rx["written_at"], self.zone).date()
            gaps = [(written_on - on_the_wall(x["at"], self.zone).date()).days for x in timing]
            require("R20", any(g in (10, 11, 12, 13, 14) for g in gaps))
            require("R21", any(0 <= t(rx["written_at"]) - t(x["at"]) <= DAY for x in timing))
        if self.frp:
            require("R22", all(x["sens"] <= 50 for x in self.tests))
            require("R26", all(x["verified"] for x in self.tests))

    def _holds(self) -> None:
        positive = [h for h in self.holds if h["type"] == "positive_test"]
        self._require(
            "R23",
            all(self._cleared_positive(x) for x in self._bad())
            and all(self._closed(h) for h in positive),
        )
        for hold in self.holds:
            if hold["type"] in WORRYING:
                self._require("R25", self._closed(hold) and self._has_negative_within(hold))

    def _has_negative_within(self, hold: dict[str, Any]) -> bool:
        return any(
            x["res"] == "neg" and t(hold["at"]) < t(x["at"]) <= t(hold["cleared_at"])
            for x in self.tests
        )

    def _survey(self) -> None:
        last = max(self.surveys, key=t, default=None)
        if self.cat == "FNRP_ADULT":
            base = last or (self.form["signed_at"] if self.form else None)
            in_time = base is None or self.now <= wall_months_later(base, 6, self.zone)
        else:
            in_time = (
                last is not None
                and (self.prev is None or t(last) > t(self.prev["dispensed_at"]))
                and self.now <= t(last) + 30 * DAY
            )
        self._require("R30", in_time)

    def _supply(self) -> None:
        if self.prev:
            start = date.fromisoformat(self.prev["start"]).toordinal()
            self._require("R45", start + self.prev["days"] - self.today.toordinal() <= 7)

    def _counter(self) -> None:
        f, unit, require = self.f, self.f["product"], self._require
        require("R48", f["approved_at"] is not None and t(f["approved_at"]) <= self.now)
        require(
            "R43",
            f["counselled_at"] is not None
            and t(self.rx["written_at"]) < t(f["counselled_at"]) <= self.now
            and f["checklist"],
        )
        require(
            "R47",
            not unit["expired"]
            and ("expires_on" not in unit or self.today <= date.fromisoformat(unit["expires_on"]))
            and not unit["recalled"]
            and not unit["suspect"]
            and unit["identifier_captured"],
        )
        self._confirmation()

    def _confirmation(self) -> None:
        conf = self.conf
        confirmed = bool(conf and conf["no"] and conf["at"] and t(conf["at"]) <= self.now)
        self._require("R40", confirmed)
        if confirmed:
            self._require("R41", self.now <= t(conf["at"]) + 24 * HOUR)
            if self.frp and self.f["mode"] == "ship":
                self._require("R42", on_the_wall(conf["at"], self.zone).date() == self.today)
