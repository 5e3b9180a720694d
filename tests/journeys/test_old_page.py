"""Priya's page is older than the order: she is told what happened meanwhile, and signs once more."""

import pytest
from playwright.sync_api import expect

from orders import services
from orders.management.demo.cast import DANA, PRIYA
from orders.management.demo.people import user_of
from orders.states import Status
from tests.journeys.arranging import by_priya, order_that_is
from tests.journeys.barriers import barriers
from tests.journeys.store import Store, press, scrolls_sideways, sign

pytestmark = pytest.mark.journey


def test_an_approval_from_before_a_pause_is_asked_for_again(store: Store) -> None:
    order = order_that_is(Status.PLACED, DANA)
    with store.person(PRIYA) as page:
        page.goto(f"/orders/queue/{order.pk}/")
        press(page, "Approve the order")
        priya = user_of(PRIYA)
        services.pause(order_id=order.pk, actor=priya, reason="The patient called.")
        back = {"actor": priya, "signature": by_priya(), "reason": "All is well."}
        assert services.resume(order_id=order.pk, **back).is_done
        sign(page, PRIYA, "Sign and approve")
        expect(
            page.get_by_text("The order has changed since you opened this page.")
        ).to_be_visible()
        expect(page.get_by_text("Reason: The patient called.")).to_be_visible()
        expect(page.get_by_label("I sign this")).not_to_be_checked()
        assert barriers(page) == []
        page.set_viewport_size({"width": 320, "height": 800})
        assert not scrolls_sideways(page)
        sign(page, PRIYA, "Sign and approve")
        expect(page.get_by_text("The order is approved.")).to_be_visible()
    order.refresh_from_db()
    assert order.status == Status.APPROVED
    # Dana's prescription is free again for the other journeys.
    diane = user_of(DANA.acting)
    services.cancel(order_id=order.pk, actor=diane, signature=None, reason="Not today.")
