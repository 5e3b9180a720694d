"""The pharmacy's own steps, from approval to the door."""

from datetime import timedelta

from rems.core.calendar import end_of_day, local_date
from rems.core.rules.registry import Answer, Unmet, rule
from rems.core.situation import Situation, has_text
from rems.core.vocabulary import Gate, ReasonCode, ReleaseMode

_CODE = ReasonCode


@rule(
    "R45",
    Gate.APPROVE,
    "5.7",
    "S22",
    "AG",
    _CODE.TOO_MUCH_SUPPLY_LEFT,
    limits=("max_days_left",),
)
def little_supply_is_left(situation: Situation) -> Answer:
    """No more than 7 days of the current supply are left, counted in local days."""
    supply, most = situation.previous_supply, situation.terms.max_days_left
    if supply is None:
        return None
    left = supply.days_supply - (situation.today - supply.first_dose_on).days
    if left <= most:
        return None
    seen = f"{left} days left on {situation.today}, allowed {most}"
    return Unmet(_CODE.TOO_MUCH_SUPPLY_LEFT, seen, situation.today + timedelta(days=left - most))


@rule(
    "R46",
    Gate.APPROVE,
    "5.8",
    "S4",
    "C",
    _CODE.QUANTITY_OUT_OF_RANGE,
    limits=("capsules_per_day",),
)
def quantity_fits_days_supply(situation: Situation) -> Answer:
    """At least 1 capsule and no more than one for each day of the supply."""
    prescription = situation.prescription
    if prescription is None:
        return None
    most = prescription.days_supply * situation.terms.capsules_per_day
    if 1 <= prescription.quantity <= most:
        return None
    seen = f"{prescription.quantity} capsules for {prescription.days_supply} days"
    return Unmet(_CODE.QUANTITY_OUT_OF_RANGE, seen)


@rule("R51", Gate.APPROVE, "D7", "store policy", "G", _CODE.EXPOSURE_NOT_REPORTED)
def no_exposure_is_unreported(situation: Situation) -> Answer:
    """No suspected exposure waits to be reported."""
    if not (situation.facts.exposure_report_open and situation.terms.exposure_report_blocks):
        return None
    return Unmet(_CODE.EXPOSURE_NOT_REPORTED, "an exposure report is open")


@rule("R48", Gate.DISPENSE, "11.14", "L3", "C", _CODE.APPROVAL_MISSING)
def pharmacist_has_approved(situation: Situation) -> Answer:
    """A pharmacist's signed approval, not later than now."""
    approved_at = situation.facts.approved_at
    if approved_at is None:
        return Unmet(_CODE.APPROVAL_MISSING, "none on record")
    if approved_at > situation.at:
        return Unmet(_CODE.APPROVAL_MISSING, f"dated ahead: {situation.show(approved_at)}")
    return None


@rule(
    "R43",
    Gate.DISPENSE,
    "5.5",
    "S5",
    "C",
    _CODE.COUNSELING_MISSING,
    _CODE.COUNSELING_BEFORE_PRESCRIPTION,
    _CODE.CHECKLIST_INCOMPLETE,
)
def patient_was_counselled_for_this_fill(situation: Situation) -> Answer:
    """Counselling after the prescription was written and not later than now, checklist complete."""
    counselled_at, prescription = situation.facts.counselled_at, situation.prescription
    if counselled_at is None:
        return Unmet(_CODE.COUNSELING_MISSING, "none on record")
    if counselled_at > situation.at:
        return Unmet(_CODE.COUNSELING_MISSING, f"dated ahead: {situation.show(counselled_at)}")
    if prescription is not None and counselled_at <= prescription.written_at:
        shown = situation.show(counselled_at), situation.show(prescription.written_at)
        seen = "counselled {}, prescription written {}".format(*shown)
        return Unmet(_CODE.COUNSELING_BEFORE_PRESCRIPTION, seen)
    if not situation.facts.checklist_complete:
        return Unmet(_CODE.CHECKLIST_INCOMPLETE, "checklist not complete")
    return None


