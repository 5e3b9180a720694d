"""Each fact plans the reminders of its kind, and takes them back when it no longer holds."""

from collections.abc import Callable
from datetime import time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from rems.core import zone_named
from rems.models import ContactPreference, Reminder
from rems.outbox import key_of, plan_for_failures, plan_for_holders, still_needed
from rems.services import changes, credentials, enrolling, exposure
from tests.builders import (
    PROGRAM,
    a_patient,
    a_prescriber,
    a_prescription,
    a_survey,
    a_test,
    acting_user,
    ago,
    authorize,
    now,
    prescriber_user,
    sign,
    the_store,
)
from tests.concurrency.race import SECONDS, Connection, two_threads, wait_until_blocked
from tests.database import VirtualClock
from tests.rems.treated import all_planned, due_dates, in_treatment, planned, today

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)
ZONE_WEST = zone_named("America/Los_Angeles")


def by_pat() -> dict[str, object]:
    user = the_store().user
    return {"actor": user, "signature": sign(user, Role.PHARMACIST)}


def holders_rows(kind: str = "credential_expiring") -> list[tuple[object, ...]]:
    found = Reminder.objects.filter(kind=kind, status="planned")
    return sorted(found.values_list("step", "channel", "recipient__name"), key=repr)


def test_carls_month_is_planned_with_his_supply() -> None:
    carl = in_treatment("MALE_ADULT", "Carl Berg", days=0)
    assert due_dates(carl, "treatment_days") == [today() + 20 * DAY, today() + 28 * DAY]
    assert due_dates(carl, "refill_window") == due_dates(carl, "survey_due") == [today() + 21 * DAY]
    assert due_dates(carl, "blood_count_due")[:2] == [today() + 7 * DAY, today() + 14 * DAY]
    assert due_dates(carl, "treatment_start") == []
    a_survey(carl)
    assert due_dates(carl, "survey_due") == [today() + 30 * DAY]


def test_a_missed_test_goes_to_the_prescriber_and_then_to_a_person_who_calls() -> None:
    ana = in_treatment(days=10)
    a_test(ana, ago(hours=1))
    overdue = all_planned(ana, "test_overdue").order_by("step")
    told = [(row.channel, row.recipient) for row in overdue]
    assert told == [("email", prescriber_user(ana)), ("task", None)]
    assert {row.due_on for row in overdue} == {today() + 7 * DAY}


def test_an_authorization_that_lapses_is_told_before_anything_is_dispensed() -> None:
    carl = a_patient("MALE_ADULT", "Carl Berg")
    authorize(a_prescription(carl))
    (due_on,) = due_dates(carl, "authorization_lapsing")
    assert due_on in {today() + 29 * DAY, today() + 30 * DAY}


def test_who_stops_is_told_of_the_precautions_and_of_the_form() -> None:
    ana = in_treatment(days=10)
    a_test(ana, ago(hours=1))
    enrolling.discontinue_treatment(
        patient_id=ana.pk, reason="Finished", actor=prescriber_user(ana)
    )
    kinds = set(
        Reminder.objects.filter(patient=ana, status="planned").values_list("kind", flat=True)
    )
    assert kinds == {"precautions", "agreement_lapsing"}
    assert due_dates(ana, "precautions") == [today() + 28 * DAY]


def test_an_open_exposure_report_stands_on_the_pharmacists_screen_until_it_is_filed() -> None:
    ana = in_treatment(days=10)
    _, report = changes.report_change(
        patient_id=ana.pk, change="suspected_exposure", actor=acting_user(ana)
    )
    assert report is not None
    tasks = all_planned(ana, "exposure_report_open")
    assert {(row.channel, row.recipient) for row in tasks} == {("task", None)}
    assert min(row.send_at for row in tasks) <= now()
    exposure.file_exposure_report(
        report_id=report.pk, case_number="C-1", medwatch_reference="M-1", actor=the_store().user
    )
    assert not tasks.all().exists()


def test_a_certification_that_runs_out_is_told_to_its_holder_until_it_is_renewed() -> None:
    doctor = a_prescriber("Dr. Nell Adeyemi", certified=False)
    certify = {"prescriber_id": doctor.pk, "program_code": PROGRAM, "proof": "Letter"}
    credentials.record_prescriber_certification(**certify, valid_until=now() + 60 * DAY, **by_pat())
    assert holders_rows() == [
        (1, "email", "Dr. Nell Adeyemi"),
        (2, "email", "Dr. Nell Adeyemi"),
        (3, "task", None),
        (4, "task", None),
    ]
    credentials.record_prescriber_certification(**certify, **by_pat())
    assert holders_rows() == []


