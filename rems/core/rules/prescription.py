"""The prescription, its authorization, and the patient's survey."""

from datetime import datetime, timedelta

from rems.core.calendar import end_of_day, local_date, months_later
from rems.core.rules.registry import Answer, Unmet, rule
from rems.core.situation import Situation, has_text
from rems.core.vocabulary import Channel, Gate, ReasonCode, RiskCategory, in_words

_CODE = ReasonCode


@rule("R06", Gate.CHECKOUT, "1.1.7", "S4, S5", "C", _CODE.PRESCRIPTION_FOR_OTHER_CATEGORY)
def prescription_names_current_category(situation: Situation) -> Answer:
    """The category on the prescription is the patient's current one."""
    prescription, category = situation.prescription, situation.category
    if prescription is None or category is None or prescription.category is category:
        return None
    written_for = in_words(prescription.category)
    seen = f"prescription says {written_for}, patient is {in_words(category)}"
    return Unmet(_CODE.PRESCRIPTION_FOR_OTHER_CATEGORY, seen)


@rule(
    "R10",
    Gate.CHECKOUT,
    "4.4",
    "S4, S5",
    "C",
    _CODE.DAYS_SUPPLY_OUT_OF_RANGE,
    limits=("max_days_supply",),
)
def days_supply_is_within_cap(situation: Situation) -> Answer:
    """The prescription is for 1 to 28 days."""
    prescription, cap = situation.prescription, situation.terms.max_days_supply
    if prescription is None or 1 <= prescription.days_supply <= cap:
        return None
    return Unmet(
        _CODE.DAYS_SUPPLY_OUT_OF_RANGE, f"{prescription.days_supply} days, allowed 1 to {cap}"
    )


@rule(
    "R11",
    Gate.CHECKOUT,
    "4.4",
    "S4, S5",
    "C",
    _CODE.REFILLS_NOT_ALLOWED,
    _CODE.AUTOMATIC_SHIPPING_NOT_ALLOWED,
    limits=("max_refills",),
)
def no_refills_and_no_automatic_shipping(situation: Situation) -> Answer:
    """The prescription has no refills, and nothing is sent automatically."""
    prescription = situation.prescription
    if prescription is None:
        return None
    if not 0 <= prescription.refills <= situation.terms.max_refills:
        return Unmet(_CODE.REFILLS_NOT_ALLOWED, f"{prescription.refills} refills")
    if prescription.automatic_shipping:
        return Unmet(_CODE.AUTOMATIC_SHIPPING_NOT_ALLOWED, "automatic shipping is on")
    return None


@rule("R12", Gate.CHECKOUT, "4.4, D8", "S4, S5, S23", "CS", _CODE.TELEPHONE_PRESCRIPTION)
def prescription_was_not_telephoned(situation: Situation) -> Answer:
    """The prescription did not come by telephone."""
    prescription = situation.prescription
    if prescription is None or prescription.channel is not Channel.PHONE:
        return None
    if situation.terms.telephone_allowed:
        return None
    return Unmet(_CODE.TELEPHONE_PRESCRIPTION, "received by telephone")


@rule(
    "R13",
    Gate.CHECKOUT,
    "4.1",
    "S4, S5",
    "C",
    _CODE.PRESCRIPTION_MISSING,
    _CODE.PRESCRIPTION_DATED_AHEAD,
    _CODE.AUTHORIZATION_MISSING,
    _CODE.AUTHORIZATION_DATED_AHEAD,
)
def authorization_is_present(situation: Situation) -> Answer:
    """There is a prescription, and on it an authorization number issued not later than now."""
    prescription = situation.prescription
    if situation.authorized_at is not None:
        return None
    if prescription is None:
        return Unmet(_CODE.PRESCRIPTION_MISSING, "no prescription on file")
    if prescription.written_at > situation.at:
        seen = f"written {situation.show(prescription.written_at)}"
        return Unmet(_CODE.PRESCRIPTION_DATED_AHEAD, seen, prescription.written_at)
    issued_at = prescription.authorization_issued_at
    if issued_at is None or not has_text(prescription.authorization_number):
        return Unmet(_CODE.AUTHORIZATION_MISSING, "number or its time is missing")
    return Unmet(_CODE.AUTHORIZATION_DATED_AHEAD, f"issued {situation.show(issued_at)}", issued_at)


@rule("R16", Gate.CHECKOUT, "4.1", "S4, S5", "C", _CODE.AUTHORIZATION_ALREADY_USED)
def authorization_is_unused(situation: Situation) -> Answer:
    """The authorization was not used for another fill."""
    prescription = situation.prescription
    if prescription is None or not prescription.authorization_used:
        return None
    return Unmet(_CODE.AUTHORIZATION_ALREADY_USED, "bound to another fill")


