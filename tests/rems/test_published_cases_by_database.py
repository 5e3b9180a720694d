"""The published cases through the database: rows in, the loader, the decision; the same answers."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection

from rems import core
from tests.core.test_published_cases import CASES
from tests.database import erase_rows
from tests.rems.case_rows import CaseRows

GATES = (core.Gate.CHECKOUT, core.Gate.APPROVE, core.Gate.DISPENSE)


@pytest.fixture(scope="module")
def rows(
    django_db_setup: None, django_db_blocker: Any, superuser_url: str
) -> Iterator[dict[str, CaseRows]]:
    """Every case's rows, written once; the tests only read."""
    with psycopg.connect(superuser_url) as intruder:
        intruder.execute("SET session_replication_role = replica")
        with django_db_blocker.unblock():
            written = {case["id"]: CaseRows(intruder, case) for case in CASES}
            intruder.commit()
            yield written
            connection.close()
    erase_rows(superuser_url)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['id']}: {case['note']}")
def test_a_published_case_is_answered_as_published_from_its_rows(
    case: dict[str, Any], rows: dict[str, CaseRows]
) -> None:
    case_rows = rows[case["id"]]
    loaded = case_rows.load()
    decisions = core.decide_all(loaded.facts, loaded.program, case_rows.at)

    outcome = "".join("Y" if decisions[gate].is_permit else "N" for gate in GATES)
    denied = list(decisions[core.Gate.DISPENSE].denying_rules)
    assert (outcome, denied) == (case["expect"], case["deny"])
    told = core.answer_case(
        core.replayable_case(loaded.facts, case_rows.at, loaded.program) | {"id": "1"}
    )
    assert told["permitted_until"] == core.answer_case(case)["permitted_until"]
    assert told["advisories"] == core.answer_case(case)["advisories"]
