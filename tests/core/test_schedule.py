"""When the next pregnancy test is due: the examples of the rule sheet, section 13.1."""

from __future__ import annotations

from datetime import date

import pytest

from rems.core import (
    PROGRAMS,
    TEST_AT_ONCE,
    CycleRegularity,
    HoldType,
    NextTest,
    RiskCategory,
    next_test_due,
)

START = date(2026, 10, 7)
REGULAR, IRREGULAR, NONE = CycleRegularity


@pytest.mark.parametrize(
    ("example", "last_test", "cycles", "due"),
    [
        ("S01", "2026-10-06", REGULAR, "2026-10-13"),
        ("S02", "2026-10-13", REGULAR, "2026-10-20"),
        ("S03", "2026-10-27", REGULAR, "2026-11-03"),
        ("S04: day 27", "2026-11-03", REGULAR, "2026-11-10"),
        ("S05: day 28", "2026-11-04", REGULAR, "2026-12-02"),
        ("S06", "2026-11-04", IRREGULAR, "2026-11-18"),
        ("S07: no cycles, still FRP", "2026-11-04", NONE, "2026-12-02"),
        ("S08", "2026-11-10", REGULAR, "2026-12-08"),
        ("S09: dosing paused, the clock runs on", "2026-11-10", REGULAR, "2026-12-08"),
        ("S11: became irregular since", "2026-11-10", IRREGULAR, "2026-11-24"),
    ],
)
@pytest.mark.parametrize("category", [RiskCategory.FRP_ADULT, RiskCategory.FRP_CHILD])
def test_the_next_test_is_due(
    category: RiskCategory, example: str, last_test: str, cycles: CycleRegularity, due: str
) -> None:
    found = next_test_due(
        category,
        PROGRAMS[0],
        started_on=START,
        last_test_on=date.fromisoformat(last_test),
        cycles=cycles,
    )
    assert found == NextTest(date.fromisoformat(due), at_once=False), example


def test_s10_a_missed_period_makes_a_test_due_at_once() -> None:
    found = next_test_due(
        RiskCategory.FRP_ADULT,
        PROGRAMS[0],
        started_on=START,
        last_test_on=date(2026, 11, 10),
        cycles=REGULAR,
        reported_on=date(2026, 11, 20),
    )
    assert found == NextTest(date(2026, 11, 20), at_once=True)


def test_whoever_started_without_any_test_on_record_is_due_at_once() -> None:
    found = next_test_due(
        RiskCategory.FRP_ADULT, PROGRAMS[0], started_on=START, last_test_on=None, cycles=REGULAR
    )
    assert found == NextTest(START, at_once=True)


def test_every_safety_report_makes_a_test_due_at_once() -> None:
    assert set(HoldType) - TEST_AT_ONCE == {HoldType.POSITIVE_TEST, HoldType.CATEGORY_REVIEW}


def test_the_two_dates_are_told_apart_by_their_names() -> None:
    dates = (START, date(2026, 11, 10))
    with pytest.raises(TypeError, match="positional"):
        next_test_due(RiskCategory.FRP_ADULT, PROGRAMS[0], *dates, cycles=REGULAR)  # type: ignore[misc]


@pytest.mark.parametrize("category", [x for x in RiskCategory if not x.is_frp])
def test_s12_all_others_need_no_test(category: RiskCategory) -> None:
    found = next_test_due(category, PROGRAMS[0], started_on=START, last_test_on=START, cycles=NONE)
    assert found is None
