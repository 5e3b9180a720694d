"""/health: truthful about each part, silent about patients."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from pharmacy import heartbeat, tasks
from pharmacy.heartbeat import Part
from rems.models import Reminder
from rems.services.reminders import send_due
from tests.builders import a_test, ago
from tests.conftest import Connection
from tests.database import VirtualClock
from tests.rems.treated import in_treatment, planned

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def quiet_broker(local_servers: object) -> Iterator[None]:
    """A broker without signs of life, before and after."""
    heartbeat.broker.cache_clear()
    heartbeat.broker().flushdb()
    yield
    heartbeat.broker.cache_clear()
    heartbeat.broker().flushdb()


def parts() -> dict[str, Any]:
    answer = Client().get("/health/ready")
    report: dict[str, Any] = answer.json()
    assert answer.status_code == (200 if report["ready"] else 503)
    return dict(report["parts"])


def ready_parts() -> set[str]:
    return {name for name, part in parts().items() if part["ready"]}


def test_live_answers_whatever_else_is_down() -> None:
    assert Client().get("/health/live").json() == {"live": True}


def test_without_a_worker_or_beat_the_store_is_not_ready_and_says_so() -> None:
    found = parts()
    assert {name for name in found if found[name]["ready"]} == {
        "database",
        "guards",
        "broker",
        "reminders",
    }
    assert found["worker"]["reason"] == "no sign of life from a worker"
    assert found["beat"]["reason"] == "no sign of life from beat"


def test_with_every_sign_of_life_the_store_is_ready() -> None:
    heartbeat.beat(Part.WORKER)
    heartbeat.beat(Part.BEAT)
    tasks.heartbeat()
    assert ready_parts() == {"database", "guards", "broker", "worker", "beat", "reminders"}


def test_a_worker_that_does_no_task_while_beat_sends_is_not_ready() -> None:
    heartbeat.beat(Part.WORKER)
    heartbeat.beat(Part.BEAT)
    assert parts()["worker"]["reason"] == "the worker is there but does no task"


def test_a_sign_of_life_fades() -> None:
    for part in Part:
        heartbeat.beat(part)
        lasts = heartbeat.broker().ttl(f"pharmacy:alive:{part}")
        assert 0 < lasts <= heartbeat.LASTS[part]


def test_without_a_broker_every_part_is_judged_and_none_is_guessed(
    settings: Settings,
) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    heartbeat.broker.cache_clear()
    found = parts()
    assert {name for name in found if found[name]["ready"]} == {"database", "guards", "reminders"}
    assert found["broker"]["reason"] == "the broker does not answer"


def test_a_disabled_guard_shows_by_name(superuser_connection: Connection) -> None:
    superuser_connection.execute("ALTER TABLE orders_order DISABLE TRIGGER orders_order_guard")
    try:
        assert "orders_order_guard" in parts()["guards"]["reason"]
    finally:
        superuser_connection.execute("ALTER TABLE orders_order ENABLE TRIGGER orders_order_guard")
    assert "guards" in ready_parts()


def test_a_replaced_guard_function_shows_by_name(superuser_connection: Connection) -> None:
    row = superuser_connection.execute(
        "SELECT pg_get_functiondef('orders_order_guard()'::regprocedure)"
    ).fetchone()
    assert row is not None
    superuser_connection.execute(
        "CREATE OR REPLACE FUNCTION orders_order_guard() RETURNS trigger LANGUAGE plpgsql "
        "AS 'BEGIN RETURN NEW; END'"
    )
    try:
        assert "orders_order_guard" in parts()["guards"]["reason"]
    finally:
        superuser_connection.execute(row[0])
    assert "guards" in ready_parts()


@pytest.mark.parametrize(
    "function",
    [
        "orders_require_permit(text, uuid, uuid, text, uuid)",
        "pharmacy_refuse(text, text)",
        "catalog_refuse_unless_draft(uuid, text)",
    ],
)
def test_what_the_guards_lean_on_shows_by_name_when_it_is_replaced(
    function: str, superuser_connection: Connection
) -> None:
    """Without it every guard that calls it would still stand, and refuse nothing."""
    row = superuser_connection.execute(
        "SELECT pg_get_functiondef(%(name)s::regprocedure), prosrc FROM pg_proc "
        "WHERE oid = %(name)s::regprocedure",
        {"name": function},
    ).fetchone()
    assert row is not None
    name = function.partition("(")[0]
    superuser_connection.execute(row[0].replace(row[1], "BEGIN END"))
    try:
        assert name in parts()["guards"]["reason"]
    finally:
        superuser_connection.execute(row[0])
    assert "guards" in ready_parts()


def test_a_reminder_that_waits_for_more_than_a_quarter_of_an_hour_shows(
    clock: VirtualClock,
) -> None:
    ana = in_treatment(days=10)
    a_test(ana, ago(days=7))
    due = min(row.send_at for row in planned(ana))
    clock.set(due + timedelta(minutes=15))
    assert "reminders" in ready_parts()
    clock.set(due + timedelta(minutes=15, microseconds=1))
    assert parts()["reminders"]["reason"] == "the oldest unsent reminder is 15 minutes late"
    # A pause between two attempts makes it no less late.
    Reminder.objects.update(attempts=1, lease_until=due + timedelta(hours=1))
    assert "reminders" not in ready_parts()
    Reminder.objects.update(lease_until=None)
    while send_due().claimed:
        continue
    assert "reminders" in ready_parts()


def test_a_clock_that_is_not_our_own_shows_where_none_may_be_set(settings: Settings) -> None:
    settings.VIRTUAL_CLOCK = False
    assert parts()["guards"]["reason"] == "pharmacy_clock() is not the project's own"


def test_the_list_of_guards_is_exactly_what_the_migrations_make() -> None:
    from pharmacy import guards

    assert guards.installed() == guards.recorded(), "run: manage.py record_guards"


def test_health_may_be_asked_for_and_nothing_else() -> None:
    assert Client().post("/health/ready").status_code == 405
