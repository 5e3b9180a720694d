"""Every page of orders against every role: who sees it, who acts, and that refusals are recorded."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from accounts.models import AccessLog, User
from accounts.roles import Role
from orders.models import Document, Order
from orders.urls import urlpatterns
from tests import cast
from tests.builders import a_delegate, a_technician, a_user, an_auditor, sign_in, the_store

from .steps import approved, status_of, traces

pytestmark = pytest.mark.django_db(transaction=True)

# A status other than these three on a GET by somebody signed in would be a surprise.
SEEN, FORBIDDEN, NOT_FOUND, NOT_NOW = 200, 403, 404, 409

PEOPLE: dict[str, Callable[[], User]] = {
    "patient": lambda: User.objects.get(name="Carl Berg"),
    "another patient": lambda: cast.beth().user,
    "prescriber": lambda: _user(cast.dr_okafor()),
    "delegate": lambda: a_delegate(cast.dr_okafor()),
    "pharmacist": lambda: the_store().user,
    "technician": a_technician,
    "editor": lambda: a_user(Role.EDITOR, "Edna Marsh"),
    "auditor": an_auditor,
}
STAFF = {"pharmacist", "technician", "auditor"}
PATIENTS = {"patient", "another patient"}

# By page (with a GET): what each kind of reader gets.
PAGES: dict[str, Callable[[str], int]] = {
    "panel": lambda who: SEEN,
    "basket": lambda who: SEEN if who in PATIENTS else FORBIDDEN,
    "mine": lambda who: SEEN if who in PATIENTS else FORBIDDEN,
    "order": lambda who: SEEN if who == "patient" else NOT_FOUND,
    "cancel-own": lambda who: SEEN if who == "patient" else NOT_FOUND,
    "queue": lambda who: SEEN if who in STAFF else FORBIDDEN,
    "review": lambda who: SEEN if who in STAFF else FORBIDDEN,
    "document": lambda who: SEEN if who in STAFF else FORBIDDEN,
    # Not made yet: nobody finds the file.
    "download": lambda who: NOT_FOUND if who in {"pharmacist", "technician"} else FORBIDDEN,
}
# Steps of an approved order: who may take them.
STEPS: dict[str, set[str]] = {
    "approve": {"pharmacist"},
    "dispense": {"pharmacist"},
    "ship": {"pharmacist"},
    "hand-over": {"pharmacist"},
    "deliver": {"pharmacist"},
    "pause": {"pharmacist", "technician"},
    "resume": {"pharmacist"},
    "reject": {"pharmacist"},
    "cancel": {"pharmacist"},
    "lost": {"pharmacist"},
    "returned": {"pharmacist"},
}
OPEN_FROM_APPROVED = {"dispense", "pause", "cancel"}
POSTS = {"add", "checkout", "packet"}


def _user(prescriber: Any) -> User:
    assert prescriber.user is not None
    return prescriber.user


def _address(name: str, order: Order, document: Document | None = None) -> str:
    keys: dict[str, list[Any]] = {
        "panel": [the_store().product.slug],
        "document": [document.pk if document else uuid4()],
        "download": [document.pk if document else uuid4()],
    }
    bare = {"basket", "add", "checkout", "mine", "queue"}
    return reverse(f"orders:{name}", args=keys.get(name, [] if name in bare else [order.pk]))


@pytest.fixture
def order() -> Order:
    """Carl's order, approved."""
    return approved(cast.carl())


def test_no_page_is_left_out_here() -> None:
    names = {pattern.name for pattern in urlpatterns}
    assert names == {*PAGES, *STEPS, *POSTS}
    assert get_resolver().resolve("/orders/queue/").view_name == "orders:queue"


@pytest.mark.parametrize("who", PEOPLE)
def test_everyone_sees_what_the_role_needs_and_nothing_else(who: str, order: Order) -> None:
    document = Document.objects.create(order=order, requested_by=the_store().user)
    client = sign_in(Client(), PEOPLE[who]())
    got = {name: client.get(_address(name, order, document)).status_code for name in PAGES}
    assert got == {name: wanted(who) for name, wanted in PAGES.items()}


