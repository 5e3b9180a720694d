"""A fact that plans and a worker that notes meet on the same reminders: neither waits for ever.

Both take a patient first and then the reminders in the order of their keys, all in one statement.
Each with its control.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from typing import Any
from unittest.mock import patch
from uuid import UUID

import pytest
from django.db import OperationalError

from accounts.models import User
from accounts.roles import Role
from rems import outbox
from rems.channels.notices import Notice
from rems.models import Patient, Prescriber, Reminder
from rems.services import credentials, preferences, reminder_outcomes
from rems.services.deliveries import note_outcome
from rems.services.reminder_claims import give_back
from rems.services.reminder_outcomes import (
    Sweep,
    begin,
    note_cancelled,
    note_failed,
    note_sent,
)
from tests import builders as b
from tests.concurrency.race import (
    Connection,
    stopped_after,
    two_threads,
    wait_until_blocked,
)
from tests.concurrency.work import Race
from tests.rems.treated import in_treatment

pytestmark = pytest.mark.django_db(transaction=True)

Connect = Callable[..., Connection]
CREDENTIAL = "credential_expiring"
Noting = Callable[[list[Reminder]], object]


@pytest.fixture
def held(app_connection: Connect) -> list[Reminder]:
    """Ana's reminders that a worker holds, in the order of their keys: in the table they lie the
    other way round, so that who takes them as they lie begins with the last."""
    ana = in_treatment(days=10)
    b.a_test(ana, b.ago(days=3))
    rows = Reminder.objects.filter(
        patient=ana, kind="pregnancy_test_due", channel="email", status="planned"
    )
    lease = b.now() + timedelta(hours=1)
    with app_connection(autocommit=True) as connection:
        for place, key in enumerate(rows.order_by("-pk").values_list("pk", flat=True)):
            connection.execute(
                "UPDATE rems_reminder SET lease_until = %s, send_at = send_at - %s WHERE id = %s",
                [lease, timedelta(seconds=place + 1), key],
            )
    found = list(rows.order_by("pk"))
    assert len(found) == 3
    return found


def a_fact_about(patient: Patient) -> Callable[[], object]:
    """A new test makes all three obsolete."""
    return lambda: b.a_test(patient, b.ago(minutes=1))


def an_older_fact_about(patient: Patient) -> Callable[[], object]:
    """It leaves them as they were, and puts their times right."""
    return lambda: b.a_test(patient, b.ago(days=8))


NOTES: dict[str, Noting] = {
    "begin": begin,
    "note_sent": lambda rows: note_sent(rows, {row.pk: "" for row in rows}, Sweep()),
    "note_cancelled": lambda rows: note_cancelled(rows, "", Sweep()),
    "give_back": give_back,
}


@contextmanager
def somebody_has(first: Reminder, app_connection: Connect) -> Iterator[None]:
    """A third one holds this row until the end of the block."""
    with app_connection() as third:
        third.execute("SELECT 1 FROM rems_reminder WHERE id = %s FOR UPDATE", [first.pk])
        yield
        third.rollback()


def untouched(rows: list[Reminder], app_connection: Connect) -> set[Any]:
    """Which of these rows nobody holds."""
    with app_connection() as looking:
        free = looking.execute(
            "SELECT id FROM rems_reminder WHERE id = ANY(%s) FOR UPDATE SKIP LOCKED",
            [[row.pk for row in rows]],
        ).fetchall()
        looking.rollback()
    return {key for (key,) in free}


FACTS = {"a fact": a_fact_about, "an older fact": an_older_fact_about}


@pytest.mark.parametrize("who", [*FACTS, *NOTES])
def test_who_waits_for_the_first_row_holds_none_of_the_later_ones(
    who: str, held: list[Reminder], app_connection: Connect, superuser_connection: Connection
) -> None:
    first, *later = held
    work = FACTS[who](first.patient) if who in FACTS else lambda: NOTES[who](held)
    with two_threads() as start:
        with somebody_has(first, app_connection):
            done = start(work)
            wait_until_blocked(superuser_connection)
            free = untouched(later, app_connection)
        done.result(timeout=20)
    assert free == {row.pk for row in later}


def meet(
    held: list[Reminder], note: Noting, app_connection: Connect, observer: Connection
) -> list[Exception | None]:
    """The fact and the worker both want the rows, and the fact is the first in line."""
    with two_threads() as start:
        with somebody_has(held[0], app_connection):
            fact = start(a_fact_about(held[0].patient))
            wait_until_blocked(observer)
            worker = start(note, rows=held)
            wait_until_blocked(observer, 2)
        return [done.exception(timeout=20) for done in (fact, worker)]


@pytest.mark.parametrize("who", NOTES)
def test_a_fact_and_a_worker_that_want_the_same_rows_go_one_after_the_other(
    who: str, held: list[Reminder], app_connection: Connect, superuser_connection: Connection
) -> None:
    def note(rows: list[Reminder]) -> object:
        return NOTES[who](rows)

    assert meet(held, note, app_connection, superuser_connection) == [None, None]
    wanted = {"sent"} if who == "note_sent" else {"cancelled"}
    keys = [row.pk for row in held]
    assert set(Reminder.objects.filter(pk__in=keys).values_list("status", flat=True)) == wanted


def test_control_taken_in_two_orders_the_database_has_to_break_a_deadlock(
    held: list[Reminder],
    app_connection: Connect,
    superuser_connection: Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    backwards = reminder_outcomes._BEGIN.replace("ORDER BY id", "ORDER BY id DESC")
    assert backwards != reminder_outcomes._BEGIN
    monkeypatch.setattr(reminder_outcomes, "_BEGIN", backwards)

    def note(rows: list[Reminder]) -> object:
        return begin(rows)

    [broken] = [error for error in meet(held, note, app_connection, superuser_connection) if error]
    assert isinstance(broken, OperationalError)
    assert "deadlock" in str(broken)


# Who chooses how they are reached has reminders planned of themselves and of patients ---------------


def certify(doctor: Prescriber, until: datetime) -> None:
    pat = b.the_store().user
    credentials.record_prescriber_certification(
        prescriber_id=doctor.pk,
        program_code=b.PROGRAM,
        proof="Certificate",
        valid_from=b.ago(days=400),
        valid_until=until,
        actor=pat,
        signature=b.sign(pat, Role.PHARMACIST),
    )


@pytest.fixture
def hers(app_connection: Connect) -> list[Reminder]:
    """Two that a worker holds, both for a prescriber: of a patient's late test and, with a later
    key, of her own certificate."""
    doctor = b.a_prescriber(certified=False)
    certify(doctor, until=b.now() + timedelta(days=60))
    ana = in_treatment(days=10, prescriber=doctor)
    b.a_test(ana, b.ago(days=3))
    certify(doctor, until=b.now() + timedelta(days=90))
    rows = Reminder.objects.filter(recipient=doctor.user, status="planned")
    keys = [rows.filter(kind=kind).latest("pk").pk for kind in ("test_overdue", CREDENTIAL)]
    with app_connection(autocommit=True) as connection:
        connection.execute(
            "UPDATE rems_reminder SET lease_until = %s WHERE id = ANY(%s)",
            [b.now() + timedelta(hours=1), keys],
        )
    found = list(rows.filter(pk__in=keys).order_by("pk"))
    assert [row.kind for row in found] == ["test_overdue", CREDENTIAL]
    return found


def choosing(user: User) -> Callable[[], object]:
    """To be told by SMS only makes both obsolete."""
    chosen = {"email_on": False, "sms_on": True, "phone": "+12125550122", "language": "en"}
    hours = {"time_zone": "", "quiet_from": time(21), "quiet_until": time(8)}
    return lambda: preferences.save_preferences(actor=user, **chosen, **hours)  # type: ignore[arg-type]


def choose_while_a_worker_notes(
    hers: list[Reminder], app_connection: Connect, observer: Connection
) -> list[Exception | None]:
    """The choice and the worker both want the rows, and the worker is the first in line."""
    with two_threads() as start:
        with somebody_has(hers[0], app_connection):
            worker = start(note_cancelled, rows=hers, reason="", sweep=Sweep())
            wait_until_blocked(observer)
            choice = start(choosing(b.prescriber_user(hers[0].patient)))
            wait_until_blocked(observer, 2)
        return [done.exception(timeout=20) for done in (choice, worker)]


def test_a_choice_and_a_worker_that_want_the_same_rows_go_one_after_the_other(
    hers: list[Reminder], app_connection: Connect, superuser_connection: Connection
) -> None:
    found = choose_while_a_worker_notes(hers, app_connection, superuser_connection)
    assert found == [None, None]
    keys = [row.pk for row in hers]
    assert {row.status for row in Reminder.objects.filter(pk__in=keys)} == {"cancelled"}


def test_control_planned_in_two_statements_the_database_has_to_break_a_deadlock(
    hers: list[Reminder],
    app_connection: Connect,
    superuser_connection: Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def apart(holders: list[UUID], patients: list[UUID], at: datetime) -> None:
        outbox.plan_for_holders(holders, at)
        outbox.plan_for_patients(patients, at)

    monkeypatch.setattr(preferences, "plan_for_people", apart)
    found = choose_while_a_worker_notes(hers, app_connection, superuser_connection)
    [broken] = [error for error in found if error is not None]
    assert "deadlock" in str(broken)


# A failure is a row of the patient's too: its foreign key asks for the patient at commit -----------


def failing(row: Reminder) -> Callable[[], object]:
    return lambda: note_failed(row, "The telephone number was refused.", Sweep())


def coming_back(row: Reminder) -> Callable[[], object]:
    return lambda: note_outcome("email", Notice("", has_arrived=False, reminder_id=row.pk))


FAILURES = {
    "rems.services.reminder_outcomes._record": failing,
    "rems.services.deliveries._note": coming_back,
}


@pytest.mark.parametrize("stop", FAILURES)
def test_a_fact_waits_for_a_failure_that_is_being_noted(
    stop: str, held: list[Reminder], superuser_connection: Connection
) -> None:
    row = held[0]
    Race(superuser_connection).run(FAILURES[stop](row), stop, a_fact_about(row.patient))
    task = Reminder.objects.get(kind="reminder_failed")
    assert task.subject_id == row.pk


@pytest.mark.parametrize("stop", FAILURES)
def test_control_without_the_patient_s_lock_the_failure_and_the_fact_wait_for_each_other(
    stop: str, held: list[Reminder], superuser_connection: Connection
) -> None:
    row = held[0]
    module = stop.rpartition(".")[0]
    with (
        patch(f"{module}.lock_for_reference", lambda patient_ids: None),
        two_threads() as start,
        stopped_after(stop) as gate,
    ):
        failure = start(FAILURES[stop](row))
        gate.wait_until_reached()
        fact = start(a_fact_about(row.patient))
        wait_until_blocked(superuser_connection)
        gate.open()
        found = [done.exception(timeout=20) for done in (failure, fact)]
    [broken] = [error for error in found if error is not None]
    assert "deadlock" in str(broken)
