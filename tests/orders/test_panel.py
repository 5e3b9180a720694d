""" "Can I order now?": what readers see on the product's page."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import AccessLog
from accounts.roles import Role
from catalog.models import Product
from rems.services.registration import grant_access
from tests import cast
from tests.builders import a_hold, a_patient, a_positive_test, a_user, acting_user, the_store

from .conftest import SignedIn
from .pages import words

pytestmark = pytest.mark.django_db(transaction=True)


def url() -> str:
    return f"/orders/panel/{the_store().product.slug}/"


def test_a_stranger_reads_the_steps_and_where_to_sign_in() -> None:
    page = Client().get(url())
    assert page.status_code == 200
    assert "Sign in to see your own list" in words(page)
    assert "Your prescriber sends us a prescription" in words(page)
    assert not AccessLog.objects.exists()


def test_carl_is_cleared_and_told_until_when(signed_in: SignedIn) -> None:
    carl = cast.carl(ready_for="checkout")
    page = signed_in(carl.user).get(url())
    text = words(page)
    assert "You can order now" in text
    assert "Cleared until " in text
    assert "Start an order" in text
    assert "The pharmacy does this" in text
    assert "Our pharmacist still has to check and approve your order." in text
    assert "Pregnancy tests" not in text, "Carl is never asked for one"
    log = AccessLog.objects.get(purpose="can I order now?")
    assert (log.user, log.subject_id) == (carl.user, carl.patient.pk)


def test_ana_sees_her_tests_on_the_list(signed_in: SignedIn) -> None:
    ana = cast.ana()
    assert "Pregnancy tests Done" in words(signed_in(ana.user).get(url()))


def test_a_hold_is_told_in_plain_words_with_who_can_clear_it(signed_in: SignedIn) -> None:
    ana = cast.ana()
    a_hold(ana.patient)
    text = words(signed_in(ana.user).get(url()))
    assert "You cannot order yet" in text
    assert "Nothing speaks against the medicine now Blocked" in text
    assert "Who: The prescriber" in text
    assert "R25" not in text, "rule numbers are for the staff"


def test_a_newcomer_is_told_everything_that_is_missing(signed_in: SignedIn) -> None:
    nell = a_patient(category=None, name="Nell Hart", enrolled=False)
    text = words(signed_in(acting_user(nell)).get(url()))
    assert "Enrolled in the safety program Blocked" in text
    assert "A prescription with its safety program number Blocked" in text


def test_a_guardian_sees_each_child_apart_at_the_same_cost(
    signed_in: SignedIn, django_assert_num_queries
) -> None:  # type: ignore[no-untyped-def]
    dana = cast.dana()
    client, address = signed_in(dana.user), url()
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    finn = cast.finn()
    a_positive_test(finn.patient)
    grant_access(
        patient_id=finn.patient.pk, user=dana.user, relation="guardian", actor=the_store().user
    )
    with django_assert_num_queries(len(one)):
        page = client.get(address)
    text = words(page)
    assert text.index("Dana Cole") < text.index("You can order now") < text.index("Finn Gray")
    assert text.index("Finn Gray") < text.index("You cannot order yet")
    assert len(one) <= 16


def test_the_fragment_is_only_the_panel(signed_in: SignedIn) -> None:
    carl = cast.carl()
    client = signed_in(carl.user)
    fragment = client.get(url(), headers={"HX-Request": "true"})
    assert b"<html" not in fragment.content
    assert b"<html" in client.get(url()).content
    assert "HX-Request" in fragment.headers["Vary"]
    assert "no-store" in fragment.headers["Cache-Control"]


def test_staff_and_people_without_a_patient_are_told_so(signed_in: SignedIn) -> None:
    store = the_store()
    assert "Patients and their guardians place orders" in words(signed_in(store.user).get(url()))
    nobody = a_user(Role.PATIENT, "Nils Oberg")
    assert "not linked to a patient yet" in words(signed_in(nobody).get(url()))


def test_an_unknown_product_and_one_off_sale_are_not_found() -> None:
    store = the_store()
    assert Client().get("/orders/panel/aspirin/").status_code == 404
    address = url()
    Product.objects.filter(pk=store.product.pk).update(on_sale=False)
    assert Client().get(address).status_code == 404


def test_the_products_page_carries_the_panel() -> None:
    the_store()
    page = Client().get(the_store().product.get_absolute_url())
    assert f'hx-get="{url()}"' in page.content.decode()
