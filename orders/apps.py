"""The app that carries an order from checkout to the parcel."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """From checkout through the pharmacist's approval to the parcel."""

    name = "orders"

    def ready(self) -> None:
        """Tell the program which prescriptions still wait for a fill: only orders know that."""
        from orders.selectors import without_order
        from rems.selectors import register_open_prescriptions

        register_open_prescriptions(without_order)
