"""Controls: with the gate's call taken out of a service and the guards dropped, both watchers
report it; and each question of the audit can be answered badly."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from pharmacy.simulation.audit import Auditor, Connection
from pharmacy.simulation.control import PERMIT_GUARDS, gate_taken_out
from pharmacy.simulation.replay import DECISIONS, NOBODY, disagreement
from rems.models import Patient
from tests import builders as b
from tests import cast
from tests.concurrency.race import without
from tests.orders import steps as by_hand
from tests.proof.machine import PharmacyMachine

pytestmark = pytest.mark.short_proof

FEW = settings(
    max_examples=5,
    stateful_step_count=16,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)


def test_control_without_the_gate_the_notebook_objects(
    machine: type[PharmacyMachine], superuser_connection: Connection
) -> None:
    machine.audits = False
    with (
        without(superuser_connection, triggers=" ".join(PERMIT_GUARDS)),
        gate_taken_out(),
        pytest.raises(AssertionError, match=r"the service says \[\], the notebook \['R"),
    ):
        run_state_machine_as_test(machine, settings=FEW)


def test_control_without_the_gate_the_audit_objects(
    machine: type[PharmacyMachine], superuser_connection: Connection
) -> None:
    machine.compares = False
    with (
        without(superuser_connection, triggers=" ".join(PERMIT_GUARDS)),
        gate_taken_out(),
        pytest.raises(AssertionError, match="a gated event without its own permit"),
    ):
        run_state_machine_as_test(machine, settings=FEW)


@pytest.mark.django_db(transaction=True)
def test_control_a_parcel_that_leaves_after_a_positive_test_is_found(
    superuser_connection: Connection,
) -> None:
    ana = cast.ana()
    order = by_hand.dispensed(ana)
    b.a_positive_test(ana.patient)
    with without(superuser_connection, triggers=" ".join(PERMIT_GUARDS)):
        with gate_taken_out():
            assert by_hand.ship(order).is_done
        found = Auditor(superuser_connection).violations()
    assert {name: len(rows) for name, rows in found.items()} == {
        "a gated event without its own permit": 1,
        "capsules dispensed or released in spite of": 2,  # the test and its hold
    }


TAMPERINGS = {
    "an order's status is not its last event's": ("UPDATE orders_order SET status = 'placed'", ""),
    "a gated event without its own permit": (
        "UPDATE rems_decisionrecord SET transaction_id = 1 WHERE gate = 'approve'",
        "",
    ),
    "a permit for two events": (
        "INSERT INTO orders_orderevent SELECT (jsonb_populate_record(e, jsonb_build_object("
        "'id', gen_random_uuid(), 'seq', 9, 'attestation_id', NULL, 'to_status', 'on_hold', "
        "'from_status', 'dispensed'))).* FROM orders_orderevent e WHERE to_status = 'dispensed'",
        "orders_orderevent.orders_orderevent_decision_id_key",
    ),
    "a number used twice": (
        "UPDATE rems_authorization SET number = 'A1'",
        "rems_authorization.rems_authorization_number_one_prescription",
    ),
    "stock below zero": (
        "UPDATE catalog_lot SET quantity_on_hand = -1",
        "catalog_lot.catalog_lot_quantity_not_negative",
    ),
    "capsules dispensed or released in spite of": (
        "UPDATE rems_pregnancytest SET result = 'pos'",
        "",
    ),
    "a patient enrolled twice": ("DELETE FROM rems_enrollmentend", ""),
    "a row without a seal": ("DELETE FROM rems_seal WHERE \"table\" = 'rems_supply'", ""),
}


@pytest.mark.django_db(transaction=True)
def test_every_question_of_the_audit_has_its_control(superuser_connection: Connection) -> None:
    assert set(TAMPERINGS) == set(Auditor(superuser_connection).questions)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("question", TAMPERINGS)
def test_control_the_audit_finds(question: str, superuser_connection: Connection) -> None:
    ana = cast.ana()
    by_hand.dispensed(ana)
    _has_more(ana.patient)
    auditor = Auditor(superuser_connection)
    assert auditor.violations() == {}
    sql, constraint = TAMPERINGS[question]
    with without(superuser_connection, constraints=constraint):
        with superuser_connection.transaction():
            superuser_connection.execute("SET LOCAL session_replication_role = replica")
            superuser_connection.execute(sql)
        assert question in auditor.violations()


def _has_more(patient: Patient) -> None:
    """A second form, and a second prescription with its number."""
    b.enroll(patient)
    b.authorize(b.a_prescription(patient))


@pytest.mark.django_db(transaction=True)
def test_control_a_record_whose_facts_were_changed_does_not_replay(
    superuser_connection: Connection,
) -> None:
    by_hand.dispensed(cast.ana())
    for record in superuser_connection.execute(DECISIONS, [NOBODY]).fetchall():
        assert disagreement(*record) == ""
        *head, facts, findings, advisories, program = record
        facts["facts"]["prescriber_certified"] = False
        assert disagreement(*head, facts, findings, advisories, program)