def test_what_nobody_in_person_holds_is_a_task_and_one_that_is_revoked_is_none() -> None:
    store = the_store()
    licence = credentials.record_state_licence(
        pharmacy_id=store.pharmacy.pk,
        state="WY",
        proof="Board of Pharmacy",
        valid_until=now() + 60 * DAY,
        **by_pat(),
    )
    assert holders_rows() == [(3, "task", None), (4, "task", None)]
    credentials.revoke_credential(credential=licence, reason="Sold", **by_pat())
    assert holders_rows() == []


def test_a_reminder_that_failed_is_a_task_until_somebody_saw_to_it() -> None:
    ana = in_treatment(days=10)
    a_test(ana, ago(days=7))
    (row,) = planned(ana)
    assert plan_for_failures([row.pk], now()) == []
    Reminder.objects.filter(pk=row.pk).update(status="failed", failure="refused")
    (first,) = plan_for_failures([row.pk], now())
    assert plan_for_failures([row.pk], now()) == []
    task = Reminder.objects.get(pk=first.id)
    assert (task.subject_id, task.channel, task.patient) == (row.pk, "task", ana)
    # Another fact about Ana leaves it alone.
    a_test(ana, ago(hours=1))
    assert still_needed([task], now()).keys() == {task.pk}
    user = the_store().user
    Reminder.objects.filter(pk=row.pk).update(resolved_by=user, resolved_at=now())
    assert still_needed([task], now()) == {}


def test_ana_is_told_by_her_own_channels_at_her_own_hours() -> None:
    ana = in_treatment(days=10)
    ContactPreference.objects.update_or_create(
        user=acting_user(ana),
        defaults={
            "email_on": False,
            "sms_on": True,
            "phone": "+12125550123",
            "time_zone": "America/Los_Angeles",
            "quiet_from": time(0),
            "quiet_until": time(11),
            "advisory_on": False,
        },
    )
    a_test(ana, ago(hours=1))
    (row,) = planned(ana)
    assert row.channel == "sms"
    assert row.send_at.astimezone(ZONE_WEST).time() == time(11)
    assert due_dates(ana, "blood_count_due") == []


def test_a_prescriber_who_does_not_sign_in_is_called() -> None:
    ana = in_treatment(days=10)
    a_test(ana, ago(hours=1))
    user = prescriber_user(ana)
    user.is_active = False
    user.save()
    a_survey(ana)
    assert {row.channel for row in all_planned(ana, "test_overdue")} == {"task"}


def test_what_was_ticked_off_is_not_asked_for_again(clock: VirtualClock) -> None:
    ana = in_treatment(days=10)
    a_test(ana, ago(hours=1))
    task = all_planned(ana, "test_overdue").get(channel="task")
    clock.shift(10 * DAY)
    user = the_store().user
    Reminder.objects.filter(pk=task.pk).update(status="done", resolved_by=user, resolved_at=now())
    a_survey(ana)
    assert not all_planned(ana, "test_overdue").filter(channel="task").exists()


def test_a_row_that_was_sent_meanwhile_stays_sent() -> None:
    ana = in_treatment(days=10)
    a_test(ana, ago(days=5))
    (row,) = planned(ana)
    Reminder.objects.filter(pk=row.pk).update(status="sent", sent_at=now())
    a_test(ana, ago(hours=1))
    row.refresh_from_db()
    assert row.status == "sent"


def test_planning_many_costs_as_many_statements_as_planning_one() -> None:
    doctors = [a_prescriber(name) for name in ("Dr. Chidi Okafor", "Dr. Nell Adeyemi")]
    patients = [in_treatment(name="Ana Ruiz"), in_treatment("MALE_ADULT", "Carl Berg")]
    rows = list(Reminder.objects.filter(patient__in=patients, status="planned"))
    at = now()
    with CaptureQueriesContext(connection) as queries:
        assert still_needed(rows, at).keys() == {row.pk for row in rows}
    assert len(queries) == 1
    assert len({key_of(row) for row in rows}) == len(rows)
    with CaptureQueriesContext(connection) as queries:
        plan_for_holders([doctor.pk for doctor in doctors], at)
    assert len(queries) == 2


def test_a_row_that_a_worker_notes_as_sent_just_then_does_not_hold_up_the_fact(
    app_connection: Callable[..., Connection], superuser_connection: Connection
) -> None:
    """The worker does not take the patient's lock: the fact waits for the row, and lets it be."""
    ana = in_treatment(days=10)
    a_test(ana, ago(days=5))
    (row,) = planned(ana)
    worker = app_connection()
    with two_threads() as start:
        with worker.transaction():
            worker.execute(
                "UPDATE rems_reminder SET status = 'sent', sent_at = pharmacy_clock() "
                "WHERE id = %s",
                [row.pk],
            )
            fact = start(a_test, patient=ana, collected_at=ago(hours=1))
            wait_until_blocked(superuser_connection)
        fact.result(SECONDS)
    row.refresh_from_db()
    assert row.status == "sent"
    assert due_dates(ana) == [today() + 7 * DAY]
