"""Courses of treatment, named and made up, for the tests of the schedule."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from rems.core import (
    PROGRAMS,
    Capsules,
    Course,
    CycleRegularity,
    Indication,
    OpenAuthorization,
    OpenOrder,
    RiskCategory,
    local_date,
    zone_named,
)

NEW_YORK = zone_named("America/New_York")
START = date(2026, 10, 7)
NOON = datetime(2026, 10, 7, 16, tzinfo=UTC)


def capsules(days_after: int = 0, **more: Any) -> Capsules:
    """A supply of one cycle that began so many days after the start."""
    at = NOON + timedelta(days=days_after)
    given = {"days": 28, "quantity": 21, "is_recorded": True}
    return Capsules(at, local_date(at, NEW_YORK), **{**given, **more})


def course(category: RiskCategory = RiskCategory.FRP_ADULT, **more: Any) -> Course:
    """A patient in treatment since the start, unless said otherwise."""
    given = {"category": category, "supplies": (capsules(),), "had_capsules": True}
    return Course(PROGRAMS[0], NEW_YORK, **{**given, **more})


def _instant(hours: int) -> datetime:
    return NOON + timedelta(hours=hours)


INSTANTS = st.integers(min_value=-24 * 200, max_value=24 * 200).map(_instant)
MAYBE = st.one_of(st.none(), INSTANTS)
SUPPLIES = st.lists(
    st.builds(
        capsules,
        st.integers(min_value=-100, max_value=100),
        days=st.integers(min_value=0, max_value=60),
        quantity=st.integers(min_value=0, max_value=60),
        is_recorded=st.booleans(),
    ),
    max_size=4,
).map(tuple)
COURSES = st.builds(
    Course,
    st.just(PROGRAMS[0]),
    st.just(NEW_YORK),
    category=st.one_of(st.none(), st.sampled_from(RiskCategory)),
    is_active=st.booleans(),
    stopped_at=MAYBE,
    had_capsules=st.booleans(),
    supplies=SUPPLIES,
    last_test_at=MAYBE,
    reported_at=MAYBE,
    cycles=st.sampled_from(CycleRegularity),
    surveyed_at=MAYBE,
    form_signed_at=MAYBE,
    enrolled_at=MAYBE,
    indication=st.one_of(st.none(), st.sampled_from(Indication)),
    authorization=st.one_of(st.none(), st.builds(OpenAuthorization, INSTANTS, MAYBE)),
    orders=st.lists(
        st.builds(OpenOrder, st.uuids().map(str), INSTANTS, st.booleans(), MAYBE), max_size=2
    ).map(tuple),
)
