"""Pregnancy tests and holds at their edges (see test_patient_rules)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rems.core import (
    Facts,
    HoldType,
    TestResult,
)
from tests.core.people import (
    EVERYBODY,
    HOUR,
    MICROSECOND,
    NOON,
    STARTING_TESTS,
    WRITTEN,
    a_test,
    ana,
    answer,
    at,
    beth,
    codes,
    dan,
    ella,
    hold,
    refused_by,
)

# R20, R21: the two starting tests


@pytest.mark.parametrize(
    ("day", "rules"),
    [
        ("2026-09-21 23:59", ["R20"]),
        ("2026-09-22 00:00", []),
        ("2026-09-26 23:59", []),
        ("2026-09-27 00:00", ["R20"]),
    ],
)
def test_anas_first_test_was_10_to_14_local_days_before(day: str, rules: list[str]) -> None:
    assert refused_by(replace(ana, pregnancy_tests=(a_test(day), STARTING_TESTS[1]))) == rules


@pytest.mark.parametrize(
    ("before", "rules"),
    [(0 * HOUR, []), (24 * HOUR, []), (24 * HOUR + MICROSECOND, ["R21"])],
)
def test_anas_second_test_was_in_the_24_hours_before(before: object, rules: list[str]) -> None:
    second = replace(STARTING_TESTS[1], collected_at=WRITTEN - before)  # type: ignore[operator]
    assert refused_by(replace(ana, pregnancy_tests=(STARTING_TESTS[0], second))) == rules


def test_anas_second_test_may_not_follow_the_prescription() -> None:
    second = replace(STARTING_TESTS[1], collected_at=WRITTEN + MICROSECOND)
    assert refused_by(replace(ana, pregnancy_tests=(STARTING_TESTS[0], second))) == ["R21"]


def test_beth_in_treatment_needs_no_starting_tests() -> None:
    assert len(beth.pregnancy_tests) == 1
    assert refused_by(beth) == []


def test_ella_needs_the_starting_tests_like_an_adult() -> None:
    assert refused_by(replace(ella, pregnancy_tests=STARTING_TESTS[1:])) == ["R20"]
    assert refused_by(replace(ella, pregnancy_tests=STARTING_TESTS[:1])) == ["R14", "R21"]


# R22, R26: sensitivity and verification


@pytest.mark.parametrize(("limit", "rules"), [(50, []), (50.5, ["R22"]), (float("nan"), ["R22"])])
def test_every_test_of_ana_detects_50_or_less(limit: float, rules: list[str]) -> None:
    weak = replace(STARTING_TESTS[0], detection_limit=limit)
    assert refused_by(replace(ana, pregnancy_tests=(weak, STARTING_TESTS[1]))) == rules


def test_every_test_of_ana_is_verified() -> None:
    typed_in = replace(STARTING_TESTS[0], verified=False)
    assert refused_by(replace(ana, pregnancy_tests=(typed_in, STARTING_TESTS[1]))) == ["R26"]


def test_a_mans_test_is_judged_for_its_result_alone() -> None:
    odd = a_test("2026-10-01 09:00", detection_limit=500, verified=False)
    assert refused_by(replace(dan, pregnancy_tests=(odd,))) == []
    positive = replace(odd, result=TestResult.POSITIVE)
    assert refused_by(replace(dan, pregnancy_tests=(positive,))) == ["R23"]


# R23: a positive test and what clears it


def beth_with(*more: object) -> Facts:
    tests = tuple(x for x in more if type(x).__name__ == "PregnancyTest")
    holds = tuple(x for x in more if type(x).__name__ == "Hold")
    return replace(beth, pregnancy_tests=(*beth.pregnancy_tests, *tests), holds=holds)


POSITIVE = a_test("2026-09-28 09:00", TestResult.POSITIVE)
LATER_NEGATIVE = a_test("2026-10-01 09:00")


def test_a_positive_test_is_cleared_by_a_hold_closed_after_a_later_negative_test() -> None:
    closing = hold(HoldType.POSITIVE_TEST, "2026-09-28 09:00", "2026-10-01 09:00")
    assert refused_by(beth_with(POSITIVE, LATER_NEGATIVE, closing)) == []
    opened_later = hold(HoldType.POSITIVE_TEST, "2026-09-29 09:00", "2026-10-01 09:00")
    assert refused_by(beth_with(POSITIVE, LATER_NEGATIVE, opened_later)) == []


@pytest.mark.parametrize(
    "not_enough",
    [
        (POSITIVE,),
        (POSITIVE, LATER_NEGATIVE),
        (POSITIVE, LATER_NEGATIVE, hold(HoldType.POSITIVE_TEST, "2026-09-28 09:00")),
        (POSITIVE, hold(HoldType.POSITIVE_TEST, "2026-09-28 09:00", "2026-10-01 09:00")),
        (
            POSITIVE,
            LATER_NEGATIVE,
            hold(HoldType.POSITIVE_TEST, "2026-09-28 09:00", "2026-10-01 08:59"),
        ),
        (
            POSITIVE,
            LATER_NEGATIVE,
            hold(HoldType.POSITIVE_TEST, "2026-09-28 08:59", "2026-10-01 09:00"),
        ),
        (
            POSITIVE,
            a_test("2026-09-28 09:00"),
            hold(HoldType.POSITIVE_TEST, "2026-09-28 09:00", "2026-10-01 09:00"),
        ),
        (
            POSITIVE,
            LATER_NEGATIVE,
            hold(HoldType.MISSED_PERIOD, "2026-09-28 09:00", "2026-10-01 09:00"),
        ),
        (
            POSITIVE,
            LATER_NEGATIVE,
            hold(HoldType.PREGNANCY_SUSPECTED, "2026-09-28 09:00", "2026-10-01 09:00"),
        ),
        (
            POSITIVE,
            a_test("2026-10-01 09:00", TestResult.INDETERMINATE),
            hold(HoldType.POSITIVE_TEST, "2026-09-28 09:00", "2026-10-01 09:00"),
        ),
    ],
)
def test_nothing_less_clears_a_positive_test(not_enough: tuple[object, ...]) -> None:
    assert "R23" in refused_by(beth_with(*not_enough))


def test_a_closing_later_than_now_has_not_happened() -> None:
    closing = hold(HoldType.POSITIVE_TEST, "2026-09-28 09:00", "2026-10-08 12:01")
    assert codes(beth_with(POSITIVE, LATER_NEGATIVE, closing)) == ["POSITIVE_TEST_NOT_CLEARED"]


def test_an_open_positive_test_hold_refuses_even_without_a_test() -> None:
    opened = replace(dan, holds=(hold(HoldType.POSITIVE_TEST, "2026-10-08 12:00"),))
    assert codes(opened) == ["POSITIVE_TEST_HOLD_OPEN"]
    assert refused_by(opened, NOON - MICROSECOND) == []


def test_a_positive_test_refuses_from_the_instant_at_which_it_was_taken() -> None:
    positive = replace(dan, pregnancy_tests=(a_test("2026-10-08 12:00", TestResult.POSITIVE),))
    assert refused_by(positive, NOON) == ["R23"]
    assert refused_by(positive, NOON - MICROSECOND) == []
    assert answer(positive, when=NOON - HOUR).permitted_until == NOON - MICROSECOND


NOT_NEGATIVE = [TestResult.POSITIVE, TestResult.INDETERMINATE]


@pytest.mark.parametrize("result", NOT_NEGATIVE)
@pytest.mark.parametrize("person", EVERYBODY.values(), ids=EVERYBODY)
def test_whoever_was_not_clearly_negative_is_refused(person: Facts, result: TestResult) -> None:
    unclear = a_test("2026-10-01 09:00", result)
    tests = (*person.pregnancy_tests, unclear)
    assert refused_by(replace(person, pregnancy_tests=tests)) == ["R23"]


@pytest.mark.parametrize("result", NOT_NEGATIVE)
def test_a_test_that_is_not_negative_clears_no_hold(result: TestResult) -> None:
    since = a_test("2026-10-04 09:00", result)
    missed = hold(HoldType.MISSED_PERIOD, "2026-10-03 20:00", "2026-10-05 13:00")
    assert refused_by(beth_with(since, missed)) == ["R23", "R25"]


@pytest.mark.parametrize("result", NOT_NEGATIVE)
def test_a_cleared_positive_test_starts_nothing(result: TestResult) -> None:
    cleared = (
        a_test("2026-10-06 09:00", result),
        hold(HoldType.POSITIVE_TEST, "2026-10-06 09:00", "2026-10-06 11:00"),
        a_test("2026-10-06 10:30"),
    )
    person = replace(beth_with(*cleared), previous_supply=None)
    late = at("2026-10-12 14:00") + MICROSECOND  # 7 days after the test before the positive one
    assert "R14" in refused_by(person, late)
    assert "R14" not in refused_by(person, late - MICROSECOND)


# R25: the safety holds


def test_beths_missed_period_is_cleared_by_a_negative_test_since() -> None:
    reported = hold(HoldType.MISSED_PERIOD, "2026-10-03 20:00", "2026-10-05 15:00")
    assert refused_by(beth_with(reported)) == []


@pytest.mark.parametrize(
    ("opened", "closed", "code"),
    [
        ("2026-10-03 20:00", None, "SAFETY_HOLD_OPEN"),
        ("2026-10-03 20:00", "2026-10-08 12:01", "SAFETY_HOLD_OPEN"),
        ("2026-10-03 20:00", "2026-10-05 13:59", "SAFETY_HOLD_CLEARED_WITHOUT_TEST"),
        ("2026-10-05 14:00", "2026-10-05 15:00", "SAFETY_HOLD_CLEARED_WITHOUT_TEST"),
        ("2026-10-05 15:00", "2026-10-05 14:30", "SAFETY_HOLD_CLEARED_WITHOUT_TEST"),
    ],
)
@pytest.mark.parametrize(
    "kind",
    [
        HoldType.MISSED_PERIOD,
        HoldType.ABNORMAL_BLEEDING,
        HoldType.CONTRACEPTION_STOPPED,
        HoldType.PREGNANCY_SUSPECTED,
    ],
)
def test_nothing_less_clears_a_safety_hold(
    kind: HoldType, opened: str, closed: str | None, code: str
) -> None:
    assert codes(beth_with(hold(kind, opened, closed))) == [code]


def test_a_safety_hold_is_seen_behind_a_hold_of_another_kind() -> None:
    reviewed = hold(HoldType.CATEGORY_REVIEW, "2026-10-03 19:00", "2026-10-04 19:00")
    missed = hold(HoldType.MISSED_PERIOD, "2026-10-03 20:00")
    cleared = hold(HoldType.ABNORMAL_BLEEDING, "2026-10-03 20:00", "2026-10-05 15:00")
    assert codes(beth_with(reviewed, missed)) == ["SAFETY_HOLD_OPEN"]
    assert codes(beth_with(cleared, reviewed, missed)) == ["SAFETY_HOLD_OPEN"]


def test_a_hold_that_opens_a_microsecond_from_now_does_not_refuse_yet() -> None:
    opens = hold(HoldType.MISSED_PERIOD, "2026-10-08 12:00")
    assert refused_by(beth_with(opens), NOON - MICROSECOND) == []
    assert refused_by(beth_with(opens), NOON) == ["R25"]


def test_a_positive_test_is_cleared_from_the_very_instant_of_the_closing() -> None:
    closing = hold(HoldType.POSITIVE_TEST, "2026-09-28 09:00", "2026-10-08 12:00")
    person = beth_with(POSITIVE, LATER_NEGATIVE, closing)
    assert refused_by(person, NOON) == []
    assert refused_by(person, NOON - MICROSECOND) == ["R23"]


def test_a_pharmacist_reads_the_local_time_of_a_positive_test() -> None:
    (finding,) = answer(beth_with(POSITIVE)).findings
    assert finding.seen == "positive taken 2026-09-28 09:00:00-04:00"
