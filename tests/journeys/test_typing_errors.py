"""Wrong things typed by people in a hurry: said beside the field, and nothing is lost."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from accounts.clock import read_clock
from orders.management.demo.cast import FINN, PRIYA
from orders.models import Dispense, Order
from orders.states import Status
from rems.models import Confirmation
from tests.journeys.arranging import order_that_is
from tests.journeys.barriers import barriers
from tests.journeys.store import (
    PASSWORD,
    Store,
    choose,
    come_back_later,
    press,
    prove_presence,
    sign,
)

pytestmark = pytest.mark.journey

REASON = "The prescriber asked us by telephone to wait for a new plan."


@pytest.fixture(scope="module")
def order(store: Store) -> Order:
    """Finn's order, approved."""
    return order_that_is(Status.APPROVED, FINN)


def field(page: Page, label: str) -> Locator:
    """A field with its label and its errors."""
    return page.locator(".field", has=page.get_by_label(label))


def expect_error(page: Page, label: str, words: str) -> None:
    """The error stands beside the field, and a screen reader hears it there."""
    beside = field(page, label)
    expect(beside.locator(".errorlist")).to_contain_text(words)
    box = page.get_by_label(label)
    expect(box).to_have_attribute("aria-invalid", "true")
    assert beside.locator(".errorlist").get_attribute("id") in (
        box.get_attribute("aria-describedby") or ""
    )


def test_priya_mistypes_and_is_told_beside_each_field_and_nothing_is_lost(
    store: Store, order: Order
) -> None:
    with store.person(PRIYA) as page:
        page.goto(f"/orders/queue/{order.pk}/")
        press(page, "Dispense")
        page.get_by_label("Serial number of the package").fill("   ")
        page.get_by_label("Your name, as printed on your account").fill("Priya")
        press(page, "Sign and dispense")
        expect_error(page, "Serial number of the package", "Scan or type the serial number.")
        expect_error(page, "Your name, as printed on your account", "Priya Raman")
        assert barriers(page) == []
        expect(page.get_by_label("Your name, as printed on your account")).to_have_value("Priya")
        assert not Dispense.objects.filter(order=order).exists()

        page.goto(f"/orders/queue/{order.pk}/")
        press(page, "Record a confirmation number")
        before = Confirmation.objects.count()
        tomorrow = timezone.localtime(read_clock() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
        page.get_by_label("Confirmation number").fill("CONF-FINN-2")
        choose(page, "Where from", "By telephone")
        page.get_by_label("When it was obtained").fill(tomorrow)
        sign(page, PRIYA, "Save")
        expect_error(page, "When it was obtained", "future")
        expect(page.get_by_label("Confirmation number")).to_have_value("CONF-FINN-2")
        assert Confirmation.objects.count() == before


def test_a_wrong_password_at_signing_keeps_what_was_typed(store: Store, order: Order) -> None:
    with store.person(PRIYA) as page:
        page.goto(f"/orders/queue/{order.pk}/")
        press(page, "Cancel the order")
        page.get_by_label("Why?").fill(REASON)
        come_back_later(page.context)
        sign(page, PRIYA, "Sign and cancel")
        prove_presence(page, "not my password")
        expect(page.locator(".errorlist").first).to_contain_text("password")
        assert barriers(page) == []
        order.refresh_from_db()
        assert order.status == Status.APPROVED
        prove_presence(page, PASSWORD)
        expect(page.get_by_text("The order is cancelled.")).to_be_visible()
        expect(page.get_by_text(REASON)).to_be_visible()
    order.refresh_from_db()
    assert order.status == Status.CANCELLED
