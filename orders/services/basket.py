"""What a reader means to order. Nothing is promised and nothing is decided here."""

from uuid import UUID

from accounts.models import User
from catalog.models import Package
from orders.models import Basket
from orders.selectors import package_on_sale
from orders.services.steps import require
from rems.errors import DomainError
from rems.transactions import mutation


def choose_package(*, package_id: UUID, actor: User) -> Basket:
    """Put one package into the basket, in place of what was there.

    Raises NotAllowed for somebody who does not order, DomainError for a package not on sale.
    """
    require(actor, "orders.place_order")
    try:
        package = package_on_sale(package_id)
    except Package.DoesNotExist:
        raise DomainError("This package is not on sale.") from None
    with mutation():
        # Two clicks at once leave one basket.
        basket, _ = Basket.objects.update_or_create(
            user=actor, defaults={"package": package, "patient": None, "prescription": None}
        )
        return basket
