"""What falls due in a course of treatment. Each function says what one thing asks.

Dates are local to the pharmacy (decision D10).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

from rems.core.calendar import add_calendar_months, end_of_day, local_date, months_later
from rems.core.schedule.course import Capsules, Course, OpenAuthorization, OpenOrder
from rems.core.schedule.label import CYCLE, PRECAUTIONS, PRECAUTIONS_BEFORE, count_days
from rems.core.schedule.obligation import Kind, Obligation
from rems.core.schedule.testing import NextTest, next_test_due
from rems.core.vocabulary import RiskCategory

DAY = timedelta(days=1)
# Facts come at least once a cycle; each plans blood counts this far ahead of its own supply.
COUNTS_AHEAD = 2 * CYCLE
# So many days the first day of a supply is asked for, and the precautions are told.
A_WEEK = 7
# What nobody need be told any more once there is an order.
MET_BY_AN_ORDER = frozenset({Kind.AUTHORIZATION_LAPSING, Kind.REFILL_WINDOW})


def obligations_of(course: Course, at: datetime) -> tuple[Obligation, ...]:
    """All that falls due in the course as the facts stand at this instant."""
    if course.is_active:
        found = [*_tests(course), *_survey(course), *_authorization(course), *_refill(course)]
        found += [*_calendar(course), *_blood_counts(course), *_precautions(course)]
    else:
        found = list(_after_the_stop(course))
    found += obligations_of_orders(course)
    return tuple(obligation for obligation in found if obligation.is_open(at))


def exposure_report_due(due_at: datetime, zone: ZoneInfo) -> Obligation:
    """An exposure report is open (R51); it is due by this instant (rule 7.7)."""
    on = local_date(due_at, zone)
    return Obligation(None, Kind.EXPOSURE_REPORT_OPEN, on, at_once=True, due_at=due_at)


def _tests(course: Course) -> Iterator[Obligation]:
    """The next pregnancy test (section 13.1), and who is told when it was missed."""
    found = _next_test(course)
    if found is not None:
        yield course.due(Kind.PREGNANCY_TEST_DUE, found.due_on, at_once=found.at_once)
        yield course.due(Kind.TEST_OVERDUE, found.due_on)


def _next_test(course: Course) -> NextTest | None:
    started_on = course.started_on
    if course.category is None or started_on is None:
        return None
    return next_test_due(
        course.category,
        course.program,
        started_on=started_on,
        last_test_on=None if course.last_test_at is None else course.on(course.last_test_at),
        cycles=course.cycles,
        reported_on=None if course.reported_at is None else course.on(course.reported_at),
    )


def _survey(course: Course) -> Iterator[Obligation]:
    """The survey that the next fill asks for (R30): before the refill window, or when it lapses."""
    supply = course.newest
    if supply is None or course.category is None:
        return
    due_on = _survey_due_on(course, course.category, supply)
    if due_on is not None:
        yield course.due(Kind.SURVEY_DUE, due_on)


def _survey_due_on(course: Course, category: RiskCategory, supply: Capsules) -> date | None:
    terms = course.program.terms
    if category is RiskCategory.FNRP_ADULT:
        counted_from = course.surveyed_at or course.form_signed_at
        if counted_from is None:
            return None
        return course.on(months_later(counted_from, terms.fnrp_adult_survey_months, course.zone))
    if course.surveyed_at is None or course.surveyed_at <= supply.dispensed_at:
        return _window_opens_on(course, supply)
    return course.on(course.surveyed_at + terms.survey_life)


def _window_opens_on(course: Course, supply: Capsules) -> date:
    """The first day on which so few days are left that the next fill is allowed (R45)."""
    return supply.started_on + (supply.days - course.program.terms.max_days_left) * DAY


def _refill(course: Course) -> Iterator[Obligation]:
    """The refill window opens; whoever has ordered already need not be told."""
    if course.newest is not None and not course.orders:
        yield course.due(Kind.REFILL_WINDOW, _window_opens_on(course, course.newest))


def _authorization(course: Course) -> Iterator[Obligation]:
    """An authorization is about to lapse (R14, R15). Once there is an order it is the pharmacy's to
    be quick: another prescription cannot be filled as long as that one waits."""
    held = course.authorization
    if held is None or course.orders or course.category is None:
        return
    if any(supply.dispensed_at >= held.issued_at for supply in course.supplies):
        return
    ends_at = _authorization_ends_at(course, held, course.category)
    if ends_at is not None:
        on = course.on(ends_at)
        yield course.due(Kind.AUTHORIZATION_LAPSING, on, due_at=ends_at, until=ends_at)


def _authorization_ends_at(
    course: Course, held: OpenAuthorization, category: RiskCategory
) -> datetime | None:
    terms = course.program.terms
    begins_at = held.tested_at if category.is_frp else held.issued_at
    days = terms.frp_authorization_days if category.is_frp else terms.other_authorization_days
    if begins_at is None:
        return None
    if terms.authorization_ends_with_the_day:
        return end_of_day(course.on(begins_at) + days * DAY, course.zone)
    return begins_at + days * DAY


def _calendar(course: Course) -> Iterator[Obligation]:
    """The first day, the last day with a capsule and the next cycle (rule sheet 8.6)."""
    supply = course.newest
    if supply is None:
        return
    if not supply.is_recorded:
        yield _until(course, Kind.TREATMENT_START, supply.started_on, A_WEEK)
    terms = course.program.terms
    taken = min(supply.quantity, terms.one_cycle_quantity) // terms.capsules_per_day
    if taken:
        yield _until(course, Kind.TREATMENT_DAYS, supply.started_on + (taken - 1) * DAY, 1)
    yield _until(course, Kind.TREATMENT_DAYS, supply.started_on + CYCLE, 1)


def _blood_counts(course: Course) -> Iterator[Obligation]:
    """The next blood counts that the label advises (rule sheet 8.20); no gate asks for them."""
    started_on, supply = course.started_on, course.newest
    if started_on is None or supply is None:
        return
    horizon = supply.started_on + COUNTS_AHEAD
    days = (started_on + after for after in count_days(course.indication))
    for on in takewhile(lambda on: on <= horizon, days):
        yield _until(course, Kind.BLOOD_COUNT_DUE, on, 0)


def _precautions(course: Course) -> Iterator[Obligation]:
    """The precautions, told again: in treatment, paused or not (rule sheet 6.1, 6.7 to 6.9), and
    halfway through the four weeks before it to those who keep them already (6.1). Whoever begins
    anew is told of the four weeks after the last dose until there is a next one."""
    supply = course.newest
    if supply is None:
        yield from _precautions_after(course)
    days = _precaution_day_before(course) if supply is None else _precaution_days(course, supply)
    for on in days:
        yield _until(course, Kind.PRECAUTIONS_IN_FORCE, on, A_WEEK)


def _precaution_days(course: Course, supply: Capsules) -> Iterator[date]:
    """The first day, then every cycle. A start that is not on record may yet move: it is taken when
    nobody asks for it any more. No fact comes in a pause, so the days reach as far beyond the supply
    in hand as a stop may last before it wants a new form (R04)."""
    first = min(course.supplies, key=lambda one: (one.started_on, not one.is_recorded))
    yield first.started_on if first.is_recorded else first.started_on + A_WEEK * DAY
    last_on = add_calendar_months(supply.started_on, course.program.terms.restart_months)
    on = first.started_on + CYCLE
    while on <= last_on:
        yield on
        on += CYCLE


def _precaution_day_before(course: Course) -> Iterator[date]:
    begun_at = _begun_at(course)
    if begun_at is not None and course.category is not None and course.category.is_frp:
        yield course.on(begun_at) + PRECAUTIONS_BEFORE / 2


def _begun_at(course: Course) -> datetime | None:
    """Since when the form holds: its signature, or the new start of who begins anew under it."""
    signed_at, stopped_at = course.form_signed_at, course.stopped_at
    is_older = signed_at is not None and stopped_at is not None and signed_at <= stopped_at
    return course.enrolled_at if is_older else signed_at


def _after_the_stop(course: Course) -> Iterator[Obligation]:
    """What goes on after treatment stopped: the precautions, and how long the form still serves."""
    yield from _precautions_after(course)
    if course.stopped_at is not None and course.form_signed_at is not None:
        months = course.program.terms.restart_months
        lapses_on = add_calendar_months(course.on(course.stopped_at), months)
        yield _until(course, Kind.AGREEMENT_LAPSING, lapses_on, 0)


def _precautions_after(course: Course) -> Iterator[Obligation]:
    """Open for a day more: the recipient's day may end after the pharmacy's."""
    if course.stopped_at is not None and course.had_capsules:
        yield _until(course, Kind.PRECAUTIONS, course.on(course.stopped_at) + PRECAUTIONS, 1)


def obligations_of_orders(course: Course) -> Iterator[Obligation]:
    """What falls due for the course's orders whose parcel has not left."""
    for order in course.orders:
        since = order.since
        yield course.due(Kind.ORDER_WAITING, course.on(since), due_at=since, about=order.key)
        ends_at = _confirmation_ends_at(course, order)
        if ends_at is not None:
            on = course.on(ends_at)
            yield course.due(Kind.CONFIRMATION_LAPSING, on, due_at=ends_at, about=order.key)


def _confirmation_ends_at(course: Course, order: OpenOrder) -> datetime | None:
    """R41, and for a parcel that R42 ties to the confirmation's own day the end of that day."""
    if order.confirmed_at is None:
        return None
    ends_at = order.confirmed_at + course.program.terms.confirmation_life
    if order.is_shipped and course.category is not None and course.category.is_frp:
        return min(ends_at, end_of_day(course.on(order.confirmed_at), course.zone))
    return ends_at


def _until(course: Course, kind: Kind, due_on: date, days: int) -> Obligation:
    """An obligation that nobody need be told of so many days after its day."""
    return course.due(kind, due_on, until=end_of_day(due_on + days * DAY, course.zone))
