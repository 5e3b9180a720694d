"""Every room's last migration, backwards and forwards again, on the database around us."""

import sys

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402
from django.db.migrations.loader import MigrationLoader  # noqa: E402

ROOMS = ("orders", "rems", "catalog", "accounts")


def before_last(loader: MigrationLoader, room: str) -> str:
    """The last migration's predecessor in the room, or `zero`."""
    (leaf,) = loader.graph.leaf_nodes(room)
    earlier = [name for app, name in loader.graph.forwards_plan(leaf) if app == room][:-1]
    return earlier[-1] if earlier else "zero"


def main() -> None:
    """Raise what Django raises when a migration has no way back, or not forward again."""
    call_command("setup_database", verbosity=0)
    for room in ROOMS:
        target = before_last(MigrationLoader(connections["owner"]), room)
        call_command("migrate", room, target, database="owner", verbosity=0, interactive=False)
        call_command("setup_database", verbosity=0)
        sys.stdout.write(f"{room}: back to {target} and forward again\n")


main()
