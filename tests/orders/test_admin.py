"""Orders in the staff site: for the auditor to look at, for nobody to change."""

import pytest

from orders.models import Order
from tests import cast
from tests.builders import a_technician, an_auditor

from .conftest import SignedIn
from .steps import approved, status_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("kind", ["order", "orderevent"])
def test_ari_looks_and_changes_nothing(kind: str, signed_in: SignedIn) -> None:
    order = approved(cast.carl())
    client = signed_in(an_auditor())
    listed = client.get(f"/admin/orders/{kind}/")
    assert listed.status_code == 200
    assert client.get(f"/admin/orders/{kind}/add/").status_code == 403
    key = order.pk if kind == "order" else order.events.first().pk
    address = f"/admin/orders/{kind}/{key}/"
    assert client.get(f"{address}change/").status_code == 200
    assert client.post(f"{address}change/", {"status": "shipped"}).status_code == 403
    assert client.post(f"{address}delete/", {"post": "yes"}).status_code == 403
    assert status_of(order.pk) == "approved"


def test_tess_does_not_see_orders_there(signed_in: SignedIn) -> None:
    approved(cast.carl())
    assert signed_in(a_technician()).get("/admin/orders/order/").status_code == 403
    assert Order.objects.count() == 1
