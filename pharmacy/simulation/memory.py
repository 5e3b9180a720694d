"""The plain model: what the pharmacy has received, and what the rule sheet makes of it.

Nothing here reads the database or the core. `Memory.refusals` writes the notes down as a case of
the rule sheet (section 16), by the sheet's own words on what is given to the rules (section 15)
and by the blueprint's on how tables become facts (section 5), and has oracle.py judge.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from pharmacy.simulation.notes import (
    ZONE,
    Form,
    Hold,
    Interval,
    Lot,
    Order,
    Patient,
    Prescription,
    Supply,
    Test,
    local_day,
    negatives_within,
    newest,
    standing,
)
from pharmacy.simulation.oracle import BLOCKS_APPROVAL, BLOCKS_DISPENSING, t, wall_months_later
from pharmacy.simulation.oracle import judge as judge_case


def months_passed(since: datetime, months: int, at: datetime) -> bool:
    """Whether so many calendar months are over."""
    return t(at.isoformat()) >= wall_months_later(since.isoformat(), months, ZONE)


class Memory:
    """Everything that the pharmacy has received."""

    def __init__(self) -> None:
        self.patients: list[Patient] = []
        self.orders: list[Order] = []
        self.lots: list[Lot] = []
        # By subject: the intervals in which it is certified, trained or licensed.
        self.credentials: dict[Any, list[Interval]] = {}

    def holds_credential(self, subject: Any, at: datetime) -> bool:
        """Whether one of the subject's intervals covers the instant; its end is outside."""
        return any(
            start is not None and start <= at and (end is None or at < end)
            for start, end in self.credentials.get(subject, [])
        )

    def refusals(self, gate: str, at: datetime, **asked: Any) -> list[str]:
        """The rules that must refuse at this gate, in the order of section 13; none: a permit."""
        _, deny = judge_case(
            {"id": "model", "now": at.isoformat(), "facts": self.facts(at, **asked)}
        )
        passed_over = {
            "checkout": BLOCKS_APPROVAL + BLOCKS_DISPENSING,
            "approve": BLOCKS_DISPENSING,
        }.get(gate, ())
        return [rule for rule in deny if rule not in passed_over]

    def facts(
        self,
        at: datetime,
        *,
        patient: Patient,
        prescription: Prescription,
        mode: str,
        order: Order | None = None,
        pharmacist: Any = None,
        lot: Lot | None = None,
        serial: str = "",
    ) -> dict[str, Any]:
        """The facts of a case, for this fill at this instant."""
        given = [s for s in released(patient) if order is None or s.order is not order]
        stopped_at = stop_without_supply_since(patient, given, at)
        arrived = [s for s in given if arrived_or_may_have(s)]
        counted = arrived if patient.category in {"FRP_ADULT", "FRP_CHILD"} else given
        first = not counted or (stopped_at is not None and months_passed(stopped_at, 12, at))
        goes_to = order.state if order else patient.state
        state = goes_to if mode == "ship" else "NY"
        return {
            "tz": ZONE,
            "cat": patient.category,
            "dob": patient.born_on.isoformat(),
            "prescriber_certified": self.holds_credential(patient.row.prescriber_id, at),
            "pharmacy_certified": self.holds_credential("pharmacy", at),
            "pharmacist_trained": self.holds_credential(pharmacist, at),
            "state_licensed": self.holds_credential(state, at),
            "allergy": bool(standing(patient.allergies)),
            "exposure_report_open": any(not filed for _, _, filed in patient.reports),
            "ppaf": form_facts(patient),
            "rx": self.prescription_facts(prescription, order),
            "tests": [test_facts(x) for x in tests_given(patient, prescription, given, first)],
            "fnrp": proof_facts(patient),
            "first_rx": first,
            "prev": supply_facts(given, at),
            "surveys": [survey.isoformat() for survey in patient.surveys],
            "holds": [hold_facts(hold) for hold in standing(patient.holds)],
            "therapy_start": None,
            "discontinued_at": stopped_at and stopped_at.isoformat(),
            "mode": mode,
            "approved_at": order and order.approved_at and order.approved_at.isoformat(),
            "product": unit_facts(lot, serial, at),
            **counter_facts(prescription),
        }

    def prescription_facts(self, written: Prescription, order: Order | None) -> dict[str, Any]:
        """The prescription; its number is used when another order binds it."""
        number = written.authorization
        others = [other for other in written.orders if other is not order]
        return {
            "written_at": written.at.isoformat(),
            "days": written.days,
            "qty": written.quantity,
            "refills": written.refills,
            "channel": written.channel,
            "cat": written.category,
            "auth_no": number and number.key,
            "auth_issued_at": number and number.at.isoformat(),
            "auth_used": any(other.binds for other in others),
        }


def released(patient: Patient) -> list[Supply]:
    """The supplies that left the pharmacy, or may have."""
    return [s for s in standing(patient.supplies) if s.end != "not_released"]


def form_serves(form: Form, stopped_at: datetime | None, at: datetime) -> bool:
    """Whether treatment may go on under the form: within twelve months of the stop, or signed after."""
    if stopped_at is None or not months_passed(stopped_at, 12, at):
        return True
    return months_passed(stopped_at, 12, form.signed_at)


