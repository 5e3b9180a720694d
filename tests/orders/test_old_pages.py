"""A page that was drawn before the order changed: what is sent from it is asked for again."""

from typing import Any
from unittest.mock import patch

import pytest
from django.test import Client

from orders import services
from orders.models import Order, Release
from tests import cast
from tests.builders import Cleared, a_prescription, authorize, the_store
from tests.concurrency.race import stopped_after, two_threads

from .conftest import SignedIn
from .pages import reads, words
from .steps import approved, by_pat, dispense, dispensed, place, placed, status_of, traces
from .test_checkout_pages import CHECKOUT, asked
from .test_step_pages import STEPS, address, filled

pytestmark = pytest.mark.django_db(transaction=True)

OLD_BASKET = "This page is not up to date."
CHANGED = "The order has changed since you opened this page"


@pytest.fixture
def pat(signed_in: SignedIn) -> Client:
    """Pat Lee's browser."""
    return signed_in(the_store().user)


def pause_and_resume(order: Order) -> None:
    """The patient calls; what stood in the way is seen to, and the order goes on."""
    services.pause(order_id=order.pk, actor=the_store().user, reason="The patient called.")
    assert services.resume(order_id=order.pk, **by_pat(), reason="All is well.").is_done


@pytest.mark.parametrize(("step", "before_it"), [("approve", placed), ("ship", dispensed)])
def test_a_page_from_before_a_pause_takes_no_step_after_it(
    step: str, before_it: Any, pat: Client
) -> None:
    order = before_it(cast.carl())
    stood, drawn = status_of(order.pk), filled(order, step)
    pause_and_resume(order)
    before = traces()
    page = pat.post(address(order, step), drawn)
    assert page.status_code == 409
    assert (status_of(order.pk), traces()) == (stood, before)
    text = words(page)
    assert CHANGED in text
    assert "Put on hold" in text
    assert "The patient called." in text
    assert "Taken off hold" in text
    assert "Order placed" not in text
    assert reads(f"refused: {step}") == 1


def test_an_old_page_may_always_stop_an_order(pat: Client) -> None:
    order = placed(cast.carl())
    drawn = filled(order, "pause")
    pause_and_resume(order)
    assert pat.post(address(order, "pause"), drawn).status_code == 302
    assert status_of(order.pk) == "on_hold"


def test_an_approval_from_before_a_pause_does_not_let_the_next_page_skip_it(pat: Client) -> None:
    """The order went round: approved, paused, back, approved anew. The dispense page is an old one."""
    order = approved(cast.carl())
    drawn = filled(order, "dispense")
    pause_and_resume(order)
    assert services.approve(order_id=order.pk, **by_pat()).is_done
    before = traces()
    assert pat.post(address(order, "dispense"), drawn).status_code == 409
    assert (status_of(order.pk), traces()) == ("approved", before)


def test_what_pat_typed_is_kept_but_the_signature_is_asked_for_again(pat: Client) -> None:
    order = dispensed(cast.carl())
    drawn = filled(order, "ship", tracking_number="1Z-KEPT")
    pause_and_resume(order)
    page = pat.post(address(order, "ship"), drawn)
    html = page.content.decode()
    assert 'value="1Z-KEPT"' in html
    assert 'value="Pat Lee"' in html
    assert " checked>" not in html
    seen = Order.objects.get(pk=order.pk).revision
    assert f'<input type="hidden" name="seen" value="{seen}">' in html
    again = pat.post(address(order, "ship"), {**drawn, "seen": seen})
    assert again.status_code == 302
    assert Release.objects.get().tracking_number == "1Z-KEPT"


def test_an_old_page_with_a_gap_is_told_that_it_is_old_and_not_of_the_gap(pat: Client) -> None:
    """Drawn again as a form to complete, it would have passed for a new one."""
    order = dispensed(cast.carl())
    drawn = filled(order, "ship", carrier="")
    pause_and_resume(order)
    page = pat.post(address(order, "ship"), drawn)
    assert page.status_code == 409
    assert CHANGED in words(page)
    assert "Name the carrier." not in words(page)


