"""The pharmacy's queue."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from orders import services
from orders.states import Status
from tests import cast
from tests.builders import a_hold, a_technician, an_auditor, the_store

from .conftest import SignedIn
from .pages import reads, words
from .steps import approved, delivered, dispensed, placed, shipped

pytestmark = pytest.mark.django_db(transaction=True)

QUEUE = "/orders/queue/"


@pytest.fixture
def pat(signed_in: SignedIn) -> Client:
    """Pat Lee's browser."""
    return signed_in(the_store().user)


def test_an_empty_queue_is_a_page(pat: Client) -> None:
    assert "There are no orders here now." in words(pat.get(QUEUE))


def test_the_queue_names_patient_state_age_and_findings(pat: Client, clock) -> None:  # type: ignore[no-untyped-def]
    carl, ana = cast.carl(ready_for="checkout"), cast.ana()
    first = placed(carl)
    approved_one = approved(ana)
    a_hold(ana.patient)
    clock.shift(timedelta(hours=3))
    text = words(pat.get(QUEUE))
    assert text.index(first.number) < text.index(approved_one.number), "the longest wait first"
    assert "Carl Berg" in text
    assert "3 hours" in text
    assert "1 finding" in text, "Ana's hold"
    assert "Approve: clear" in text, "Carl's order waits for nothing but Pat"
    assert reads("pharmacy queue") == 2


def test_what_the_pharmacy_itself_has_to_do_is_counted_apart(pat: Client) -> None:
    approved(cast.carl(ready_for="checkout"))
    assert "3 to do here" in words(pat.get(QUEUE))


def test_each_state_has_its_page(pat: Client) -> None:
    orders = {
        "placed": placed(cast.carl()),
        "approved": approved(cast.beth()),
        "dispensed": dispensed(cast.ana()),
        "leaving": shipped(cast.finn()),
        "ended": delivered(cast.ella()),
    }
    paused = placed(cast.dana())
    services.pause(order_id=paused.pk, actor=a_technician(), reason="Asked.")
    orders[str(Status.ON_HOLD)] = paused
    for state, order in orders.items():
        text = words(pat.get(QUEUE, {"state": state}))
        assert [o.number in text for o in orders.values()].count(True) == 1
        assert order.number in text
    waiting = words(pat.get(QUEUE))
    assert orders["leaving"].number not in waiting
    assert paused.number in waiting
    assert pat.get(QUEUE, {"state": "nowhere"}).status_code == 404


def test_the_queue_costs_the_same_for_one_order_and_for_many(pat: Client) -> None:
    placed(cast.carl())
    pat.get(QUEUE)
    with CaptureQueriesContext(connection) as one:
        pat.get(QUEUE)
    approved(cast.beth())
    dispensed(cast.ana())
    placed(cast.finn())
    with CaptureQueriesContext(connection) as many:
        pat.get(QUEUE)
    assert len(many) == len(one)
    assert len(one) <= 14


def test_an_orders_page_costs_the_same_however_long_its_story(pat: Client) -> None:
    short, long = placed(cast.beth()), delivered(cast.carl())
    address = f"{QUEUE}{short.pk}/"
    pat.get(address)
    with CaptureQueriesContext(connection) as one:
        pat.get(address)
    with CaptureQueriesContext(connection) as many:
        pat.get(f"{QUEUE}{long.pk}/")
    assert len(many) <= len(one) <= 24


def test_tess_may_pause_and_print_but_is_offered_nothing_else(signed_in: SignedIn) -> None:
    order = approved(cast.carl())
    text = words(signed_in(a_technician()).get(f"{QUEUE}{order.pk}/"))
    assert "Put on hold" in text
    assert "Print packet" in text
    for step in ("Dispense", "Cancel the order", "Record a confirmation number"):
        assert step not in text.replace("Dispensing", "")


def test_ari_the_auditor_sees_everything_and_is_offered_nothing(signed_in: SignedIn) -> None:
    order = approved(cast.carl())
    text = words(signed_in(an_auditor()).get(f"{QUEUE}{order.pk}/"))
    assert "Approval: permitted" in text
    assert "What you can do" not in text
    assert "Print packet" not in text
    assert "R05" not in text, "nobody asks whether the auditor is trained"
