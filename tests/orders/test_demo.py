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
from orders.services import StepResult, place
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


def order_for(member: Member) -> StepResult:
    return place(
        patient_id=patient(member).pk,
        prescription_id=Prescription.objects.get(patient=patient(member)).pk,
        package_id=Package.objects.get().pk,
        mode="ship",
        actor=user_of(member.person),
    )


def test_every_member_stands_as_documented_and_a_second_run_adds_nothing(
    clock: VirtualClock,
) -> None:
    seed()
    before = Prescription.objects.count()

    again = seed()

    assert strays() == []
    assert Prescription.objects.count() == before
    assert again.count("as documented") == len(MEMBERS)
    # Mara's reminder may be sent at once; Gina is refused, and nothing is placed.
    assert (
        Reminder.objects.filter(patient=patient(MARA), kind="pregnancy_test_due", status="planned")
        .earliest("send_at")
        .send_at
        <= clock.now()
    )
    assert not order_for(GINA).is_done
    assert not Order.objects.exists()


def test_when_permits_have_run_out_a_new_run_renews_them_again_and_again(
    clock: VirtualClock,
) -> None:
    seed()
    for days in (8, 37):
        clock.shift(timedelta(days=days))
        assert strays() != []

        seed()

        assert strays() == []


def test_after_a_tour_orders_are_closed_and_what_was_reported_is_cleared() -> None:
    seed()
    order = order_for(CARL).order
    assert order is not None
    report_change(patient_id=patient(ANA).pk, change="missed_period", actor=user_of(ANA.person))
    assert set(strays()) == {"Ana Torres", "Carl Jensen"}

    seed()

    assert Order.objects.get(pk=order.pk).status == "cancelled"
    assert strays() == []


def test_outside_a_demonstration_nobody_is_made(settings) -> None:  # type: ignore[no-untyped-def]
    settings.DEMONSTRATION = False

    with pytest.raises(CommandError, match="not a demonstration"):
        seed()

    assert not Patient.objects.exists()
