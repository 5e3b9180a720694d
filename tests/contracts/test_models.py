"""What the import linter cannot see: foreign keys by name, cascades, grants, migrations."""

from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models
from django.db.migrations.loader import MigrationLoader

from pharmacy.privileges import listed_grants
from rems.models import Anchor, Stamped

ROOMS = ["accounts", "catalog", "rems", "orders"]
# Thrown away with what they hang on: a draft's parts, a basket, memberships. Never evidence.
MAY_CASCADE = {
    "catalog_labelsection",
    "catalog_labelstatement",
    "orders_basket",
    "accounts_user_groups",
    "accounts_user_user_permissions",
}


def our_models() -> list[type[models.Model]]:
    found = apps.get_models(include_auto_created=True)
    return [model for model in found if model._meta.app_label in ROOMS]


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.db_table)
def test_no_foreign_key_points_to_a_higher_room(model: type[models.Model]) -> None:
    height = ROOMS.index(model._meta.app_label)
    for field in model._meta.get_fields():
        if field.concrete and field.is_relation and field.related_model is not None:
            target = field.related_model._meta.app_label
            assert target not in ROOMS[height + 1 :], f"{field} -> {target}"


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.db_table)
def test_nothing_that_proves_anything_goes_with_what_it_hangs_on(
    model: type[models.Model],
) -> None:
    for field in model._meta.concrete_fields:
        if field.remote_field is None or model._meta.db_table in MAY_CASCADE:
            continue
        # Histories keep bare keys, which outlive the row.
        allowed = {models.PROTECT} | ({models.DO_NOTHING} if is_history(model) else set())
        allowed |= {models.SET_NULL} if is_history(model) else set()
        assert field.remote_field.on_delete in allowed, field


def is_history(model: type[models.Model]) -> bool:
    return hasattr(model, "history_id") or model.__name__.startswith("Historical")


def test_what_may_cascade_is_neither_stamped_nor_an_anchor() -> None:
    by_table = {model._meta.db_table: model for model in our_models()}
    assert set(by_table) >= MAY_CASCADE
    for table in MAY_CASCADE:
        assert not issubclass(by_table[table], (Stamped, Anchor))


def test_every_table_is_in_exactly_one_grants_list_and_every_list_names_real_tables() -> None:
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    listed = set(listed_grants())
    assert tables - listed == set()
    assert listed - tables - {"django_migrations"} == set()


def test_what_is_append_only_is_granted_insert_and_select_alone() -> None:
    grants = listed_grants()
    for model in our_models():
        if issubclass(model, Stamped):
            assert grants[model._meta.db_table] == "SELECT, INSERT", model


def test_no_list_lets_the_application_delete_what_must_be_kept() -> None:
    deletable = {table for table, what in listed_grants().items() if "DELETE" in what}
    kept = {model._meta.db_table for model in our_models() if issubclass(model, (Stamped, Anchor))}
    assert deletable & kept == set()
    assert "rems_programversion" not in deletable
    assert "orders_transition" not in deletable


def test_every_key_of_ours_is_a_uuid_but_for_the_listed_few() -> None:
    """The chain of seals is ordered; programs are known by code; moves are a fixed list."""
    others = {
        model._meta.db_table
        for model in our_models()
        if not isinstance(model._meta.pk, models.UUIDField) and not is_history(model)
    }
    assert others == {
        "accounts_user_groups",
        "accounts_user_user_permissions",
        "orders_transition",
        "rems_program",
        "rems_seal",
    }


@pytest.mark.parametrize("room", ROOMS)
def test_the_migrations_of_a_room_stand_in_one_line(room: str) -> None:
    loader = MigrationLoader(None)
    names = sorted(name for app, name in loader.disk_migrations if app == room)
    parents: dict[str, list[str]] = defaultdict(list)
    for name in names:
        for app, parent in loader.disk_migrations[room, name].dependencies:
            if app == room:
                parents[name].append(parent)
    assert [name[:4] for name in names] == [f"{n:04}" for n in range(1, len(names) + 1)]
    assert parents == {later: [earlier] for earlier, later in pairwise(names)}


@pytest.mark.django_db
def test_no_model_is_without_its_migration() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize("room", ROOMS)
def test_every_sql_file_has_its_reverse_beside_it_and_is_run(room: str) -> None:
    folder = Path(apps.get_app_config(room).path)
    files = {path.name for path in (folder / "sql").glob("*.sql")}
    forward = {name for name in files if not name.endswith(".reverse.sql")}
    migrations = "".join(
        path.read_text(encoding="utf-8") for path in (folder / "migrations").glob("*.py")
    )
    assert files == forward | {name.replace(".sql", ".reverse.sql") for name in forward}
    for name in forward:
        assert f'"{name.removesuffix(".sql")}"' in migrations, name
