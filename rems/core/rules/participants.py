"""Who may take part: prescriber, pharmacy, pharmacist, state."""

from datetime import datetime

from rems.core.calendar import MICROSECOND
from rems.core.rules.registry import Answer, Unmet, rule
from rems.core.situation import Situation
from rems.core.vocabulary import Gate, ReasonCode

_CODE = ReasonCode


@rule("R01", Gate.CHECKOUT, "1.1.1", "S3, S4, S5", "C", _CODE.PRESCRIBER_NOT_CERTIFIED)
def prescriber_is_certified(situation: Situation) -> Answer:
    """The prescriber is certified in the program now."""
    facts = situation.facts
    if _holds(situation, facts.prescriber_certified, facts.prescriber_certified_until):
        return _last_instant(facts.prescriber_certified_until)
    return Unmet(_CODE.PRESCRIBER_NOT_CERTIFIED, "no certification covers this moment")


@rule("R02", Gate.CHECKOUT, "1.2.1", "S5, S6", "C", _CODE.PHARMACY_NOT_CERTIFIED)
def pharmacy_is_certified(situation: Situation) -> Answer:
    """The pharmacy is certified in the program now."""
    facts = situation.facts
    if _holds(situation, facts.pharmacy_certified, facts.pharmacy_certified_until):
        return _last_instant(facts.pharmacy_certified_until)
    return Unmet(_CODE.PHARMACY_NOT_CERTIFIED, "no certification covers this moment")


@rule("R53", Gate.CHECKOUT, "11.1", "state law", "G", _CODE.STATE_LICENSE_MISSING)
def pharmacy_is_licensed_in_ship_to_state(situation: Situation) -> Answer:
    """The pharmacy is licensed for the state to which the order goes."""
    facts = situation.facts
    if _holds(situation, facts.state_licensed, facts.state_licensed_until):
        return _last_instant(facts.state_licensed_until)
    return Unmet(_CODE.STATE_LICENSE_MISSING, "no license for the ship-to state")


@rule("R05", Gate.APPROVE, "1.2.2", "S36", "AG", _CODE.PHARMACIST_NOT_TRAINED)
def dispensing_pharmacist_is_trained(situation: Situation) -> Answer:
    """The dispensing pharmacist has current REMS training."""
    facts = situation.facts
    if _holds(situation, facts.pharmacist_trained, facts.pharmacist_trained_until):
        return _last_instant(facts.pharmacist_trained_until)
    return Unmet(_CODE.PHARMACIST_NOT_TRAINED, "no training covers this moment")


def _holds(situation: Situation, is_held: bool, until: datetime | None) -> bool:
    return is_held and (until is None or until > situation.at)


def _last_instant(until: datetime | None) -> datetime | None:
    """A credential does not hold any more at the instant at which it ends."""
    return None if until is None else until - MICROSECOND
