"""docs/guards.md names every guard that the database has, and no other; each is tried somewhere."""

import re
from pathlib import Path

import pytest

from pharmacy import guards
from tests.guards.raw import Connection

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs/guards.md"
ROOMS = "^(accounts|catalog|rems|orders)_"
# Histories only repeat what passed the guards of the table itself.
HISTORY = "^catalog_historical"
LITERAL = re.compile(r"'((?:accounts|catalog|rems|orders)_[a-z0-9_]+)'")
SUFFIX = re.compile(r"TG_TABLE_NAME \|\| '(_[a-z_]+)'", re.IGNORECASE)
LINE = re.compile(r"^\| `([a-z0-9_]+)` \| \S.* \| (\d+(, \d+)*|-) \|$")

pytestmark = pytest.mark.django_db(transaction=True)


def constraints(connection: Connection) -> set[str]:
    """CHECK, UNIQUE and EXCLUDE, those that PostgreSQL keeps as a bare unique index too."""
    rows = connection.execute(
        "SELECT conname FROM pg_constraint JOIN pg_class c ON c.oid = conrelid "
        "WHERE contype IN ('c', 'u', 'x') AND relname ~ %(rooms)s AND relname !~ %(history)s "
        "UNION SELECT i.relname FROM pg_index JOIN pg_class c ON c.oid = indrelid "
        "JOIN pg_class i ON i.oid = indexrelid WHERE indisunique AND NOT indisprimary "
        "AND c.relname ~ %(rooms)s AND c.relname !~ %(history)s",
        {"rooms": ROOMS, "history": HISTORY},
    ).fetchall()
    # Unique memberships of users in groups are Django's own, with a hash in the name.
    return {str(row[0]) for row in rows if not str(row[0]).endswith("_uniq")}


def spoken_by_triggers(connection: Connection) -> set[str]:
    """The names that the guard functions raise, for each table that they stand on."""
    rows = connection.execute(
        "SELECT c.relname, p.prosrc FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
        "JOIN pg_proc p ON p.oid = t.tgfoid WHERE NOT t.tgisinternal AND c.relname ~ %s",
        [ROOMS],
    ).fetchall()
    tables = {
        str(row[0])
        for row in connection.execute("SELECT relname FROM pg_class WHERE relkind = 'r'").fetchall()
    }
    names = {f"{table}{suffix}" for table, body in rows for suffix in SUFFIX.findall(body)}
    return names | {name for _, body in rows for name in LITERAL.findall(body)} - tables


def documented() -> list[str]:
    lines = [x for x in DOCUMENT.read_text(encoding="utf-8").splitlines() if x.startswith("| `")]
    malformed = [line for line in lines if not LINE.match(line)]
    assert malformed == []
    return [line.split("`")[1] for line in lines]


def test_the_page_of_guards_and_the_database_agree(superuser_connection: Connection) -> None:
    there = constraints(superuser_connection) | spoken_by_triggers(superuser_connection)
    written = documented()
    assert sorted(there - set(written)) == [], "not in docs/guards.md"
    assert sorted(set(written) - there) == [], "in docs/guards.md, but not in the database"
    assert len(written) == len(set(written)), "named twice"


def test_the_comparison_notices_a_guard_that_is_gone_and_one_that_is_new(
    superuser_connection: Connection,
) -> None:
    before = constraints(superuser_connection) | spoken_by_triggers(superuser_connection)
    with superuser_connection.transaction(force_rollback=True):
        superuser_connection.execute(
            "ALTER TABLE orders_order DROP CONSTRAINT orders_order_no_refills"
        )
        superuser_connection.execute("DROP TRIGGER orders_release_guard ON orders_release")
        superuser_connection.execute(
            "ALTER TABLE orders_order ADD CONSTRAINT orders_new CHECK (true)"
        )
        now = constraints(superuser_connection) | spoken_by_triggers(superuser_connection)
    gone = {
        "orders_order_no_refills",
        "orders_release_needs_permit",
        "orders_release_mode_as_ordered",
    }
    assert before ^ now == gone | {"orders_new"}


def test_the_list_that_the_health_page_compares_with_is_this_database_s() -> None:
    assert guards.recorded() == guards.installed(), "run `manage.py record_guards`"


# Families that the tests try table by table, and names that another guard always precedes.
TRIED_BY_TABLE = re.compile(
    r"_(append_only|no_delete|sealed|same_patient|signature_is_its_own|not_in_future"
    r"|correction_has_reason|supersedes_id_key|revision_check|number_plain|number_present"
    r"|number_one_prescription|number_not_renewed|signed|interval_forward)$|^orders_dispense_[a-z]+_id_key$"
)
NEVER_FIRST = {
    # Another CHECK refuses the same; the one whose name sorts first speaks.
    "catalog_package_holds_capsules",
    "catalog_package_days_supply_max_check",
    "catalog_labelversion_status_known",
    "catalog_review_rating_check",
    # The guard of a step asks before the row is checked.
    "orders_dispense_days_supply_check",
    "orders_dispense_quantity_check",
    "orders_order_days_supply_cap_check",
    "orders_order_days_supply_check",
    "orders_order_quantity_check",
    "orders_order_refills_check",
    "orders_orderevent_seq_check",
    "orders_orderevent_seq_unique",
    "rems_programversion_number_check",
    "rems_seal_seq_check",
    "rems_supply_source_known",
}


def test_every_guard_is_tried_by_a_test() -> None:
    folders = ("guards", "catalog", "concurrency", "orders", "rems", "accounts")
    text = "\n".join(
        path.read_text(encoding="utf-8")
        for folder in folders
        for path in (ROOT / "tests" / folder).rglob("test_*.py")
    )
    untried = [
        name
        for name in documented()
        if name not in text and not TRIED_BY_TABLE.search(name) and name not in NEVER_FIRST
    ]
    assert untried == []