@pytest.mark.parametrize("who", PEOPLE)
def test_a_step_is_shown_to_its_role_alone(who: str, order: Order) -> None:
    client = sign_in(Client(), PEOPLE[who]())
    for step, allowed in STEPS.items():
        wanted = FORBIDDEN
        if who in allowed:
            wanted = SEEN if step in OPEN_FROM_APPROVED else NOT_NOW
        assert client.get(_address(step, order)).status_code == wanted, step


@pytest.mark.parametrize("who", [who for who in PEOPLE if who != "pharmacist"])
def test_a_step_posted_straight_away_by_another_role_is_refused_and_recorded(
    who: str, order: Order
) -> None:
    user = PEOPLE[who]()
    client = sign_in(Client(), user)
    before = traces()
    sent = {"printed_name": user.name, "is_signed": "on", "reason": "I want to."}
    for step, allowed in STEPS.items():
        if who in allowed:
            continue
        assert client.post(_address(step, order), sent).status_code == FORBIDDEN, step
        refused = AccessLog.objects.filter(user=user, purpose=f"refused: {step}")
        assert refused.values_list("subject_id", flat=True).get() == order.patient_id
    assert (status_of(order.pk), traces()) == ("approved", before)


@pytest.mark.parametrize("who", PEOPLE)
def test_the_packet_is_printed_by_the_pharmacys_people_alone(who: str, order: Order) -> None:
    answer = sign_in(Client(), PEOPLE[who]()).post(_address("packet", order))
    may = who in {"pharmacist", "technician"}
    assert answer.status_code == (302 if may else FORBIDDEN)
    assert Document.objects.count() == int(may)
    assert AccessLog.objects.filter(purpose="refused: packet").count() == int(not may)


@pytest.mark.parametrize("who", [who for who in PEOPLE if who not in PATIENTS])
def test_nobody_but_patients_orders(who: str, order: Order) -> None:
    client = sign_in(Client(), PEOPLE[who]())
    before = traces()
    sent = {
        "package": the_store().package.pk,
        "patient": order.patient_id,
        "prescription": order.prescription_id,
        "mode": "ship",
    }
    assert client.post(_address("add", order), sent).status_code == FORBIDDEN
    assert client.post(_address("checkout", order), sent).status_code == FORBIDDEN
    assert AccessLog.objects.filter(purpose="refused: checkout").count() == 1
    assert traces() == before


def test_a_stranger_is_sent_to_the_sign_in_page_and_nothing_happens(order: Order) -> None:
    before = traces()
    for name in {*PAGES, *STEPS, *POSTS} - {"panel"}:
        address = _address(name, order)
        for answer in (Client().get(address), Client().post(address, {"reason": "x"})):
            # A page that takes no POST (or no GET) says so.
            assert answer.status_code in {302, 405}, name
            if answer.status_code == 302:
                assert answer.headers["Location"].startswith("/account/login/")
    assert (status_of(order.pk), traces()) == ("approved", before)


def test_unknown_orders_steps_and_papers_are_not_found() -> None:
    client = sign_in(Client(), the_store().user)
    nowhere = uuid4()
    for address in (
        f"/orders/{nowhere}/",
        f"/orders/queue/{nowhere}/",
        f"/orders/queue/{nowhere}/approve/",
        f"/orders/queue/{nowhere}/teleport/",
        f"/orders/documents/{nowhere}/",
        f"/orders/documents/{nowhere}/file/",
        "/orders/queue/not-a-key/",
    ):
        assert client.get(address).status_code == NOT_FOUND, address
    assert client.post(f"/orders/queue/{nowhere}/packet/").status_code == NOT_FOUND


def test_pages_with_a_patients_data_are_not_kept_by_the_browser(order: Order) -> None:
    client = sign_in(Client(), the_store().user)
    for name in ("queue", "review", "dispense"):
        answer = client.get(_address(name, order))
        assert "no-store" in answer.headers["Cache-Control"]
