"""What the application's role may do with the tables of orders (invariants 2, 5 and 8)."""

from collections.abc import Mapping

_APPEND = "SELECT, INSERT"

GRANTS: Mapping[str, str] = {
    "orders_basket": "SELECT, INSERT, UPDATE, DELETE",
    "orders_order": "SELECT, INSERT, UPDATE (status, revision)",
    "orders_orderevent": _APPEND,
    "orders_dispense": _APPEND,
    "orders_release": _APPEND,
    "orders_transition": "SELECT",
    "orders_document": (
        "SELECT, INSERT, UPDATE (status, progress, lease_until, attempts, file, sha256, failure)"
    ),
}
