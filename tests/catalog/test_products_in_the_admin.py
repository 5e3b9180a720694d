"""A product's page in the admin site saves what was typed, and no more: a page that was drawn before
something was taken off sale does not put it back."""

from decimal import Decimal

import pytest
from django.test import Client

from catalog.models import Package, Product

from .browsing import drawn


def address(product: Product) -> str:
    return f"/admin/catalog/product/{product.pk}/change/"


def test_a_page_drawn_before_a_package_was_taken_off_sale_does_not_put_it_back(
    adam: Client, pomalidomide: Product
) -> None:
    page = drawn(adam, address(pomalidomide))
    Package.objects.update(on_sale=False, price=Decimal("99.00"))
    typed = {"summary": "Another sentence.", "packages-0-container": "box"}
    assert adam.post(address(pomalidomide), {**page, **typed}).status_code == 302
    assert Product.objects.get().summary == "Another sentence."
    package = Package.objects.get()
    assert (package.container, package.on_sale, package.price.amount) == ("box", False, 99)
    assert not package.history.latest().on_sale


def test_a_page_drawn_before_the_program_was_changed_does_not_bring_the_old_one_back(
    adam: Client, pomalidomide: Product
) -> None:
    page = drawn(adam, address(pomalidomide))
    Product.objects.update(on_sale=False, program_code="LENALIDOMIDE")
    sent = {**page, "summary": "Another sentence."}
    assert adam.post(address(pomalidomide), sent).status_code == 302
    product = Product.objects.get()
    assert (product.summary, product.program_code) == ("Another sentence.", "LENALIDOMIDE")
    assert not product.on_sale
    assert not product.history.latest().on_sale


@pytest.mark.parametrize("of", ["initial-packages-0-on_sale", "initial-program_code"])
def test_a_page_that_does_not_tell_what_it_was_drawn_with_is_refused(
    adam: Client, pomalidomide: Product, of: str
) -> None:
    page = drawn(adam, address(pomalidomide))
    del page[of]
    Package.objects.update(on_sale=False)
    answer = adam.post(address(pomalidomide), {**page, "summary": "Another sentence."})
    assert answer.status_code == 200
    assert "This page is from an older version. Open it again." in answer.content.decode()
    assert Product.objects.get().summary == pomalidomide.summary
    assert not Package.objects.get().on_sale


def test_adam_takes_a_package_off_sale_and_puts_it_back(
    adam: Client, pomalidomide: Product
) -> None:
    page = drawn(adam, address(pomalidomide))
    del page["packages-0-on_sale"]
    assert adam.post(address(pomalidomide), page).status_code == 302
    assert not Package.objects.get().on_sale
    again = {**drawn(adam, address(pomalidomide)), "packages-0-on_sale": "on"}
    sent = {**again, "packages-0-price_0": "7.50"}
    assert adam.post(address(pomalidomide), sent).status_code == 302
    package = Package.objects.get()
    assert (package.on_sale, package.price.amount) == (True, Decimal("7.50"))


def test_adam_adds_a_package(adam: Client, pomalidomide: Product) -> None:
    page = drawn(adam, address(pomalidomide))
    empty = "packages-__prefix__-"
    new = {
        name.replace(empty, "packages-1-"): value for name, value in page.items() if empty in name
    }
    typed = {
        "packages-TOTAL_FORMS": "2",
        "packages-1-ndc_printed": "60505-4503-1",
        "packages-1-capsules": "28",
        "packages-1-container": "bottle",
        "packages-1-price_0": "12.00",
    }
    assert adam.post(address(pomalidomide), {**page, **new, **typed}).status_code == 302
    package = Package.objects.get(ndc_printed="60505-4503-1")
    assert (package.product, package.capsules, package.on_sale) == (pomalidomide, 28, True)
