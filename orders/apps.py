"""The app that carries an order from checkout to the parcel."""

from django.apps import AppConfig
from django.db.models.signals import post_save


class OrdersConfig(AppConfig):
    """From checkout through the pharmacist's approval to the parcel."""

    name = "orders"

    def ready(self) -> None:
        """Tell the program what only orders know: which prescriptions still wait for a fill, which
        supplies left, which orders wait, which lots lie on the shelf. A lot is planned for wherever it
        is saved."""
        from catalog.models import Lot
        from orders.loaders import WAITING_ORDERS, every_lot, load_lots
        from orders.selectors import that_left, without_order
        from orders.services.stock import plan_for_saved_lot
        from rems.core import Kind
        from rems.obligations import register_loader, register_orders
        from rems.selectors import register_open_prescriptions, register_supplies_that_left

        register_open_prescriptions(without_order)
        register_supplies_that_left(that_left)
        register_orders(WAITING_ORDERS)
        register_loader(Kind.LOT_EXPIRING, load_lots, every_lot)
        post_save.connect(plan_for_saved_lot, sender=Lot, dispatch_uid="plan_for_saved_lot")
