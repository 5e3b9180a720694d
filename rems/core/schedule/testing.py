"""When the next pregnancy test is due (rule sheet, section 13.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from rems.core.programs import ProgramVersion
from rems.core.vocabulary import CycleRegularity, HoldType, RiskCategory

# Reports after which a test is due at once (rule 3.6).
TEST_AT_ONCE = frozenset(
    {
        HoldType.MISSED_PERIOD,
        HoldType.ABNORMAL_BLEEDING,
        HoldType.CONTRACEPTION_STOPPED,
        HoldType.PREGNANCY_SUSPECTED,
    }
)


@dataclass(frozen=True, slots=True)
class NextTest:
    """The local date on which the next test is due; `at_once` when something was reported since."""

    due_on: date
    at_once: bool = False


def next_test_due(
    category: RiskCategory,
    program: ProgramVersion,
    *,
    started_on: date,
    last_test_on: date | None,
    cycles: CycleRegularity,
    reported_on: date | None = None,
) -> NextTest | None:
    """When the next test is due in treatment; None for those who need none.

    All dates are local to the pharmacy. `started_on` is the first dose; a pause does not stop the
    clock. `reported_on` is the date of an uncleared missed period or the like: a test is due at
    once. The gate does not look at this (section 15): it is for reminders.
    """
    if not category.is_frp:
        return None
    if reported_on is not None:
        return NextTest(reported_on, at_once=True)
    if last_test_on is None:
        return NextTest(started_on, at_once=True)
    return NextTest(last_test_on + _interval(program, started_on, last_test_on, cycles))


def _interval(
    program: ProgramVersion, started_on: date, last_test_on: date, cycles: CycleRegularity
) -> timedelta:
    terms = program.terms
    if last_test_on < started_on + timedelta(days=terms.first_weeks_days):
        return timedelta(days=terms.first_weeks_test_interval_days)
    if cycles is CycleRegularity.IRREGULAR:
        return timedelta(days=terms.irregular_test_interval_days)
    return timedelta(days=terms.regular_test_interval_days)
