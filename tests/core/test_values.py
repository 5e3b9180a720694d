"""What the core is told and what it answers are closed, frozen values: nobody turns a refusal into
a permit by writing into one, or gives a date for another by mistaking the order. What falls due is
as closed."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields
from datetime import date, time
from enum import StrEnum
from typing import Any

import pytest

from rems.core import (
    PROGRAMS,
    RULES,
    STEPS,
    AdvisoryCode,
    HoldType,
    Kind,
    NextTest,
    OpenAuthorization,
    OpenOrder,
    Quiet,
    ReasonCode,
    RiskCategory,
    TestResult,
)
from rems.core.schedule.house import lot_expiring
from rems.core.situation import Situation
from rems.core.vocabulary import in_words
from rems.core.wording import ADVISORIES, WORDINGS
from tests.core.courses import capsules, course
from tests.core.people import NOON, PROGRAM, answer, at, beth, carol, gus, hold

FACTS = (
    beth,
    beth.agreement_form,
    beth.prescription,
    beth.pregnancy_tests[0],
    beth.previous_supply,
    beth.confirmation,
    beth.unit,
    carol.category_proof,
    hold(HoldType.MISSED_PERIOD, "2026-10-01 10:00"),
)
REFUSAL = answer(beth, when=at("2027-01-01 00:00"))
ANSWERS = (
    REFUSAL,
    REFUSAL.findings[0],
    answer(gus).advisories[0],
    RULES[0],
    NextTest(date(2026, 10, 13)),
    next(iter(WORDINGS.values())),
    PROGRAM.limits[0],
    PROGRAM.decisions[0],
    PROGRAM.terms,
)
PLANS = (
    capsules(),
    OpenAuthorization(NOON, NOON),
    OpenOrder("1", NOON, True, NOON),
    course(),
    lot_expiring(date(2026, 10, 13)),
    STEPS[Kind.LOT_EXPIRING][0],
    Quiet(time(21), time(8)),
)


def test_every_reason_and_every_advice_has_its_words() -> None:
    assert set(WORDINGS) == set(ReasonCode)
    assert set(ADVISORIES) == set(AdvisoryCode)


@pytest.mark.parametrize(
    ("word", "said"),
    [
        (TestResult.NEGATIVE, "negative"),
        (TestResult.POSITIVE, "positive"),
        (TestResult.INDETERMINATE, "indeterminate"),
        (RiskCategory.FRP_ADULT, "FRP adult"),
        (RiskCategory.FNRP_ADULT, "FNRP adult"),
        (RiskCategory.MALE_ADULT, "male adult"),
        (RiskCategory.FRP_CHILD, "FRP child"),
        (RiskCategory.FNRP_CHILD, "FNRP child"),
        (RiskCategory.MALE_CHILD, "male child"),
        (HoldType.MISSED_PERIOD, "missed period"),
        (None, "none"),
    ],
)
def test_a_word_is_told_as_people_say_it(word: StrEnum | None, said: str) -> None:
    assert in_words(word) == said


def named(value: Any) -> str:
    return type(value).__name__


@pytest.mark.parametrize("value", [*FACTS, *ANSWERS, *PLANS, PROGRAMS[0]], ids=named)
def test_no_field_of_it_can_be_overwritten(value: Any) -> None:
    for field in fields(value):
        with pytest.raises(FrozenInstanceError):
            setattr(value, field.name, getattr(value, field.name))


@pytest.mark.parametrize(
    "value", [*FACTS, *ANSWERS, *PLANS, Situation(beth, PROGRAM.terms, NOON)], ids=named
)
def test_nothing_can_be_hung_onto_it(value: Any) -> None:
    with pytest.raises(AttributeError):
        object.__setattr__(value, "waived_by", "somebody")


@pytest.mark.parametrize("value", FACTS, ids=named)
def test_its_facts_are_given_by_name_alone(value: Any) -> None:
    with pytest.raises(TypeError, match="positional"):
        type(value)(*[getattr(value, field.name) for field in fields(value)])