@pytest.mark.parametrize("step", sorted(set(STEPS) - {"pause"}))
def test_a_form_that_does_not_say_which_order_it_saw_is_an_old_one(step: str, pat: Client) -> None:
    before_it, stood, _ = STEPS[step]
    order = before_it(cast.carl())
    before, sent = traces(), filled(order, step)
    del sent["seen"]
    for seen in ({}, *({"seen": odd} for odd in ("", "x", "-1", "99", "1.0", "9" * 5000))):
        page = pat.post(address(order, step), sent | seen)
        assert page.status_code == 409
        assert CHANGED in words(page)
    assert (status_of(order.pk), traces()) == (stood, before)


@pytest.mark.parametrize("step", STEPS)
def test_every_page_says_which_order_it_shows(step: str, pat: Client) -> None:
    before_it, _, _ = STEPS[step]
    order = before_it(cast.carl())
    revision = Order.objects.get(pk=order.pk).revision
    html = pat.get(address(order, step)).content.decode()
    assert f'<input type="hidden" name="seen" value="{revision}">' in html


def approve_while_the_order_goes_round(pat: Client, order: Order) -> Any:
    """Pat's page is current when it arrives; the pause and its end come before the locks."""
    sent = filled(order, "approve")
    with two_threads() as start, stopped_after("orders.views.step.staff_order") as gate:
        answer = start(pat.post, path=address(order, "approve"), data=sent)
        gate.wait_until_reached()
        pause_and_resume(order)
        gate.open()
        return answer.result(30)


def test_a_pause_that_comes_between_the_page_and_the_locks_is_seen_under_them(pat: Client) -> None:
    order = placed(cast.carl())
    page = approve_while_the_order_goes_round(pat, order)
    assert page.status_code == 409
    assert CHANGED in words(page)
    assert "Taken off hold" in words(page)
    assert status_of(order.pk) == "placed"
    assert order.events.count() == 3


def test_control_without_the_look_under_the_locks_the_old_page_approves(pat: Client) -> None:
    order = placed(cast.carl())
    with patch("orders.services.steps._refuse_unseen", lambda step, seen: None):
        page = approve_while_the_order_goes_round(pat, order)
    assert page.status_code == 302
    assert status_of(order.pk) == "approved"


def test_an_order_that_was_packed_meanwhile_is_shown_where_it_stands(pat: Client) -> None:
    order = approved(cast.carl())
    sent = filled(order, "dispense")
    with two_threads() as start, stopped_after("orders.views.step.staff_order") as gate:
        answer = start(pat.post, path=address(order, "dispense"), data=sent)
        gate.wait_until_reached()
        assert dispense(order, serial_number="SN-2").is_done
        gate.open()
        page = answer.result(30)
    assert page.status_code == 409
    assert "now stands at: Packed" in words(page)
    assert reads("refused: dispense") == 1


def test_carl_cancels_from_a_page_of_before_the_approval(signed_in: SignedIn) -> None:
    carl = cast.carl()
    order = placed(carl)
    client, own = signed_in(carl.user), f"/orders/{order.pk}/cancel/"
    assert f"Order {order.number} for Carl Berg" in words(client.get(own))
    assert services.approve(order_id=order.pk, **by_pat()).is_done
    assert client.post(own, {"reason": "Not needed."}).status_code == 302
    assert status_of(order.pk) == "cancelled"


# The checkout ------------------------------------------------------------------------------------


def cancel(order: Order, cleared: Cleared) -> None:
    """The patient does not want it after all."""
    by_the_patient = {"actor": cleared.user, "signature": None, "reason": "Not needed."}
    assert services.cancel(order_id=order.pk, **by_the_patient).is_done


def decline(order: Order, cleared: Cleared) -> None:
    """Pat does not fill it."""
    assert services.reject(order_id=order.pk, **by_pat(), reason="Called the prescriber.").is_done


