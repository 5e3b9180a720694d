"""What the application's database role may do: exactly what the lists of the rooms grant.

Each room may have a module `grants` (`accounts.grants`, `catalog.grants`, `rems.grants`,
`orders.grants`, `pharmacy.grants`) with

    GRANTS: Mapping[str, str] = {"orders_order": "SELECT, INSERT, UPDATE (status, version)", ...}

A table that no list names cannot be read. TRUNCATE, REFERENCES and TRIGGER are never granted.
"""

import importlib
import importlib.util
import re
from collections.abc import Iterator, Mapping

from django.db.backends.base.base import BaseDatabaseWrapper

APP_ROLE = "pharmacy_app"
ROOMS = ("accounts", "catalog", "rems", "orders", "pharmacy")
_COLUMNS = r"( \([a-z0-9_, ]+\))?"
_ALLOWED = re.compile(
    rf"^(SELECT|INSERT|UPDATE|DELETE){_COLUMNS}"
    rf"(, (SELECT|INSERT|UPDATE|DELETE){_COLUMNS})*$"
)


class ForbiddenGrant(Exception):
    """A list asks for a privilege that the application's role must never have."""


def listed_grants() -> dict[str, str]:
    """Every table that a room's list names, with its privileges.

    Raises ForbiddenGrant for a privilege other than SELECT, INSERT, UPDATE and DELETE.
    """
    grants: dict[str, str] = {}
    for room in ROOMS:
        if importlib.util.find_spec(f"{room}.grants") is not None:
            grants |= checked(importlib.import_module(f"{room}.grants").GRANTS)
    return grants


def checked(grants: Mapping[str, str]) -> Mapping[str, str]:
    """The same list. Raises ForbiddenGrant, naming the table, when it asks for too much."""
    for table, privileges in grants.items():
        if not _ALLOWED.match(privileges):
            raise ForbiddenGrant(f"{table}: {privileges!r}")
    return grants


def grant_statements(grants: Mapping[str, str], tables: Iterator[str] | list[str]) -> Iterator[str]:
    """SQL that takes everything away and gives back what the lists say, for tables that exist."""
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, {APP_ROLE}"
    yield f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM PUBLIC, {APP_ROLE}"
    yield f"GRANT USAGE ON SCHEMA public TO {APP_ROLE}"
    for table in tables:
        if table in grants:
            yield f'GRANT {grants[table]} ON "{table}" TO {APP_ROLE}'
    yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {APP_ROLE}"


def apply_grants(owner: BaseDatabaseWrapper) -> list[str]:
    """Give the application's role its privileges; returns the tables that no list names."""
    grants = listed_grants()
    tables = owner.introspection.table_names(include_views=True)
    with owner.cursor() as cursor:
        cursor.execute("\n;".join(grant_statements(grants, tables)))
    return sorted(set(tables) - set(grants))