def stop_without_supply_since(
    patient: Patient, given: list[Supply], at: datetime
) -> datetime | None:
    """The first time treatment was stopped since capsules were last given, or when they ran out."""
    stops = [when for when, cause, _ in patient.ends if cause == "discontinued"]
    last = max((s.at for s in given if arrived_or_may_have(s)), default=None)
    if last is not None:
        stops = [when for when in stops if when >= last]
        held = in_hand(given, Supply.soonest_start)
        ran_out_at = max(last, first_instant(held.until)) if held else last
        stops.append(ran_out_at)
    return min((when for when in stops if when <= at), default=None)


def tests_given(
    patient: Patient, written: Prescription, given: list[Supply], first: bool
) -> list[Test]:
    """Positive and unclear ones ever; negative ones since the previous dispense, or for a first
    fill since 28 days before the prescription; and of each cleared hold the negative one on which
    the clearance rests: the last that is fit, else the last."""
    start = written.at - timedelta(days=28) if first else max(s.at for s in given)
    tests = standing(patient.tests)
    clearing: list[datetime] = []
    for hold in standing(patient.holds):
        within = negatives_within(patient, hold)
        fit = [x for x in within if x.verified and x.limit <= 50] or within
        clearing += [max(x.at for x in fit)] if fit else []
    return [x for x in tests if x.result != "neg" or x.at >= start or x.at in clearing]


def form_facts(patient: Patient) -> dict[str, Any] | None:
    """The form of the enrolment, else the newest."""
    if not patient.forms:
        return None
    form = patient.active_form or newest(patient.forms)
    return {
        "cat": form.category,
        "signed_at": form.signed_at.isoformat(),
        "patient_sig": "patient" in form.signed,
        "guardian_sig": "guardian" in form.signed,
        "prescriber_sig": "prescriber" in form.signed,
        "status": "active" if form.is_active else "inactive",
    }


def test_facts(test: Test) -> dict[str, Any]:
    """A test in the case format."""
    return {
        "at": test.at.isoformat(),
        "res": test.result,
        "sens": test.limit,
        "verified": test.verified,
    }


test_facts.__test__ = False  # type: ignore[attr-defined]


def hold_facts(hold: Hold) -> dict[str, Any]:
    """A hold in the case format."""
    cleared_at = hold.cleared_at and hold.cleared_at.isoformat()
    return {"type": hold.kind, "at": hold.at.isoformat(), "cleared_at": cleared_at}


def proof_facts(patient: Patient) -> dict[str, Any] | None:
    """The newest proof."""
    if not patient.proofs:
        return None
    _, kind, on = newest(patient.proofs)
    return {"type": kind, "on": on.isoformat()}


class InHand(NamedTuple):
    """All capsules of a patient as one supply; nothing is left on the day `until`."""

    dispensed_at: datetime
    start: date
    until: date


def in_hand(given: list[Supply], start_of: Callable[[Supply], date]) -> InHand | None:
    """What is neither lost nor returned, as one supply: each lasts from its own start, but comes on
    top of what was there when more than a week of that was left."""
    kept = [supply for supply in given if supply.end is None]
    if not kept:
        return None
    lasts_until = date.min
    for supply in sorted(kept, key=lambda s: (start_of(s), s.days)):
        start, length = start_of(supply), timedelta(days=supply.days)
        if lasts_until > start + timedelta(days=7):
            lasts_until += length
        else:
            lasts_until = max(lasts_until, start + length)
    return InHand(max(supply.at for supply in kept), start, lasts_until)


def first_instant(day: date) -> datetime:
    """When the pharmacy's local day begins."""
    return datetime.combine(day, time.min, tzinfo=ZoneInfo(ZONE))


def supply_facts(given: list[Supply], at: datetime) -> dict[str, Any] | None:
    """What is in hand in the case format."""
    today = local_day(at)
    held = in_hand(given, lambda supply: supply.starts_on(today))
    return held and {
        "dispensed_at": held.dispensed_at.isoformat(),
        "start": held.start.isoformat(),
        "days": (held.until - held.start).days,
    }


def arrived_or_may_have(supply: Supply) -> bool:
    """False of a parcel that nobody ever saw arrive: it was sent back, or lost, which stands against
    a first dose that was told."""
    if supply.order is None or supply.delivered_at is not None:
        return True
    return supply.end is None or (supply.end == "returned" and supply.first_dose is not None)


def counter_facts(written: Prescription) -> dict[str, Any]:
    """The newest confirmation and the newest counseling of the fill."""
    conf = newest(written.confirmations) if written.confirmations else None
    talk, complete, guide = (
        max(written.counselings, key=lambda pair: pair[0].at)
        if written.counselings
        else (None, False, False)
    )
    return {
        "conf": conf and {"no": conf.key, "at": conf.at.isoformat()},
        "counselled_at": talk and talk.at.isoformat(),
        "checklist": complete,
        "medguide": guide,
    }


def unit_facts(lot: Lot | None, serial: str, at: datetime) -> dict[str, Any]:
    """The package in the pharmacist's hand; before there is one, nothing was captured."""
    return {
        "expired": lot is not None and local_day(at) > lot.expires_on,
        "recalled": lot is not None and lot.recalled,
        "suspect": lot is not None and lot.suspect,
        "identifier_captured": lot is not None and bool(serial.strip()),
    }
