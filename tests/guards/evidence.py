"""Evidence by raw SQL as the application's role: signed and sealed as it should be, but for lies."""

from typing import Any

from uuid6 import uuid7

from rems.models import Attestation, Enrollment, Evidence, Supply
from tests.guards.life import stamped_models
from tests.guards.raw import Connection, columns_of, copy_of, insert, insert_like, seal

EVIDENCE: list[type[Evidence]] = [m for m in stamped_models() if issubclass(m, Evidence)]


def table_of(model: type[Evidence]) -> str:
    return model._meta.db_table


def a_row(model: type[Evidence]) -> Evidence:
    """A row of the table that nothing supersedes."""
    return model._default_manager.filter(superseded_by__isnull=True).order_by("pk")[0]


def correction_of(row: Evidence, **lies: Any) -> dict[str, Any]:
    """The columns of a right correction of the row: no unique column is in its way."""
    values = copy_of(
        row,
        supersedes_id=row.pk,
        correction_reason="Misread",
        retracts=False,
        attestation_id=None,
    )
    if isinstance(row, Enrollment):
        values["number"] = row.number + 100
    if isinstance(row, Supply) and row.order_id:
        values["order_id"] = uuid7()
    return values | lies


def write(app: Connection, row: Evidence, sealed: bool = True, **lies: Any) -> Any:
    """Insert a right correction of the row, with its own signature if the row had one; its key."""
    values = correction_of(row, **lies)
    table, subject = row._meta.db_table, values[row.subject_field() + "_id"]
    if row.attestation_id is not None and "attestation_id" not in lies:
        values["attestation_id"] = sign(app, row, values["id"], subject_id=subject)
        seal(app, subject, "rems_attestation", values["attestation_id"])
    insert(app, table, values)
    if sealed:
        seal(app, subject, table, values["id"])
    return values["id"]


def sign(app: Connection, row: Evidence, row_id: Any, **lies: Any) -> Any:
    """Somebody's signature under the row of that key; its own key."""
    template = row.attestation or Attestation.objects.order_by("pk")[0]
    values = {
        "signed_table": row._meta.db_table,
        "signed_row": row_id,
        "subject_id": row.subject_id,
        "reauthenticated_at": "2020-01-01T00:00:00Z",
    }
    return insert_like(app, template, **(values | lies))


def now_in(model: type[Evidence], row_id: Any) -> dict[str, Any]:
    """The row's columns as they were committed."""
    return columns_of(model._default_manager.get(pk=row_id))
