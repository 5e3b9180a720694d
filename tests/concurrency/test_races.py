"""Invariant 3: whatever arrives together is as if one had come first. Each with its control.

The first comer is stopped inside its transaction; the second then tries. With the locks it waits,
and judges what the first left behind. The control takes the locks (and, where the database would
still refuse, its guards) away and shows the very outcome that must not be.
"""

from collections.abc import Callable
from typing import Any

import pytest

from orders.models import Dispense
from rems.errors import DomainError
from rems.models import (
    Confirmation,
    Hold,
    PregnancyTest,
)
from rems.services.corrections import correct_evidence
from tests import builders as b
from tests.cast import pat
from tests.concurrency.race import (
    Connection,
    without,
)
from tests.concurrency.work import (
    EVIDENCE_IS_WRITTEN,
    LINKS_APART,
    LINKS_FOLLOW,
    STEP_HAS_LOCKS,
    STEP_KNOWS_THE_FACTS,
    Race,
    Work,
    ana_s_order,
    approving,
    correcting_a_test_to_positive,
    decided_at,
    dispensing,
    recording_a_positive_test,
    reporting_bleeding,
    shipping,
    status,
    was_ignored,
)
from tests.guards.life import Fill, a_placed_order
from tests.guards.raw import copy_of, insert, seal

pytestmark = pytest.mark.django_db(transaction=True)


# Evidence against a step ------------------------------------------------------------------------

AGAINST = {
    "a positive test against an approval": (
        "placed",
        recording_a_positive_test,
        approving,
        "approve",
        PregnancyTest.objects.filter(result="pos"),
    ),
    "a hold against a dispense": (
        "approved",
        reporting_bleeding,
        dispensing,
        "dispense",
        Hold.objects,
    ),
    "a test superseded by a positive one against a dispense": (
        "approved",
        correcting_a_test_to_positive,
        dispensing,
        "dispense",
        PregnancyTest.objects.filter(supersedes__isnull=False),
    ),
    "a hold against a shipment": (
        "dispensed",
        reporting_bleeding,
        shipping,
        "release",
        Hold.objects,
    ),
}
each_race = pytest.mark.parametrize(
    ("before", "evidence", "step", "gate", "rows"), AGAINST.values(), ids=AGAINST.keys()
)


@each_race
def test_evidence_that_comes_first_stops_the_step(
    before: str, evidence: Any, step: Any, gate: str, rows: Any, race: Race
) -> None:
    fill = ana_s_order(before)
    recorded, result = race.run(evidence(fill), EVIDENCE_IS_WRITTEN, step(fill))
    assert not isinstance(recorded, DomainError)
    assert not result.is_done
    assert result.decision.findings
    assert status(fill) == before
    assert rows.get().recorded_at < decided_at(fill, gate)


@each_race
def test_evidence_that_comes_second_waits_until_the_step_is_taken(
    before: str, evidence: Any, step: Any, gate: str, rows: Any, race: Race
) -> None:
    fill = ana_s_order(before)
    result, recorded = race.run(step(fill), STEP_KNOWS_THE_FACTS, evidence(fill))
    assert result.is_done
    assert not isinstance(recorded, DomainError)
    assert not was_ignored(rows.get(), fill, gate)


@each_race
def test_control_without_locks_and_seals_evidence_that_came_first_is_ignored(
    before: str,
    evidence: Any,
    step: Any,
    gate: str,
    rows: Any,
    race: Race,
    superuser_connection: Connection,
) -> None:
    fill = ana_s_order(before)
    with without(superuser_connection, triggers=LINKS_FOLLOW, constraints=LINKS_APART):
        _, result = race.run_unlocked(
            evidence(fill), EVIDENCE_IS_WRITTEN, step(fill), STEP_KNOWS_THE_FACTS
        )
        assert result.is_done
        assert was_ignored(rows.get(), fill, gate)


def raw_positive_test(fill: Fill, app: Connection, sealed: bool = True) -> Work:
    """A bare INSERT, as the application's role, that knows nothing of locks."""
    values = copy_of(PregnancyTest.objects.all()[0], result="pos", attestation_id=None)
    del values["recorded_at"], values["transaction_id"]

    def work() -> None:
        with app.transaction():
            insert(app, "rems_pregnancytest", values)
            if sealed:
                seal(app, fill.order.patient_id, "rems_pregnancytest", values["id"])

    return work


def test_even_a_raw_insert_waits_for_a_decision_and_is_dated_after_it(
    race: Race, app_connection: Callable[..., Connection]
) -> None:
    fill = ana_s_order()
    raw = raw_positive_test(fill, app_connection(autocommit=True))
    result, _ = race.run(approving(fill), STEP_HAS_LOCKS, raw)
    assert result.is_done
    assert not was_ignored(PregnancyTest.objects.get(result="pos"), fill, "approve")


WAITS_AND_IS_SEALED = (
    "rems_pregnancytest.rems_pregnancytest_evidence rems_pregnancytest.rems_pregnancytest_sealed"
)


def test_control_without_its_guard_a_raw_insert_is_dated_before_the_decision_that_missed_it(
    race: Race, app_connection: Callable[..., Connection], superuser_connection: Connection
) -> None:
    """It waits even so, at its foreign key: but it has its date already."""
    fill = ana_s_order()
    raw = raw_positive_test(fill, app_connection(autocommit=True), sealed=False)
    with without(superuser_connection, triggers=WAITS_AND_IS_SEALED):
        result, _ = race.run(approving(fill), STEP_HAS_LOCKS, raw)
        assert result.is_done
        assert was_ignored(PregnancyTest.objects.get(result="pos"), fill, "approve")


# A confirmation taken back against a dispense -----------------------------------------------------


def retracting_the_confirmation(fill: Fill) -> Work:
    row = Confirmation.objects.get(prescription_id=fill.order.prescription_id)
    signature = b.sign(pat().user, "pharmacist", "Entered in error.")
    return lambda: correct_evidence(
        row=row, replacement=None, reason="Wrong fill", actor=pat().user, signature=signature
    )


def test_a_confirmation_that_was_just_taken_back_stops_the_dispense(race: Race) -> None:
    fill = a_placed_order().to("approved")
    _, result = race.run(retracting_the_confirmation(fill), EVIDENCE_IS_WRITTEN, dispensing(fill))
    assert not result.is_done
    assert not Dispense.objects.exists()


NUMBERS_GUARD = "orders_dispense.orders_dispense_guard"


def test_control_without_lock_and_guard_capsules_go_out_on_a_number_taken_back(
    race: Race, superuser_connection: Connection
) -> None:
    fill = a_placed_order().to("approved")
    triggers = f"{NUMBERS_GUARD} {LINKS_FOLLOW}"
    with without(superuser_connection, triggers=triggers, constraints=LINKS_APART):
        _, result = race.run_unlocked(
            retracting_the_confirmation(fill),
            EVIDENCE_IS_WRITTEN,
            dispensing(fill),
            STEP_KNOWS_THE_FACTS,
        )
        assert result.is_done
        assert Confirmation.objects.filter(retracts=True).exists()
