"""Pregnancy tests and the holds that hang on them."""

from datetime import timedelta

from rems.core.rules.registry import Answer, Unmet, rule
from rems.core.situation import Situation
from rems.core.vocabulary import Gate, HoldType, ReasonCode, in_words

_CODE = ReasonCode

_SAFETY_HOLDS = frozenset(
    {
        HoldType.MISSED_PERIOD,
        HoldType.ABNORMAL_BLEEDING,
        HoldType.CONTRACEPTION_STOPPED,
        HoldType.PREGNANCY_SUSPECTED,
    }
)


@rule(
    "R23",
    Gate.CHECKOUT,
    "3.7, D9",
    "S21",
    "C",
    _CODE.POSITIVE_TEST_NOT_CLEARED,
    _CODE.POSITIVE_TEST_HOLD_OPEN,
)
def every_positive_test_is_cleared(situation: Situation) -> Answer:
    """No positive or indeterminate test without a positive-test hold closed after a later negative
    test, and no such hold open; every category."""
    for test in situation.uncleared_tests:
        seen = f"{in_words(test.result)} taken {situation.show(test.collected_at)}"
        return Unmet(_CODE.POSITIVE_TEST_NOT_CLEARED, seen)
    for hold in situation.holds:
        if hold.type is HoldType.POSITIVE_TEST and situation.is_open(hold):
            seen = f"open since {situation.show(hold.opened_at)}"
            return Unmet(_CODE.POSITIVE_TEST_HOLD_OPEN, seen)
    return None


@rule(
    "R25",
    Gate.CHECKOUT,
    "3.6",
    "S32, S26, S27, S28",
    "AC",
    _CODE.SAFETY_HOLD_OPEN,
    _CODE.SAFETY_HOLD_CLEARED_WITHOUT_TEST,
)
def every_safety_hold_is_cleared(situation: Situation) -> Answer:
    """No hold for a missed period, bleeding, stopped contraception or suspected pregnancy, unless
    closed after a negative test taken since it was opened; every category."""
    for hold in situation.holds:
        if hold.type not in _SAFETY_HOLDS:
            continue
        seen = f"{in_words(hold.type)} since {situation.show(hold.opened_at)}"
        if hold.cleared_at is None or situation.is_open(hold):
            return Unmet(_CODE.SAFETY_HOLD_OPEN, seen)
        if not situation.negative_test_between(hold.opened_at, hold.cleared_at):
            seen += f", closed {situation.show(hold.cleared_at)}"
            return Unmet(_CODE.SAFETY_HOLD_CLEARED_WITHOUT_TEST, seen)
    return None


@rule(
    "R20",
    Gate.CHECKOUT,
    "3.2",
    "S1, S13, S34",
    "C",
    _CODE.FIRST_STARTING_TEST_MISSING,
    limits=("first_starting_test_earliest", "first_starting_test_latest"),
)
def first_starting_test_was_in_time(situation: Situation) -> Answer:
    """FRP, first fill: a test 10 to 14 local days before the prescription was written."""
    category, prescription = situation.category, situation.prescription
    if category is None or prescription is None or not category.is_frp:
        return None
    if not situation.facts.first_prescription:
        return None
    terms, written_at = situation.terms, prescription.written_at
    days = [situation.local_days_before(x.collected_at, written_at) for x in situation.timing_tests]
    if any(terms.starting_test_latest_days <= n <= terms.starting_test_earliest_days for n in days):
        return None
    seen = f"tests {', '.join(map(str, days)) or 'none'} local days before the prescription"
    return Unmet(_CODE.FIRST_STARTING_TEST_MISSING, seen)


@rule(
    "R21",
    Gate.CHECKOUT,
    "3.2",
    "S1, S13, S34",
    "C",
    _CODE.SECOND_STARTING_TEST_MISSING,
    limits=("second_starting_test_within",),
)
def second_starting_test_was_in_time(situation: Situation) -> Answer:
    """FRP, first fill: a test in the 24 hours before the prescription was written."""
    category, prescription = situation.category, situation.prescription
    if category is None or prescription is None or not category.is_frp:
        return None
    if not situation.facts.first_prescription:
        return None
    window, written_at = situation.terms.second_test_window, prescription.written_at
    lead_times = [written_at - test.collected_at for test in situation.timing_tests]
    if any(timedelta(0) <= lead_time <= window for lead_time in lead_times):
        return None
    seen = f"no test in the {window} before {situation.show(written_at)}"
    return Unmet(_CODE.SECOND_STARTING_TEST_MISSING, seen)


@rule(
    "R22",
    Gate.CHECKOUT,
    "3.1",
    "S23, S32",
    "C",
    _CODE.TEST_NOT_SENSITIVE_ENOUGH,
    limits=("max_detection_limit",),
)
def every_test_is_sensitive_enough(situation: Situation) -> Answer:
    """FRP: every test detects 50 mIU/mL or less."""
    if situation.category is None or not situation.category.is_frp:
        return None
    limit = situation.terms.max_detection_limit
    for test in situation.tests:
        if not test.detection_limit <= limit:
            seen = f"{test.detection_limit} mIU/mL, taken {situation.show(test.collected_at)}"
            return Unmet(_CODE.TEST_NOT_SENSITIVE_ENOUGH, seen)
    return None


@rule("R26", Gate.CHECKOUT, "3.8", "S1", "CG", _CODE.TEST_NOT_VERIFIED)
def every_test_is_verified(situation: Situation) -> Answer:
    """FRP: the prescriber has verified every test."""
    if situation.category is None or not situation.category.is_frp:
        return None
    for test in situation.tests:
        if not test.verified:
            seen = f"taken {situation.show(test.collected_at)}"
            return Unmet(_CODE.TEST_NOT_VERIFIED, seen)
    return None
