"""Invariant 9: whatever is refused, no log tells whose record it was."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from celery import shared_task
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from pharmacy.local import environment
from pharmacy.local.servers import EmbeddedServers
from pharmacy.quiet_log import JsonFormatter, QuietFormatter
from rems.errors import GuardRefused
from rems.models import Authorization, Patient, PregnancyTest
from rems.transactions import mutation
from tests import builders as b
from tests.guards.evidence import write
from tests.guards.life import Fill, a_placed_order
from tests.guards.raw import Connection, insert_like

pytestmark = pytest.mark.django_db(transaction=True)

NAME, STREET, NUMBER = "Zebulon Quatermass", "77 Hidden Hollow", "A-SECRET-4711"
LABORATORY = "Hudson\nLaboratory of Zebulon Quatermass"


def zebulon() -> Patient:
    """A patient whose name and numbers nobody else has."""
    patient = b.a_patient(name=NAME)
    Patient.objects.filter(pk=patient.pk).update(street=STREET)
    b.authorize(b.a_prescription(patient), NUMBER)
    return patient


def secrets(patient: Patient) -> list[str]:
    return [NAME, STREET, NUMBER, patient.number, "Quatermass", "Zebulon"]


def refuse_with_detail(patient: Patient) -> None:
    """A refusal whose DETAIL prints the patient's whole row."""
    row = PregnancyTest(
        patient=patient,
        result="???",
        detection_limit=25,
        laboratory=LABORATORY,
        occurred_at=b.now(),
        recorded_by=b.acting_user(patient),
    )
    row.save(force_insert=True)


@pytest.fixture(params=["line", "json"])
def written(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    """What the store's own log handler writes: as text, and as production does."""
    handlers = [h for h in logging.getLogger().handlers if isinstance(h.formatter, QuietFormatter)]
    (handler,) = handlers
    assert isinstance(handler, logging.StreamHandler)
    stream, as_text = io.StringIO(), handler.formatter
    before = handler.setStream(stream)
    if request.param == "json":
        handler.setFormatter(JsonFormatter())
    yield stream
    handler.setStream(before)
    handler.setFormatter(as_text)
    if request.param == "json":
        assert all(json.loads(line)["level"] for line in stream.getvalue().splitlines())


def test_the_refusal_does_print_the_row_to_whoever_asks_the_driver() -> None:
    """The control: without this the tests below would prove nothing."""
    patient = zebulon()
    with pytest.raises(IntegrityError, match="DETAIL"):
        refuse_with_detail(patient)


def test_what_leaves_a_service_names_the_guard_and_nothing_else() -> None:
    patient = zebulon()
    with pytest.raises(GuardRefused) as caught, mutation():
        refuse_with_detail(patient)
    assert caught.value.guard == "rems_pregnancytest_result_known"
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    assert not [secret for secret in secrets(patient) if secret in str(caught.value)]


def failing_page(request: HttpRequest) -> HttpResponse:
    refuse_with_detail(Patient.objects.get(name=NAME))
    raise AssertionError("it was not refused")


urlpatterns = [path("failing/", failing_page)]


def test_django_s_log_of_a_page_that_failed_shows_no_row(
    written: io.StringIO, settings: Any
) -> None:
    patient = zebulon()
    settings.ROOT_URLCONF = __name__
    client = Client(raise_request_exception=False)
    logging.getLogger("django.request").propagate = True

    assert client.get("/failing/").status_code == 500

    log = written.getvalue()
    assert "rems_pregnancytest_result_known" in log
    assert "DETAIL left out" in log
    assert not [secret for secret in secrets(patient) if secret in log]


@shared_task(name="tests.failing_task")
def failing_task() -> None:
    refuse_with_detail(Patient.objects.get(name=NAME))


def test_celery_s_log_of_a_task_that_failed_shows_no_row(
    written: io.StringIO, settings: Any
) -> None:
    patient = zebulon()

    assert failing_task.apply().failed()

    log = written.getvalue()
    assert "tests.failing_task" in log
    assert "DETAIL left out" in log
    assert not [secret for secret in secrets(patient) if secret in log]
    assert settings.CELERY_WORKER_HIJACK_ROOT_LOGGER is False


def refusals(app: Connection, owner: Connection, fill: Fill) -> Iterator[Callable[[], Any]]:
    """One of each kind, each of which PostgreSQL would explain with the row or its key."""
    patient = fill.cleared.patient
    number = Authorization.objects.get(number=NUMBER)
    test = b.a_test(patient)
    yield lambda: write(app, test, result="???")  # CHECK: the failing row
    yield lambda: insert_like(app, patient)  # UNIQUE: the key
    yield lambda: write(app, number, prescription_id=fill.order.prescription_id)  # EXCLUDE
    yield lambda: write(app, test, sealed=False)  # a guard at the commit
    yield lambda: app.execute("UPDATE rems_patient SET name = %s", [NAME])  # privilege
    yield lambda: app.execute("SELECT 1 / 0 WHERE %s <> ''", [NAME])  # a value in the statement
    yield lambda: owner.execute("DELETE FROM rems_patient WHERE name = %s", [NAME])
    yield lambda: owner.execute("UPDATE orders_order SET ship_to_name = %s", [f"{NAME} II"])
    yield lambda: insert_like(owner, patient)


def test_postgresql_s_own_log_shows_no_row_and_no_statement(
    local_servers: EmbeddedServers,
    app_connection: Callable[..., Connection],
    owner_connection: Connection,
) -> None:
    log = environment.load_for_tests().data_dir / "log" / "postgres.log"
    if not log.exists():
        pytest.skip("DATABASE_URL names a server whose log is elsewhere")
    fill = a_placed_order(b.clear_for(zebulon()))
    app = app_connection(autocommit=True)
    start = log.stat().st_size
    count = 0
    for refusal in refusals(app, owner_connection, fill):
        with pytest.raises(Exception), app.transaction():  # noqa: B017, PT011 - of every kind
            refusal()
        count += 1

    with log.open("rb") as file:
        file.seek(start)
        text = file.read().decode()
    assert count == 9
    assert text.count("ERROR:") >= count
    for word in ("DETAIL", "STATEMENT", *secrets(fill.cleared.patient)):
        assert word not in text, word
