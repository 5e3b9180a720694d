"""`manage.py plan_reminders` finds what is missing, puts it right, and then finds nothing more."""

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from rems.models import Patient, Reminder
from tests import cast
from tests.builders import a_test, ago
from tests.orders import steps
from tests.rems.treated import in_treatment

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


def plan(*arguments: str) -> str:
    out = io.StringIO()
    call_command("plan_reminders", *arguments, stdout=out)
    return out.getvalue()


def refused_check() -> list[str]:
    out = io.StringIO()
    with pytest.raises(CommandError, match="differences"):
        call_command("plan_reminders", "--check", stdout=out)
    return out.getvalue().splitlines()


def test_whatever_was_recorded_through_the_services_is_planned_already() -> None:
    a_test(in_treatment(days=10), ago(hours=1))
    steps.approve(steps.placed(cast.beth()))
    order = steps.placed(cast.carl())
    steps.approve(order)
    steps.dispense(order)
    assert Reminder.objects.count() > 10
    assert plan("--check") == "All is as planned.\n"


def test_each_difference_is_named_by_kind_and_id_alone_and_then_put_right() -> None:
    ana = in_treatment(days=10)
    a_test(ana, ago(hours=1))
    rows = Reminder.objects.filter(patient=ana, status="planned")
    before = sorted(rows.values_list("pk", "send_at"))
    lost, moved, left = rows.filter(kind="pregnancy_test_due").order_by("step")
    Reminder.objects.filter(pk=lost.pk).update(status="cancelled")
    Reminder.objects.filter(pk=moved.pk).update(send_at=moved.send_at - DAY)
    Reminder.objects.filter(pk=left.pk).update(step=9)
    lines = refused_check()
    assert sorted(line.split()[:2] for line in lines) == [
        ["missing", "pregnancy_test_due"],
        ["obsolete", "pregnancy_test_due"],
        ["outdated", "pregnancy_test_due"],
        ["outdated", "pregnancy_test_due"],
    ]
    assert not [line for line in lines if "ana" in line.lower()]
    assert refused_check() == lines, "a check changes nothing"
    assert plan().endswith("4 reminders were put right.\n")
    assert plan("--check") == plan() == "All is as planned.\n"
    again = rows.filter(kind=left.kind, step=left.step).get()
    assert again.pk != left.pk
    assert sorted(rows.exclude(pk=again.pk).values_list("pk", "send_at")) == [
        row for row in before if row[0] != left.pk
    ]


def test_it_plans_for_who_moved_behind_the_services_back() -> None:
    ana = in_treatment(days=10)
    a_test(ana, ago(hours=1))
    Patient.objects.filter(pk=ana.pk).update(time_zone="America/Los_Angeles")
    assert {line.split()[0] for line in refused_check()} == {"outdated"}
