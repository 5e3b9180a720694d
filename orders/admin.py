"""Orders and what happened to them, to look at: everything changes through the services alone."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from orders.models import Order, OrderEvent


class ReadOnlyAdmin(admin.ModelAdmin[Any]):
    """Shown to who may view it; added, changed and deleted by nobody."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin):
    """Orders, without the patients' names in the list."""

    list_display = ("number", "status", "package", "mode", "price")
    list_select_related = ("package__product",)
    list_filter = ("status", "mode")
    search_fields = ("number",)


@admin.register(OrderEvent)
class OrderEventAdmin(ReadOnlyAdmin):
    """The steps of all orders."""

    list_display = ("order", "seq", "from_status", "to_status", "actor", "recorded_at")
    list_select_related = ("order", "actor")
    list_filter = ("to_status",)
