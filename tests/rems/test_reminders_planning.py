"""A reminder is planned in the transaction of the fact that causes it, and follows the facts."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.roles import Role
from orders.services import approve, cancel, dispense, place
from rems.errors import GuardRefused
from rems.models import Hold, Patient, PregnancyTest, Reminder, Survey
from rems.outbox import plan_for_patient
from rems.services import corrections, enrolling, registration
from rems.services.recording import recording
from tests import cast
from tests.builders import (
    PROGRAM,
    a_hold,
    a_patient,
    a_test,
    a_user,
    acting_user,
    ago,
    clear,
    now,
    prescriber_user,
    sign,
    the_store,
)
from tests.database import VirtualClock
from tests.rems.treated import all_planned, due_dates, in_treatment, planned, start_treatment, today

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)
LEAD = timedelta(days=2)


def statuses(patient: Patient) -> set[str]:
    found = Reminder.objects.filter(patient=patient, kind="pregnancy_test_due")
    return set(found.values_list("status", flat=True))


def rows() -> list[tuple[object, ...]]:
    return list(Reminder.objects.order_by("pk").values_list())


def test_anas_next_test_is_planned_with_the_test_that_was_recorded() -> None:
    ana = in_treatment(days=10)
    test = a_test(ana, ago(hours=1))
    (reminder,) = planned(ana)
    assert reminder.kind == "pregnancy_test_due"
    assert reminder.due_on == today() + 7 * DAY
    assert reminder.recipient == acting_user(ana)
    assert reminder.program_id == PROGRAM
    with connection.cursor() as cursor:
        cursor.execute("SELECT xmin::text FROM rems_reminder WHERE id = %s", [reminder.pk])
        written_by = cursor.fetchone()[0]
    test.refresh_from_db()
    assert int(written_by) == test.transaction_id % 2**32


def test_after_the_first_four_weeks_the_next_test_is_four_weeks_later() -> None:
    ana = in_treatment(days=40)
    a_test(ana, ago(hours=1))
    assert due_dates(ana) == [today() + 28 * DAY]


def test_with_irregular_cycles_it_is_two_weeks_later() -> None:
    ana = in_treatment(days=40)
    a_test(ana, ago(hours=1))
    with recording("patient", ana.pk) as recorder:
        user = acting_user(ana)
        recorder.add(
            Survey(
                patient=ana,
                category="FRP_ADULT",
                answers={"cycles": "irregular"},
                recorded_by=user,
            ),
            sign(user, Role.PATIENT),
        )
    assert due_dates(ana) == [today() + 14 * DAY]


def test_without_any_test_it_is_due_at_once() -> None:
    ana = in_treatment(days=3)
    # Of the steps that have passed only the last one stands.
    assert [row.step for row in all_planned(ana, "pregnancy_test_due")] == [3]
    (reminder,) = planned(ana)
    assert reminder.due_on == today() - 3 * DAY
    assert reminder.send_at <= now()


def test_a_late_period_asks_for_a_test_at_once_until_one_is_taken() -> None:
    ana = in_treatment(days=40)
    a_test(ana, ago(days=2))
    hold = a_hold(ana, "missed_period")
    (reminder,) = planned(ana)
    assert (reminder.due_on, reminder.step) == (today(), 2)
    assert reminder.send_at <= now()
    a_test(ana)
    assert due_dates(ana) == [today() + 28 * DAY]
    clear(hold)
    assert due_dates(ana) == [today() + 28 * DAY]


@pytest.mark.parametrize(
    ("category", "name"), [("MALE_ADULT", "Carl Berg"), ("FNRP_ADULT", "Beth Moore")]
)
def test_those_who_need_no_test_get_no_reminder(category: str, name: str) -> None:
    patient = in_treatment(category, name)
    assert due_dates(patient) == due_dates(patient, "test_overdue") == []


def test_before_the_first_capsule_nothing_is_due_but_the_precautions_of_who_can_get_pregnant() -> (
    None
):
    ana = a_patient("FRP_ADULT", "Ana Ruiz")
    a_test(ana, ago(hours=1))
    kinds = Reminder.objects.filter(patient=ana).values_list("kind", flat=True)
    assert list(kinds) == ["precautions_in_force"]
    carl = a_patient("MALE_ADULT", "Carl Berg")
    assert not Reminder.objects.filter(patient=carl).exists()


def test_a_child_is_reminded_through_the_guardian() -> None:
    dana = in_treatment("FRP_CHILD", "Dana Cole")
    a_test(dana, ago(hours=1))
    (reminder,) = planned(dana)
    assert reminder.recipient == a_user(Role.PATIENT, "Guardian Of Dana Cole")


def test_a_new_test_moves_the_reminder() -> None:
    ana = in_treatment(days=10)
    a_test(ana, ago(days=5))
    old = planned(ana)[0]
    assert old.due_on == today() + 2 * DAY
    a_test(ana, ago(minutes=5))
    assert due_dates(ana) == [today() + 7 * DAY]
    old.refresh_from_db()
    assert old.status == "cancelled"


def test_a_test_entered_in_error_brings_the_old_reminder_back() -> None:
    ana = in_treatment(days=10)
    a_test(ana, ago(days=5))
    old = planned(ana)[0]
    wrong = a_test(ana, ago(minutes=5))
    user = prescriber_user(ana)
    corrections.correct_evidence(
        row=wrong,
        replacement=None,
        reason="Another patient's result",
        actor=user,
        signature=sign(user, Role.PRESCRIBER),
    )
    assert planned(ana) == [old]


def test_planning_again_changes_nothing() -> None:
    ana = in_treatment(days=10)
    a_test(ana, ago(days=5))
    a_test(ana, ago(hours=1))
    before = rows()
    for _ in range(3):
        with recording("patient", ana.pk):
            pass
    assert rows() == before
    assert len(before) >= 2


def test_after_an_outage_only_the_newest_step_stands_and_planning_again_changes_nothing(
    clock: VirtualClock,
) -> None:
    # In the morning: five hours later nobody's quiet hours have begun, which would move what is late.
    clock.set(datetime(2026, 6, 10, 14, tzinfo=UTC))
    ana = in_treatment(days=10)
    a_test(ana, ago(hours=1))
    assert {row.step for row in all_planned(ana, "pregnancy_test_due")} == {1, 2, 3}
    clock.shift(9 * DAY)
    plan_for_patient(ana.pk, now())
    assert {row.step for row in all_planned(ana, "pregnancy_test_due")} == {3}
    before = rows()
    clock.shift(timedelta(hours=5))
    plan_for_patient(ana.pk, now())
    assert rows() == before


def test_an_order_of_facts_does_not_matter() -> None:
    ana = a_patient("FRP_ADULT", "Ana Ruiz")
    a_test(ana, ago(hours=1))
    start_treatment(ana, days=10)
    assert due_dates(ana) == [today() + 7 * DAY]


def test_when_treatment_stops_the_reminder_is_cancelled() -> None:
    ana = in_treatment(days=10)
    a_test(ana, ago(hours=1))
    user = prescriber_user(ana)
    enrolling.discontinue_treatment(patient_id=ana.pk, reason="Finished", actor=user)
    assert planned(ana) == []
    assert statuses(ana) == {"cancelled"}


def test_everybody_who_acts_for_the_patient_is_told_and_only_while_they_do() -> None:
    dana = in_treatment("FRP_CHILD", "Dana Cole")
    a_test(dana, ago(hours=1))
    second = a_user(Role.PATIENT, "Uma Cole")
    pat = the_store().user
    access = registration.grant_access(
        patient_id=dana.pk, user=second, relation="guardian", actor=pat
    )
    assert {row.recipient for row in planned(dana)} == {acting_user(dana), second}
    registration.end_access(access_id=access.pk, actor=pat)
    assert {row.recipient for row in planned(dana)} == {acting_user(dana)}


def test_a_reminder_that_nobody_would_get_still_stands() -> None:
    ana = in_treatment(days=10)
    registration.end_access(access_id=ana.accesses.get().pk, actor=the_store().user)
    a_test(ana, ago(hours=1))
    (reminder,) = planned(ana)
    assert (reminder.recipient, reminder.channel) == (None, "task")


def test_what_is_refused_plans_nothing() -> None:
    ana = in_treatment(days=10)
    before = rows()

    def write_into_the_future() -> None:
        with recording("patient", ana.pk) as recorder:
            test = PregnancyTest(patient=ana, result="neg", detection_limit=25)
            test.recorded_by = prescriber_user(ana)
            test.occurred_at = now() + timedelta(hours=1)
            recorder.add(test)

    with pytest.raises(GuardRefused):
        write_into_the_future()
    assert rows() == before


def test_a_patient_who_moves_west_is_told_at_nine_there() -> None:
    ana = in_treatment(days=10)
    a_test(ana, ago(hours=1))
    Patient.objects.filter(pk=ana.pk).update(time_zone="America/Los_Angeles")
    with recording("patient", ana.pk):
        pass
    (reminder,) = planned(ana)
    there = reminder.send_at.astimezone(ZoneInfo("America/Los_Angeles"))
    assert there.time() == time(9)
    assert there.date() == reminder.due_on - LEAD


def test_a_dispensed_order_plans_and_its_end_cancels() -> None:
    ana = cast.ana()
    store, pat = the_store(), the_store().user
    placed = place(
        patient_id=ana.patient.pk,
        prescription_id=ana.prescription.pk,
        package_id=store.package.pk,
        mode="ship",
        actor=ana.user,
    )
    assert placed.order is not None
    assert due_dates(ana.patient) == []
    approve(order_id=placed.order.pk, actor=pat, signature=sign(pat, Role.PHARMACIST))
    dispense(
        order_id=placed.order.pk,
        actor=pat,
        signature=sign(pat, Role.PHARMACIST),
        lot_id=store.lot.pk,
        serial_number="SN-1",
    )
    assert due_dates(ana.patient) == [today() + 7 * DAY]
    cancel(
        order_id=placed.order.pk,
        actor=pat,
        signature=sign(pat, Role.PHARMACIST),
        reason="The patient asked.",
    )
    assert planned(ana.patient) == []


def test_planning_costs_two_statements_when_nothing_changes() -> None:
    ana = in_treatment(days=10)
    for days in (8, 6, 4, 1):
        a_test(ana, ago(days=days))
    at = now()
    with CaptureQueriesContext(connection) as queries:
        plan_for_patient(ana.pk, at)
    assert len(queries) == 2, [query["sql"][:200] for query in queries]


def test_an_unknown_patient_has_no_reminders() -> None:
    some_user: User = a_user(Role.PATIENT, "Nobody Known")
    plan_for_patient(some_user.pk, now())
    assert not Reminder.objects.exists()
    assert not Hold.objects.exists()
