"""Putting a product on sale, and taking it off."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import User
from catalog.errors import CannotSell
from catalog.models import LabelVersion, Product
from catalog.programs import is_known_program
from catalog.selectors import label_in_force, program_contact


@transaction.atomic
def put_on_sale(product_id: UUID, actor: User) -> Product:
    """Put a product on sale. Raises PermissionDenied or CannotSell; then nothing changed."""
    _require_seller(actor)
    product = Product.objects.select_for_update().get(pk=product_id)
    require_sellable(product)
    return _set_on_sale(product, True)


@transaction.atomic
def take_off_sale(product_id: UUID, actor: User) -> Product:
    """Take a product off sale; its page disappears. Raises PermissionDenied."""
    _require_seller(actor)
    return _set_on_sale(Product.objects.select_for_update().get(pk=product_id), False)


def require_sellable(product: Product) -> None:
    """Raise CannotSell, naming what is missing, unless the product may be on sale."""
    if not is_known_program(product.program_code):
        raise CannotSell("There are no rules for this product's safety program.")
    if program_contact(product.program_code) is None:
        raise CannotSell("The safety program has no phone number on file.")
    if not product.packages.filter(on_sale=True).exists():
        raise CannotSell("The product has no package on sale.")
    try:
        label_in_force(product)
    except LabelVersion.DoesNotExist as error:
        raise CannotSell("The product has no published label in force.") from error


def _require_seller(actor: User) -> None:
    if not actor.has_perm("catalog.change_product"):
        raise PermissionDenied("You may not put products on sale or take them off.")


def _set_on_sale(product: Product, on_sale: bool) -> Product:
    product.on_sale = on_sale
    product.save(update_fields=["on_sale"])
    return product
