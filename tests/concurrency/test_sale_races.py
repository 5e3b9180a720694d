"""A product that is taken off sale during a checkout is not ordered, or was before. With controls."""

from typing import Any

import pytest

from accounts.models import User
from accounts.roles import Role
from catalog.models import Product
from catalog.services import take_off_sale
from orders.models import Order
from rems.errors import GuardRefused
from tests import builders as b
from tests.cast import carl
from tests.concurrency.race import Connection, without
from tests.concurrency.work import (
    CHECKOUT_KNOWS_THE_FACTS,
    Race,
    Work,
    checking_out,
    while_it_waits,
)

pytestmark = pytest.mark.django_db(transaction=True)

IS_OFF_SALE = "catalog.services.selling._set_on_sale"
ORDER_IS_WRITTEN = "orders.services.placing.seal"
THE_GUARD = "orders_order.orders_order_on_sale"


def taking_off_sale() -> Work:
    """Edna takes the product off sale."""
    edna: User = b.a_user(Role.EDITOR, "Edna Marsh")
    product = b.the_store().product.pk
    return lambda: take_off_sale(product, edna)


def is_on_sale() -> bool:
    return Product.objects.get(pk=b.the_store().product.pk).on_sale


def test_a_product_that_is_just_going_off_sale_is_not_ordered(race: Race) -> None:
    _, result = race.run(taking_off_sale(), IS_OFF_SALE, checking_out(carl()))
    assert isinstance(result, GuardRefused)
    assert str(result) == "This package is not on sale."
    assert not Order.objects.exists()


def test_a_product_goes_off_sale_after_the_checkout_that_is_under_way(race: Race) -> None:
    result, _ = race.run(checking_out(carl()), ORDER_IS_WRITTEN, taking_off_sale())
    assert result.is_done
    assert not is_on_sale()


def off_sale_while_the_checkout_waits(observer: Connection) -> Any:
    """The checkout read that the product is on sale, and waits for Carl's record."""
    cleared = carl()
    return while_it_waits(observer, cleared.patient.pk, checking_out(cleared), taking_off_sale())


def test_a_product_that_went_off_sale_while_the_checkout_waited_is_not_ordered(
    superuser_connection: Connection,
) -> None:
    result = off_sale_while_the_checkout_waits(superuser_connection)
    assert isinstance(result, GuardRefused)
    assert not Order.objects.exists()


def test_control_without_the_guard_what_went_off_sale_meanwhile_is_ordered(
    superuser_connection: Connection,
) -> None:
    with without(superuser_connection, triggers=THE_GUARD):
        result = off_sale_while_the_checkout_waits(superuser_connection)
        assert result.is_done
        assert not is_on_sale()


def test_control_without_the_guard_what_is_just_going_off_sale_is_ordered(
    race: Race, superuser_connection: Connection
) -> None:
    with without(superuser_connection, triggers=THE_GUARD):
        _, result = race.run_unlocked(
            taking_off_sale(), IS_OFF_SALE, checking_out(carl()), CHECKOUT_KNOWS_THE_FACTS
        )
        assert result.is_done
        assert not is_on_sale()
