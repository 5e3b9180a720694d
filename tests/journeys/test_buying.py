"""From the basket to the parcel, and what is said to somebody who may not have it yet."""

import pytest
from playwright.sync_api import Page, expect

from orders.management.demo.cast import CARL, GINA, PRIYA, Member
from orders.models import Dispense, Document, Order
from orders.states import Status
from rems.models import DecisionRecord
from tests.journeys.store import (
    PRODUCT_PATH,
    Store,
    choose,
    come_back_later,
    expect_heading,
    press,
    prove_presence,
    scrolls_sideways,
    sign,
    sign_in,
)

pytestmark = pytest.mark.journey


def orders_of(member: Member) -> list[Order]:
    """All that was ever ordered for the patient, newest first."""
    return list(Order.objects.filter(patient__name=member.person.name).order_by("-pk"))


def order_as(page: Page) -> None:
    """From the product page through the basket to the button that places the order."""
    page.goto(PRODUCT_PATH)
    press(page, "Start an order")
    press(page, "Check and place the order")


@pytest.mark.parametrize("has_scripts", [True, False], ids=["with scripts", "without scripts"])
def test_gina_is_told_what_is_missing_who_cures_it_and_where_and_nothing_is_placed(
    store: Store, has_scripts: bool
) -> None:
    phone = {"width": 320, "height": 640}
    with store.stranger(java_script_enabled=has_scripts, viewport=phone) as page:
        sign_in(page, GINA.person)
        page.goto(PRODUCT_PATH)
        if not has_scripts:
            page.get_by_role("link", name="See what you need before you can order").click()
        expect(page.get_by_text("You cannot order yet")).to_be_visible()
        press(page, "Start an order")
        press(page, "Check and place the order")
        expect_heading(page, "We cannot take this order yet")
        expect(page.get_by_text("Nothing was ordered and nothing was charged.")).to_be_visible()
        finding = page.locator(".finding", has_text="you need two pregnancy tests")
        expect(finding).to_contain_text("A test, then a new prescription within 24 hours.")
        expect(finding).to_contain_text("Who can do it: The prescriber")
        assert not scrolls_sideways(page)
        finding.get_by_role("link", name="See what to do").click()
        expect_heading(page, "Treatment of Gina Castellano")
    assert orders_of(GINA) == []
    refusal = DecisionRecord.objects.filter(patient__name=GINA.person.name).latest("at")
    assert refusal.outcome == "refuse"


def test_carls_capsules_are_approved_packed_and_sent_and_he_sees_it(store: Store) -> None:
    with store.stranger() as his, store.stranger() as hers:
        sign_in(his, CARL.person)
        sign_in(hers, PRIYA)
        order_as(his)
        expect(his.get_by_text("Your order is placed.")).to_be_visible()
        (order,) = orders_of(CARL)

        hers.goto("/orders/queue/")
        hers.get_by_role("link", name=order.number).click()
        come_back_later(hers.context)
        press(hers, "Approve the order")
        prove_presence(hers)
        sign(hers, PRIYA, "Sign and approve")
        expect(hers.get_by_text("The order is approved.")).to_be_visible()

        confirm_and_counsel(hers)
        hers.goto(f"/orders/queue/{order.pk}/")
        press(hers, "Dispense")
        hers.get_by_label("Serial number of the package").fill("SN-CARL-1")
        sign(hers, PRIYA, "Sign and dispense")
        expect(hers.get_by_text("The capsules are dispensed.")).to_be_visible()
        assert_packet_opens(hers, order)

        hers.goto(f"/orders/queue/{order.pk}/")
        press(hers, "Ship")
        hers.get_by_label("Carrier").fill("Swift Parcel")
        hers.get_by_label("Tracking number").fill("SP 4411")
        sign(hers, PRIYA, "Sign and ship")
        expect(hers.get_by_text("The parcel is on its way.")).to_be_visible()

        his.goto("/orders/")
        expect(his.get_by_text("On its way")).to_be_visible()
        his.get_by_role("link", name=order.number).click()
        expect(his.get_by_text("SP 4411")).to_be_visible()
    order.refresh_from_db()
    assert order.status == Status.SHIPPED
    assert [event.to_status for event in order.events.order_by("pk")] == [
        Status.PLACED,
        Status.APPROVED,
        Status.DISPENSED,
        Status.SHIPPED,
    ]
    assert Dispense.objects.get(order=order).serial_number == "SN-CARL-1"


def confirm_and_counsel(page: Page) -> None:
    """From the order's page: the program's number, and the talk with the patient."""
    review = page.url
    press(page, "Record a confirmation number")
    page.get_by_label("Confirmation number").fill("CONF-CARL-1")
    choose(page, "Where from", "The program's portal")
    sign(page, PRIYA, "Save")
    expect(page.get_by_text("The confirmation number is recorded.")).to_be_visible()
    page.goto(review)
    press(page, "Counseling checklist")
    expect_heading(page, "Education and Counseling Checklist")
    for box in page.locator("main form input[type=checkbox]:not([name=is_signed])").all():
        box.check()
    guide = page.get_by_label("Medication Guide given")
    guide.select_option(index=1)
    sign(page, PRIYA, "Save")
    expect(page.get_by_text("The counseling is recorded.")).to_be_visible()
    page.goto(review)


def assert_packet_opens(page: Page, order: Order) -> None:
    """Ask for the packet, watch it being made by the worker, and open the file."""
    press(page, "Print packet")
    expect_heading(page, "Dispensing packet")
    link = page.get_by_role("button", name="Download the packet (PDF)")
    link.wait_for(timeout=40_000)
    answer = page.request.get(link.get_attribute("href") or "")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.body().startswith(b"%PDF-")
    assert Document.objects.get(order=order).sha256
