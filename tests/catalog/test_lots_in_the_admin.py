"""A lot's page in the admin site saves what was typed, and no more: a page that was drawn before a
recall does not take the recall back (R47)."""

from datetime import date

import pytest
from django.test import Client

from accounts.models import User
from accounts.roles import Role
from accounts.services import grant_role
from catalog.models import Lot, Product

from .browsing import drawn


@pytest.fixture
def pat(client: Client, transactional_db: None) -> Client:
    """Pat Lee's browser; a pharmacist."""
    user = User.objects.create_user(
        "pat@example.com", "a long passphrase", name="Pat Lee", is_staff=True
    )
    grant_role(user, Role.PHARMACIST)
    client.force_login(user)
    return client


@pytest.fixture
def lot(pomalidomide: Product) -> Lot:
    package = pomalidomide.packages.all()[0]
    return Lot.objects.create(
        package=package, number="L1", expires_on=date(2027, 6, 30), quantity_on_hand=10
    )


def address(lot: Lot) -> str:
    return f"/admin/catalog/lot/{lot.pk}/change/"


def test_a_page_drawn_before_a_recall_does_not_take_the_recall_back(pat: Client, lot: Lot) -> None:
    page = drawn(pat, address(lot))
    Lot.objects.filter(pk=lot.pk).update(is_recalled=True, is_suspect=True, quantity_on_hand=9)
    assert pat.post(address(lot), {**page, "number": "L1-A"}).status_code == 302
    lot.refresh_from_db()
    assert (lot.number, lot.quantity_on_hand) == ("L1-A", 9)
    assert lot.is_recalled
    assert lot.is_suspect
    assert lot.history.latest().is_recalled


def test_pat_recalls_a_lot_counts_the_shelf_and_clears_what_was_suspected(
    pat: Client, lot: Lot
) -> None:
    recalled = {
        **drawn(pat, address(lot)),
        "is_recalled": "on",
        "is_suspect": "on",
        "quantity_on_hand": 7,
    }
    assert pat.post(address(lot), recalled).status_code == 302
    lot.refresh_from_db()
    assert (lot.is_recalled, lot.is_suspect, lot.quantity_on_hand) == (True, True, 7)

    cleared = drawn(pat, address(lot))
    del cleared["is_suspect"]
    assert pat.post(address(lot), cleared).status_code == 302
    lot.refresh_from_db()
    assert (lot.is_recalled, lot.is_suspect) == (True, False)
