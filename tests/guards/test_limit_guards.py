"""Invariants 1, 2 and 11: the program's versions and their sign-offs, round the ORM."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from uuid6 import uuid7

from rems.models import LimitSignOff, ProgramVersion
from tests import builders as b
from tests.guards.raw import CHECK, UNIQUE, Connection, copy_of, insert, insert_like, refused, seal
from tests.store import a_new_version, a_sign_off

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def app(app_connection: Callable[..., Connection]) -> Connection:
    return app_connection(autocommit=True)


def write(
    app: Connection, row: Any, *, sealed: bool = True, lie: Any = None, **changes: Any
) -> Any:
    """A copy of the row, signed and sealed as a service would, but for the lies; its key.

    `lie` are columns of the signature.
    """
    values = copy_of(row, **changes)
    table, subject = row._meta.db_table, values.get("program_version_id", values["id"])
    if "attestation_id" not in changes:
        signature = {"signed_table": table, "signed_row": values["id"], "subject_id": subject}
        signature["reauthenticated_at"] = b.ago(seconds=1)
        values["attestation_id"] = insert_like(app, row.attestation, **(signature | (lie or {})))
        seal(app, subject, "rems_attestation", values["attestation_id"])
    insert(app, table, values)
    if sealed:
        seal(app, subject, table, values["id"])
    return values["id"]


def next_version(app: Connection, **lies: Any) -> Any:
    last = ProgramVersion.objects.select_related("attestation").order_by("-number")[0]
    values = {"number": last.number + 1, "in_force_from": b.now() + timedelta(days=9)}
    return write(app, last, **(values | lies))


def test_a_signed_and_sealed_version_goes_through_and_a_doubtful_one_does_not(
    app: Connection,
) -> None:
    b.the_store()
    old = a_new_version({"max_days_left": 5}).attestation_id
    refusals: dict[str, dict[str, Any]] = {
        "rems_programversion_has_signature": {"attestation_id": None},
        "rems_programversion_begins_later": {"in_force_from": b.ago(seconds=1)},
        "rems_programversion_change_has_reason": {"change_reason": ""},
        "rems_programversion_sealed": {"sealed": False},
    }
    for guard, lie in refusals.items():
        with refused(app, CHECK, guard):
            next_version(app, **lie)
    for lie in (
        {"attestation_id": old},
        {"lie": {"signed_row": uuid7()}},
        {"lie": {"signed_table": "rems_limitsignoff"}},
        {"lie": {"subject_id": ProgramVersion.objects.get(number=1).pk}},
    ):
        with refused(app, CHECK, "rems_programversion_signature_is_its_own"):
            next_version(app, **lie)
    assert ProgramVersion.objects.count() == 2
    with app.transaction():
        next_version(app)
    assert ProgramVersion.objects.count() == 3


def test_a_sign_off_is_of_a_limit_as_it_stands_and_of_nothing_else(app: Connection) -> None:
    b.the_store()
    row = a_sign_off("max_days_left")
    survey = {"key": "survey_life", "value": 30, "unit": "days", "confidence": "C"}
    whole = next(
        {k: v for k, v in x.items() if k != "verified_by"}
        for x in row.program_version.data["limits"]
        if x["key"] == "survey_life"
    )

    def signed(limit: dict[str, Any], key: str = "survey_life", **lies: Any) -> Any:
        return write(app, row, limit_key=key, limit=json.dumps(limit), **lies)

    for limit, key in (
        ({**whole, "value": 31}, "survey_life"),
        ({**whole, "source": "S4"}, "survey_life"),
        (whole, "max_refills"),
        (survey, "survey_life"),
        ({}, "survey_life"),
        ({**row.limit, "value": 8}, "max_days_left"),
    ):
        with refused(app, CHECK, "rems_limitsignoff_limit_of_version"):
            signed(limit, key)
    with refused(app, CHECK, "rems_limitsignoff_names_document"):
        signed(whole, seen_in="")
    with refused(app, CHECK, "rems_limitsignoff_sealed"):
        signed(whole, sealed=False)
    for other in (row.attestation_id, None):
        with refused(app, CHECK, "rems_limitsignoff_signature_is_its_own"):
            signed(whole, attestation_id=other)
    with refused(app, UNIQUE, "rems_limitsignoff_once"):
        signed(row.limit, "max_days_left")
    assert LimitSignOff.objects.count() == 1
    with app.transaction():
        signed(whole)
    assert LimitSignOff.objects.count() == 2