@rule("R44", Gate.DISPENSE, "5.6", "S5", "C", _CODE.MEDICATION_GUIDE_MISSING)
def medication_guide_is_given(situation: Situation) -> Answer:
    """The Medication Guide goes with this fill, on record."""
    if situation.facts.medication_guide_given:
        return None
    return Unmet(_CODE.MEDICATION_GUIDE_MISSING, "not recorded for this fill")


@rule(
    "R47",
    Gate.DISPENSE,
    "11.5",
    "L2",
    "CG",
    _CODE.UNIT_EXPIRED,
    _CODE.UNIT_RECALLED,
    _CODE.UNIT_SUSPECT,
    _CODE.UNIT_IDENTIFIER_MISSING,
)
def unit_may_be_dispensed(situation: Situation) -> Answer:
    """The package is in date, its last day included, not recalled, not suspect, and its identifier
    is captured."""
    unit, last_day = situation.facts.unit, situation.facts.unit.expires_on
    if unit.expired or (last_day is not None and last_day < situation.today):
        return Unmet(_CODE.UNIT_EXPIRED, "past its expiration date")
    if unit.recalled:
        return Unmet(_CODE.UNIT_RECALLED, "recalled")
    if unit.suspect:
        return Unmet(_CODE.UNIT_SUSPECT, "suspect")
    if not unit.identifier_captured:
        return Unmet(_CODE.UNIT_IDENTIFIER_MISSING, "lot and serial number not captured")
    return None if last_day is None else end_of_day(last_day, situation.zone)


@rule(
    "R40",
    Gate.DISPENSE,
    "5.1",
    "S5",
    "CG",
    _CODE.CONFIRMATION_MISSING,
    _CODE.CONFIRMATION_DATED_AHEAD,
)
def confirmation_is_present(situation: Situation) -> Answer:
    """A confirmation number, obtained not later than now."""
    if situation.confirmed_at is not None:
        return None
    confirmation = situation.facts.confirmation
    if confirmation is None or not has_text(confirmation.number) or not confirmation.obtained_at:
        return Unmet(_CODE.CONFIRMATION_MISSING, "number or its time is missing")
    seen = f"obtained {situation.show(confirmation.obtained_at)}"
    return Unmet(_CODE.CONFIRMATION_DATED_AHEAD, seen, confirmation.obtained_at)


@rule(
    "R41",
    Gate.DISPENSE,
    "5.2",
    "S22",
    "AG",
    _CODE.CONFIRMATION_EXPIRED,
    limits=("confirmation_life",),
)
def confirmation_is_live(situation: Situation) -> Answer:
    """No more than 24 hours since the confirmation was obtained."""
    if situation.confirmed_at is None:
        return None
    ends_at = situation.confirmed_at + situation.terms.confirmation_life
    if situation.at <= ends_at:
        return ends_at
    seen = f"obtained {situation.show(situation.confirmed_at)}, ended {situation.show(ends_at)}"
    return Unmet(_CODE.CONFIRMATION_EXPIRED, seen, ends_at)


@rule("R42", Gate.DISPENSE, "5.3", "S22", "AG", _CODE.SHIPPED_ON_ANOTHER_DAY)
def frp_parcel_leaves_on_confirmation_day(situation: Situation) -> Answer:
    """FRP and shipped: the local date is that of the confirmation."""
    confirmed_at, category = situation.confirmed_at, situation.category
    if confirmed_at is None or category is None or not category.is_frp:
        return None
    if situation.facts.release_mode is not ReleaseMode.SHIP:
        return None
    confirmed_on = local_date(confirmed_at, situation.zone)
    if confirmed_on == situation.today:
        return end_of_day(situation.today, situation.zone)
    seen = f"confirmed {confirmed_on}, today {situation.today}"
    return Unmet(_CODE.SHIPPED_ON_ANOTHER_DAY, seen)