@rule(
    "R14",
    Gate.CHECKOUT,
    "4.2, D1",
    "S22, S26",
    "AG",
    _CODE.AUTHORIZATION_WITHOUT_TEST,
    _CODE.AUTHORIZATION_EXPIRED,
    limits=("frp_authorization_life",),
)
def frp_authorization_is_live(situation: Situation) -> Answer:
    """FRP: no more than 7 days since the latest test taken at or before the authorization."""
    category, issued_at = situation.category, situation.authorized_at
    if category is None or not category.is_frp or issued_at is None:
        return None
    tested_at = max(
        (x.collected_at for x in situation.timing_tests if x.collected_at <= issued_at),
        default=None,
    )
    if tested_at is None:
        seen = f"no test at or before the issue, {situation.show(issued_at)}"
        return Unmet(_CODE.AUTHORIZATION_WITHOUT_TEST, seen)
    ends_at = _authorization_end(situation, tested_at, situation.terms.frp_authorization_days)
    return _unless_expired(situation, ends_at, f"last test {situation.show(tested_at)}")


@rule(
    "R15",
    Gate.CHECKOUT,
    "4.3, D1",
    "S22",
    "AG",
    _CODE.AUTHORIZATION_EXPIRED,
    limits=("other_authorization_life",),
)
def other_authorization_is_live(situation: Situation) -> Answer:
    """All other categories: no more than 30 days since the authorization was issued."""
    category, issued_at = situation.category, situation.authorized_at
    if category is None or category.is_frp or issued_at is None:
        return None
    ends_at = _authorization_end(situation, issued_at, situation.terms.other_authorization_days)
    return _unless_expired(situation, ends_at, f"issued {situation.show(issued_at)}")


def _authorization_end(situation: Situation, begins_at: datetime, days: int) -> datetime:
    life = timedelta(days=days)
    if situation.terms.authorization_ends_with_the_day:
        return end_of_day(local_date(begins_at, situation.zone) + life, situation.zone)
    return begins_at + life


def _unless_expired(situation: Situation, ends_at: datetime, began: str) -> Answer:
    if situation.at <= ends_at:
        return ends_at
    seen = f"{began}, ended {situation.show(ends_at)}, now {situation.show(situation.at)}"
    return Unmet(_CODE.AUTHORIZATION_EXPIRED, seen, ends_at)


@rule(
    "R30",
    Gate.CHECKOUT,
    "4.7-4.11, D5",
    "S3, S8, S24",
    "CAG",
    _CODE.SURVEY_MISSING,
    _CODE.SURVEY_BEFORE_PREVIOUS_DISPENSE,
    _CODE.SURVEY_EXPIRED,
    limits=("survey_life", "fnrp_adult_survey_period"),
)
def patient_survey_is_current(situation: Situation) -> Answer:
    """From the second prescription: a survey since the previous dispense and no more than 30 days
    old; adult FNRP: no more than 6 calendar months since the last survey or, without one, the form."""
    category = situation.category
    if category is None:
        return None
    if situation.facts.first_prescription:
        return _survey_on_first_fill(situation, category)
    if category is RiskCategory.FNRP_ADULT:
        return _half_yearly_survey(situation)
    return _monthly_survey(situation)


def _survey_on_first_fill(situation: Situation, category: RiskCategory) -> Answer:
    if category not in situation.terms.surveyed_on_first_fill or situation.last_survey_at:
        return None
    return Unmet(_CODE.SURVEY_MISSING, "none before the first fill")


def _half_yearly_survey(situation: Situation) -> Answer:
    counted_from = situation.last_survey_at
    if counted_from is None:
        if situation.form is None:
            return None
        counted_from = situation.form.signed_at
    months = situation.terms.fnrp_adult_survey_months
    return _unless_survey_expired(
        situation, months_later(counted_from, months, situation.zone), counted_from
    )


def _monthly_survey(situation: Situation) -> Answer:
    last, supply = situation.last_survey_at, situation.previous_supply
    if last is None:
        return Unmet(_CODE.SURVEY_MISSING, "none on record")
    if supply is not None and last <= supply.dispensed_at:
        shown = situation.show(last), situation.show(supply.dispensed_at)
        seen = "last survey {}, previous dispense {}".format(*shown)
        return Unmet(_CODE.SURVEY_BEFORE_PREVIOUS_DISPENSE, seen)
    return _unless_survey_expired(situation, last + situation.terms.survey_life, last)


def _unless_survey_expired(
    situation: Situation, ends_at: datetime, counted_from: datetime
) -> Answer:
    if situation.at <= ends_at:
        return ends_at
    seen = f"counted from {situation.show(counted_from)}, ended {situation.show(ends_at)}"
    return Unmet(_CODE.SURVEY_EXPIRED, seen, ends_at)
