"""A product's page is saved while the product is taken off sale: it stays off. With the control."""

import pytest
from django.test import Client

from accounts.models import User
from catalog.models import Product
from catalog.services import take_off_sale
from tests import builders as b
from tests.catalog.browsing import drawn
from tests.concurrency.race import Connection
from tests.concurrency.work import Race, Work, save_without_the_lock

pytestmark = pytest.mark.django_db(transaction=True)

# The page has been read and is looked through, and is not saved yet.
LOOKED_THROUGH = "catalog.models.products.is_known_program"


@pytest.fixture
def adam(transactional_db: None) -> User:
    return User.objects.create_superuser("adam@example.com", b.PASSWORD, name="Adam Stone")


@pytest.fixture
def product(transactional_db: None) -> Product:
    return b.the_store().product


def describing(product: Product, adam: User) -> Work:
    browser = b.sign_in(Client(), adam)
    address = f"/admin/catalog/product/{product.pk}/change/"
    page = {**drawn(browser, address), "summary": "Another sentence."}
    return lambda: browser.post(address, page).status_code


def stands(product: Product) -> tuple[str, bool]:
    now = Product.objects.get(pk=product.pk)
    return now.summary, now.on_sale


def test_a_product_that_is_taken_off_sale_while_its_page_is_saved_stays_off(
    product: Product, adam: User, superuser_connection: Connection
) -> None:
    describe = describing(product, adam)
    saved, _ = Race(superuser_connection).run(
        describe, LOOKED_THROUGH, lambda: take_off_sale(product.pk, adam)
    )
    assert saved == 302
    assert stands(product) == ("Another sentence.", False)


def test_control_without_the_lock_the_page_puts_it_back_on_sale(
    product: Product, adam: User
) -> None:
    def take_off() -> None:
        take_off_sale(product.pk, adam)
        assert not stands(product)[1]

    assert save_without_the_lock(describing(product, adam), LOOKED_THROUGH, take_off) == 302
    assert stands(product) == ("Another sentence.", True)
