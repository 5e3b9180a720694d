"""The patient reports a change while the pharmacist's form is open: the step does not happen."""

from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from catalog.models import Lot
from orders.management.demo.cast import ANA, BETH, ELLA, PRIYA, Member
from orders.models import Order
from orders.states import Status
from rems.models import DecisionRecord, Hold
from tests.journeys.arranging import order_that_is, patient_of
from tests.journeys.barriers import barriers
from tests.journeys.store import Store, choose, expect_heading, press, sign

pytestmark = pytest.mark.journey


@dataclass(frozen=True)
class Step:
    """One step of an order, and the change that comes before its signature."""

    begins_at: Status
    member: Member
    change: str
    rule: str
    opens: str
    signs: str
    fields: tuple[tuple[str, str], ...] = ()


STEPS = (
    Step(
        Status.PLACED,
        ANA,
        "My period is late or did not come",
        "R25",
        "Approve the order",
        "Sign and approve",
    ),
    Step(
        Status.APPROVED,
        BETH,
        "I had bleeding after menopause or surgery",
        "R07",
        "Dispense",
        "Sign and dispense",
        (("Serial number of the package", "SN-BETH-1"),),
    ),
    Step(
        Status.DISPENSED,
        ELLA,
        "The first period has come",
        "R07",
        "Ship",
        "Sign and ship",
        (("Carrier", "Swift Parcel"), ("Tracking number", "SP 4412")),
    ),
)


def report_change(store: Store, member: Member, change: str) -> None:
    """From the member's own treatment page."""
    with store.person(member.acting) as page:
        page.goto("/treatment/")
        press(page, "Report a change")
        choose(page, "What changed?", change)
        press(page, "Report it")
        page.wait_for_url("**/treatment/")
        expect_heading(page, f"Treatment of {member.person.name}")


def traces(order: Order) -> dict[str, object]:
    """What a step would have changed."""
    order.refresh_from_db()
    return {
        "status": order.status,
        "events": order.events.count(),
        "shelf": sum(Lot.objects.values_list("quantity_on_hand", flat=True)),
    }


def fill_in(page: Page, step: Step) -> None:
    """Type what the step's form asks for."""
    for label, typed in step.fields:
        page.get_by_label(label).fill(typed)


@pytest.mark.parametrize("step", STEPS, ids=[step.opens for step in STEPS])
def test_a_change_reported_while_the_form_is_open_stops_the_step(store: Store, step: Step) -> None:
    order = order_that_is(step.begins_at, step.member)
    before = traces(order)
    with store.person(PRIYA) as page:
        page.goto(f"/orders/queue/{order.pk}/")
        press(page, step.opens)
        fill_in(page, step)
        report_change(store, step.member, step.change)
        sign(page, PRIYA, step.signs)
        expect(page.locator("h1")).to_have_text(f"{step.opens}: refused")
        expect(page.get_by_text("There is no override.")).to_be_visible()
        assert barriers(page) == []
    assert Hold.objects.filter(patient=patient_of(step.member)).count() == 1
    assert traces(order) == before
    refusal = DecisionRecord.objects.filter(subject_id=order.pk).latest("at")
    assert refusal.outcome == "refuse"
    assert [finding["rule"] for finding in refusal.findings] == [step.rule]
