"""The basket and the checkout, as a reader meets them and as a forger does."""

import threading
from uuid import uuid4

import pytest
from django.db import connections
from django.test import Client

from accounts.roles import Role
from catalog.models import Package
from orders.models import Basket, Order
from rems.models import DecisionRecord
from tests import cast
from tests.builders import (
    Cleared,
    a_hold,
    a_patient,
    a_user,
    acting_user,
    sign_in,
    the_store,
)
from tests.concurrency.race import stopped_after, two_threads

from .conftest import SignedIn
from .pages import reads, words
from .steps import placed, status_of, traces

pytestmark = pytest.mark.django_db(transaction=True)

CHECKOUT = "/orders/checkout/"


def asked(cleared: Cleared, **other: object) -> dict[str, object]:
    """What the basket's page sends, drawn now."""
    had = Order.objects.filter(prescription=cleared.prescription).count()
    return {
        f"seen-{cleared.prescription.pk}": had,
        "package": the_store().package.pk,
        "patient": cleared.patient.pk,
        "prescription": cleared.prescription.pk,
        "mode": "ship",
        **other,
    }


def test_carl_orders_from_the_product_to_the_order_page(signed_in: SignedIn) -> None:
    carl = cast.carl()
    client = signed_in(carl.user)
    added = client.post("/orders/basket/add/", {"package": the_store().package.pk})
    assert added.headers["Location"] == "/orders/basket/"
    text = words(client.get("/orders/basket/"))
    assert "Carl Berg" in text
    assert "4 Elm Street" in text
    assert "21 capsules for 28 days" in text
    answer = client.post(CHECKOUT, asked(carl))
    order = Order.objects.get()
    assert answer.headers["Location"] == f"/orders/{order.pk}/"
    page = words(client.get(answer.headers["Location"]))
    assert "Your order is placed" in page
    assert "Ordered Done" in page
    assert "A pharmacist checks your order" in page
    assert not Basket.objects.exists()


def test_an_empty_basket_is_a_page(signed_in: SignedIn) -> None:
    carl = cast.carl()
    assert "Nothing chosen yet" in words(signed_in(carl.user).get("/orders/basket/"))


def test_a_blocked_checkout_names_everything_and_places_nothing(signed_in: SignedIn) -> None:
    ana = cast.ana()
    a_hold(ana.patient)
    before = traces()
    page = signed_in(ana.user).post(CHECKOUT, asked(ana))
    text = words(page)
    assert page.status_code == 409
    assert "We cannot take this order yet" in text
    assert "Nothing was ordered and nothing was charged." in text
    assert "What cures it" in text
    assert "Who can do it: The prescriber" in text
    assert f"/treatment/patients/{ana.patient.pk}/treatment/" in page.content.decode()
    assert traces() == before
    record = DecisionRecord.objects.get(outcome="refuse")
    assert (record.gate, record.actor) == ("checkout", ana.user)


def test_a_checkout_without_any_prescription_is_blocked_too(signed_in: SignedIn) -> None:
    nell = a_patient("MALE_ADULT", "Nell Hart")
    sent = {"package": the_store().package.pk, "patient": nell.pk, "mode": "hand"}
    page = signed_in(acting_user(nell)).post(CHECKOUT, sent)
    assert page.status_code == 409
    assert "We do not have a prescription for you yet" in words(page)
    assert not Order.objects.exists()


def test_a_second_click_finds_the_order_that_is_there(signed_in: SignedIn) -> None:
    carl = cast.carl()
    client, sent = signed_in(carl.user), asked(carl)
    first = client.post(CHECKOUT, sent)
    again = client.post(CHECKOUT, sent, follow=True)
    assert again.redirect_chain == [(first.headers["Location"], 302)]
    assert "You have already placed this order" in words(again)
    assert Order.objects.count() == 1