@pytest.mark.parametrize("end", [cancel, decline])
def test_a_checkout_sent_again_after_its_order_has_ended_orders_nothing(
    end: Any, signed_in: SignedIn
) -> None:
    carl = cast.carl()
    client, sent = signed_in(carl.user), asked(carl)
    assert client.post(CHECKOUT, sent).status_code == 302
    end(Order.objects.get(), carl)
    before = traces()
    page = client.post(CHECKOUT, sent)
    assert page.status_code == 409
    assert OLD_BASKET in words(page)
    assert "Nothing is ordered now" in words(page)
    assert traces() == before
    assert reads("refused: checkout") == 1


def test_carl_who_looks_again_and_still_wants_it_orders_anew(signed_in: SignedIn) -> None:
    carl = cast.carl()
    client, sent = signed_in(carl.user), asked(carl)
    cancel(placed(carl), carl)
    html = client.post(CHECKOUT, sent).content.decode()
    assert f'<input type="hidden" name="seen-{carl.prescription.pk}" value="1">' in html
    assert f'value="{carl.prescription.pk}" required' in html
    answer = client.post(CHECKOUT, {**sent, f"seen-{carl.prescription.pk}": 1})
    assert answer.status_code == 302
    assert Order.objects.filter(status="placed").count() == 1


def test_the_basket_says_of_each_prescription_how_often_it_was_ordered(
    signed_in: SignedIn,
) -> None:
    carl = cast.carl()
    other = a_prescription(carl.patient)
    authorize(other)
    for _ in range(2):
        cancel(placed(carl), carl)
    client = signed_in(carl.user)
    client.post("/orders/basket/add/", {"package": the_store().package.pk})
    html = client.get("/orders/basket/").content.decode()
    for prescription, times in ((carl.prescription, 2), (other, 0)):
        assert f'<input type="hidden" name="seen-{prescription.pk}" value="{times}">' in html


def test_a_checkout_that_does_not_say_what_it_saw_is_an_old_one(signed_in: SignedIn) -> None:
    carl = cast.carl()
    client, sent = signed_in(carl.user), asked(carl)
    name = f"seen-{carl.prescription.pk}"
    before = traces()
    del sent[name]
    for seen in ({}, {"seen": 0}, *({name: odd} for odd in ("", "x", "-1", "1", "0.0"))):
        page = client.post(CHECKOUT, sent | seen)
        assert page.status_code == 409
        assert OLD_BASKET in words(page)
    assert traces() == before


def order_while_another_comes_and_goes(carl: Cleared, client: Client) -> Any:
    """Carl's page is current when it arrives; an order and its end come before the locks."""
    sent = asked(carl)
    with two_threads() as start, stopped_after("orders.views.buying._form") as gate:
        answer = start(client.post, path=CHECKOUT, data=sent)
        gate.wait_until_reached()
        order = place(carl).order
        assert order is not None
        cancel(order, carl)
        gate.open()
        return answer.result(30)


def test_an_order_that_comes_and_goes_before_the_locks_is_seen_under_them(
    signed_in: SignedIn,
) -> None:
    carl = cast.carl()
    page = order_while_another_comes_and_goes(carl, signed_in(carl.user))
    assert page.status_code == 409
    assert OLD_BASKET in words(page)
    assert Order.objects.get().status == "cancelled"


def test_control_without_the_look_under_the_locks_a_second_order_is_placed(
    signed_in: SignedIn,
) -> None:
    carl = cast.carl()
    with patch("orders.services.placing._refuse_unseen", lambda seen, had: None):
        page = order_while_another_comes_and_goes(carl, signed_in(carl.user))
    assert page.status_code == 302
    assert Order.objects.count() == 2


def test_an_open_order_is_refused_by_its_rule_and_not_as_an_old_page() -> None:
    carl = cast.carl()
    placed(carl)
    before = traces()
    second = place(carl, seen=0)
    assert second.decision is not None
    assert second.decision.denying_rules == ("R16",)
    assert traces() == before
