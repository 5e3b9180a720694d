"""The demonstration's cast stands as documented, and comes back after any tour."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from catalog.models import Package
from orders.management.demo.cast import ANA, CARL, GINA, MARA, MEMBERS, Member
from orders.management.demo.people import user_of
from orders.management.demo.states import stands_as_documented
from orders.models import Order
from orders.services import place
from rems.models import Patient, Prescription, Reminder
from rems.services.changes import report_change
from tests.database import VirtualClock

pytestmark = pytest.mark.django_db(transaction=True)


def seed() -> str:
    out = StringIO()
    call_command("seed_demo", stdout=out)
    return out.getvalue()


def patient(member: Member) -> Patient:
    return Patient.objects.get(name=member.person.name)


def strays() -> list[str]:
    return [m.person.name for m in MEMBERS if not stands_as_documented(m, patient(m))]


def test_every_member_stands_as_documented_and_a_second_run_adds_nothing() -> None:
    seed()
    before = Prescription.objects.count()

    again = seed()

    assert strays() == []
    assert Prescription.objects.count() == before
    assert again.count("as documented") == len(MEMBERS)


@pytest.mark.parametrize("days", [1, 8, 45])
def test_after_some_days_the_permits_have_run_out_and_a_new_run_renews_them(
    clock: VirtualClock, days: int
) -> None:
    seed()
    clock.shift(timedelta(days=days))
    assert strays() != []

    seed()

    assert strays() == []


def test_after_a_tour_carl_can_order_again() -> None:
    seed()
    order = place(
        patient_id=patient(CARL).pk,
        prescription_id=Prescription.objects.get(patient=patient(CARL)).pk,
        package_id=Package.objects.get().pk,
        mode="ship",
        actor=user_of(CARL.person),
    ).order
    assert order is not None

    seed()

    assert Order.objects.get(pk=order.pk).status == "cancelled"
    assert strays() == []


def test_what_ana_reported_on_the_tour_is_cleared_with_a_new_test() -> None:
    seed()
    report_change(patient_id=patient(ANA).pk, change="missed_period", actor=user_of(ANA.person))
    assert "Ana Torres" in strays()

    seed()

    assert strays() == []


def test_mara_has_a_reminder_that_may_be_sent_at_once(clock: VirtualClock) -> None:
    seed()

    reminder = Reminder.objects.get(patient=patient(MARA), status="planned")

    assert reminder.send_at <= clock.now()


def test_gina_is_refused_and_nothing_is_placed() -> None:
    seed()

    result = place(
        patient_id=patient(GINA).pk,
        prescription_id=Prescription.objects.get(patient=patient(GINA)).pk,
        package_id=Package.objects.get().pk,
        mode="ship",
        actor=user_of(GINA.person),
    )

    assert not result.is_done
    assert not Order.objects.exists()


def test_outside_a_demonstration_nobody_is_made(settings) -> None:  # type: ignore[no-untyped-def]
    settings.DEMONSTRATION = False

    with pytest.raises(CommandError, match="not a demonstration"):
        seed()

    assert not Patient.objects.exists()
