"""What the patient's pages of an order ask of the database, whatever is on record.

The product page, the panel with the checklist, the queue, the pharmacy's page of an order and the
record have theirs in their own files.
"""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import cast
from tests.builders import a_hold, a_test, ago, the_store

from .conftest import SignedIn
from .steps import delivered, placed

pytestmark = pytest.mark.django_db(transaction=True)


def queries_of(client: Client, method: str, address: str, status: int, *sent: Any) -> int:
    """How many the page takes, once it was asked for before."""
    getattr(client, method)(address, *sent)
    with CaptureQueriesContext(connection) as captured:
        assert getattr(client, method)(address, *sent).status_code == status
    return len(captured)


def test_the_basket_and_a_blocked_checkout_cost_the_same_whatever_is_on_record(
    signed_in: SignedIn,
) -> None:
    ana = cast.ana()
    client, package = signed_in(ana.user), the_store().package.pk
    client.post("/orders/basket/add/", {"package": package})
    asked = {
        "package": package,
        "patient": ana.patient.pk,
        "prescription": ana.prescription.pk,
        f"seen-{ana.prescription.pk}": 0,
        "mode": "ship",
    }
    a_hold(ana.patient, reported_at=ago(hours=2))

    def both() -> tuple[int, int]:
        basket = queries_of(client, "get", "/orders/basket/", 200)
        return basket, queries_of(client, "post", "/orders/checkout/", 409, asked)

    few = both()
    for _ in range(3):
        a_test(ana.patient, ago(hours=1))
        a_hold(ana.patient, reported_at=ago(hours=1))

    assert both() == few
    assert max(few) <= 30


def test_a_patient_s_order_costs_the_same_however_long_its_story(signed_in: SignedIn) -> None:
    beth, carl = cast.beth(), cast.carl()
    short, long = placed(beth), delivered(carl)
    one = queries_of(signed_in(beth.user), "get", f"/orders/{short.pk}/", 200)
    many = queries_of(signed_in(carl.user), "get", f"/orders/{long.pk}/", 200)
    assert many <= one <= 20
