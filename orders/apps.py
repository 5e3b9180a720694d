from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """From checkout through the pharmacist's approval to the parcel."""

    name = "orders"
