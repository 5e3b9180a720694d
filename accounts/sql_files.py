"""SQL kept in files, forward beside reverse, for migrations to run."""

from pathlib import Path

from django.db.migrations.operations import RunSQL


def run_sql_file(migration: str, name: str) -> RunSQL:
    """The operation that runs `<app>/sql/<name>.sql` and, backwards, `<name>.reverse.sql`.

    `migration` is the migration's own `__file__`. Raises FileNotFoundError.
    """
    folder = Path(migration).resolve().parents[1] / "sql"
    return RunSQL(
        sql=(folder / f"{name}.sql").read_text(encoding="utf-8"),
        reverse_sql=(folder / f"{name}.reverse.sql").read_text(encoding="utf-8"),
    )