def test_two_clicks_at_once_place_one_order() -> None:
    carl = cast.carl()
    data = asked(carl)
    clients = [sign_in(Client(), carl.user) for _ in range(2)]
    barrier, answers = threading.Barrier(2), []

    def click(client: Client) -> None:
        barrier.wait()
        answers.append(client.post(CHECKOUT, data))
        connections.close_all()

    threads = [threading.Thread(target=click, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    order = Order.objects.get()
    assert [a.status_code for a in answers] == [302, 302]
    assert {a.headers["Location"] for a in answers} == {f"/orders/{order.pk}/"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *((name, value) for name in ("patient", "package") for value in ("", "x", "unknown")),
        ("prescription", ""),
        ("prescription", "x"),
        ("prescription", "unknown"),
    ],
)
def test_forged_and_missing_keys_are_refused_beside_the_field(
    field: str, value: str, signed_in: SignedIn
) -> None:
    carl = cast.carl()
    before = traces()
    sent = asked(carl, **{field: uuid4() if value == "unknown" else value})
    page = signed_in(carl.user).post(CHECKOUT, sent)
    assert page.status_code == (404 if field == "package" else 422)
    assert traces() == before


def test_beths_patient_and_prescription_are_no_choice_for_carl(signed_in: SignedIn) -> None:
    carl, beth = cast.carl(), cast.beth()
    client = signed_in(carl.user)
    before = traces()
    page = client.post(CHECKOUT, asked(beth))
    assert page.status_code == 422
    assert "You cannot order for this patient." in words(page)
    assert "Beth" not in words(page)
    assert reads("refused: checkout") == 1
    page = client.post(CHECKOUT, asked(carl, prescription=beth.prescription.pk))
    assert page.status_code == 422
    assert "not one that can be ordered for this patient" in words(page)
    assert traces() == before


def test_an_order_of_beths_is_not_shown_to_carl_by_naming_her_prescription(
    signed_in: SignedIn,
) -> None:
    carl, beth = cast.carl(), cast.beth()
    order = placed(beth)
    page = signed_in(carl.user).post(CHECKOUT, asked(beth))
    assert page.status_code == 422
    assert str(order.pk) not in page.content.decode()


def test_a_missing_way_of_leaving_is_asked_for_and_the_rest_is_kept(signed_in: SignedIn) -> None:
    carl = cast.carl()
    page = signed_in(carl.user).post(CHECKOUT, asked(carl, mode=""))
    assert page.status_code == 422
    assert "Choose how you want to get it." in words(page)
    assert f'value="{carl.prescription.pk}"' in page.content.decode()
    page = signed_in(carl.user).post(CHECKOUT, asked(carl, mode="pigeon"))
    assert page.status_code == 422


def test_what_is_off_sale_cannot_be_added_or_ordered(signed_in: SignedIn) -> None:
    carl = cast.carl()
    client = signed_in(carl.user)
    package = the_store().package
    client.post("/orders/basket/add/", {"package": package.pk})
    package.on_sale = False
    package.save()
    assert client.post("/orders/basket/add/", {"package": package.pk}).status_code == 404
    assert client.post("/orders/basket/add/", {}).status_code == 404
    assert "Nothing chosen yet" in words(client.get("/orders/basket/"))
    assert client.post(CHECKOUT, asked(carl, package=package.pk)).status_code == 404
    assert not Order.objects.exists()


def test_what_goes_off_sale_during_the_checkout_is_told_as_what_was_off_sale(
    signed_in: SignedIn,
) -> None:
    carl = cast.carl()
    client, package = signed_in(carl.user), the_store().package
    with stopped_after("orders.services.placing._package") as gate, two_threads() as start:
        answer = start(client.post, path=CHECKOUT, data=asked(carl))
        gate.wait_until_reached()
        Package.objects.filter(pk=package.pk).update(on_sale=False)
        gate.open()
        page = answer.result(30)
    assert page.status_code == 409
    assert "This package is not on sale." in words(page)
    assert not Order.objects.exists()
    assert reads("refused: checkout") == 1


def test_carl_cancels_his_order_and_then_cannot_again(signed_in: SignedIn) -> None:
    carl = cast.carl()
    order = placed(carl)
    client = signed_in(carl.user)
    address = f"/orders/{order.pk}/cancel/"
    assert client.get(address).status_code == 200
    assert client.post(address, {"reason": "Not needed.", "seen": 1}).status_code == 302
    assert status_of(order.pk) == "cancelled"
    page = words(client.get(f"/orders/{order.pk}/"))
    assert "This order was cancelled" in page
    assert "Not needed." in page
    again = client.post(address, {"reason": "", "seen": 2})
    assert again.status_code == 409
    assert "already cancelled" in words(again)


def test_my_orders_lists_only_mine_at_a_constant_cost(
    signed_in: SignedIn, django_assert_num_queries
) -> None:  # type: ignore[no-untyped-def]
    carl, beth = cast.carl(), cast.beth()
    client = signed_in(carl.user)
    assert "No orders yet" in words(client.get("/orders/"))
    first = placed(carl)
    placed(beth)
    with django_assert_num_queries(10):
        text = words(client.get("/orders/"))
    assert first.number in text
    assert "Beth" not in text
    assert reads("my orders") == 1


def test_beths_order_is_not_found_by_carl_and_the_attempt_is_on_record(
    signed_in: SignedIn,
) -> None:
    carl, beth = cast.carl(), cast.beth()
    order = placed(beth)
    client = signed_in(carl.user)
    assert client.get(f"/orders/{order.pk}/").status_code == 404
    assert reads("refused: own order") == 1
    assert client.post(f"/orders/{order.pk}/cancel/", {"reason": ""}).status_code == 404
    assert reads("refused: cancel") == 1
    assert status_of(order.pk) == "placed"
    assert client.get(f"/orders/{uuid4()}/").status_code == 404


def test_somebody_linked_to_nobody_sees_a_page_and_orders_nothing(signed_in: SignedIn) -> None:
    carl = cast.carl()
    nobody = signed_in(a_user(Role.PATIENT, "Nils Oberg"))
    nobody.post("/orders/basket/add/", {"package": the_store().package.pk})
    assert "not linked to a patient yet" in words(nobody.get("/orders/basket/"))
    assert nobody.post(CHECKOUT, asked(carl)).status_code == 422
    assert not Order.objects.exists()
