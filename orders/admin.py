"""Orders and what happened to them, to look at: everything changes through the services alone."""

from django.contrib import admin

from accounts.admin import ShownOnly
from orders.models import Order, OrderEvent


@admin.register(Order)
class OrderAdmin(ShownOnly[Order]):
    """Orders, without the patients' names in the list."""

    list_display = ("number", "status", "package", "mode", "price")
    list_select_related = ("package__product",)
    list_filter = ("status", "mode")
    search_fields = ("number",)


@admin.register(OrderEvent)
class OrderEventAdmin(ShownOnly[OrderEvent]):
    """The steps of all orders."""

    list_display = ("order", "seq", "from_status", "to_status", "actor", "recorded_at")
    list_select_related = ("order", "actor")
    list_filter = ("to_status",)
