"""Invariant 3: whatever arrives together is as if one had come first. Each with its control.

The first comer is stopped inside its transaction; the second then tries. With the locks it waits,
and judges what the first left behind. The control takes the locks (and, where the database would
still refuse, its guards) away and shows the very outcome that must not be.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import pytest

from catalog.models import Lot
from orders import services as orders
from orders.models import Dispense, Order, OrderEvent
from rems.errors import DomainError, StaleForm
from rems.models import (
    Confirmation,
    DecisionRecord,
    Evidence,
    Hold,
    PregnancyTest,
    PrescriberCertification,
)
from rems.services import changes, credentials, testing
from rems.services.corrections import correct_evidence
from tests import builders as b
from tests.cast import pat, sam
from tests.concurrency.race import (
    Connection,
    noticed,
    stopped_after,
    two_threads,
    wait_until_blocked,
    without,
)
from tests.guards.life import Fill, a_placed_order, stock
from tests.guards.raw import copy_of, insert, seal

pytestmark = pytest.mark.django_db(transaction=True)

EVIDENCE_IS_WRITTEN = "rems.services.recording.seal"
STEP_HAS_LOCKS = "orders.services.steps.lock_for_step"
STEP_KNOWS_THE_FACTS = "orders.services.steps.evaluate"
STEP_IS_WRITTEN = "orders.services.steps.seal"
CHECKOUT_KNOWS_THE_FACTS = "orders.services.placing.evaluate"

Work = Callable[[], Any]


class Race:
    """Sees from outside who waits, and runs two pieces of work in the order that is asked for."""

    def __init__(self, observer: Connection) -> None:
        self.observer = observer

    def run(self, first: Work, stop: str, second: Work) -> tuple[Any, Any]:
        """The first stops at `stop`; the second must then wait for it. What came of each."""
        with two_threads() as start, stopped_after(stop) as gate:
            one = start(first)
            gate.wait_until_reached()
            two = start(second)
            wait_until_blocked(self.observer)
            gate.open()
            return outcome(one), outcome(two)

    def run_unlocked(self, first: Work, stop: str, second: Work, goes_by: str) -> tuple[Any, Any]:
        """The control: no locks are taken, and the second goes by the first unhindered."""
        with no_locks(), two_threads() as start, stopped_after(stop) as gate:
            one = start(first)
            gate.wait_until_reached()
            with noticed(goes_by) as passed:
                two = start(second)
                passed.wait_until_reached()
                gate.open()
                return outcome(one), outcome(two)


@pytest.fixture
def race(superuser_connection: Connection) -> Race:
    return Race(superuser_connection)


@contextmanager
def no_locks() -> Iterator[None]:
    """The order's services take none of their locks, and read the lot like anybody."""
    read_lot = patch("orders.services.steps.lock_lot", lambda pk: Lot.objects.get(pk=pk))
    with patch("orders.locks.take"), read_lot:
        yield


def outcome(future: Any) -> Any:
    """What the work returned, or the domain error that it raised."""
    try:
        return future.result(timeout=30)
    except DomainError as error:
        return error


def approving(fill: Fill, by: Any = None) -> Work:
    step = fill.pharmacist("I approve this order.")
    if by is not None:
        step |= {"actor": by.user, "signature": b.sign(by.user, "pharmacist", "I approve this.")}
    return lambda: orders.approve(**step)


def dispensing(fill: Fill, serial_number: str = "S1") -> Work:
    step, lot = fill.pharmacist("I dispensed this."), fill.lot.pk
    return lambda: orders.dispense(**step, lot_id=lot, serial_number=serial_number)


def shipping(fill: Fill) -> Work:
    step = fill.pharmacist("I release this parcel.")
    return lambda: orders.ship(**step, carrier="UPS", tracking_number="1Z999")


def cancelling(fill: Fill) -> Work:
    step = fill.pharmacist("I cancel this order.")
    return lambda: orders.cancel(**step, reason="Wrong")


def recording_a_positive_test(fill: Fill) -> Work:
    patient, user = fill.cleared.patient, b.prescriber_user(fill.cleared.patient)
    signature = b.sign(user, "prescriber", "I verify this result.")
    return lambda: testing.record_pregnancy_test(
        patient_id=patient.pk, result="pos", detection_limit=25, actor=user, signature=signature
    )


def reporting_bleeding(fill: Fill) -> Work:
    patient, user = fill.cleared.patient, fill.cleared.user
    return lambda: changes.report_change(
        patient_id=patient.pk, change="abnormal_bleeding", actor=user
    )


def ana_s_order(status: str = "placed") -> Fill:
    return a_placed_order(b.a_cleared_patient("FRP_ADULT", "Ana Ruiz")).to(status)


def status(fill: Fill) -> str:
    return Order.objects.get(pk=fill.order.pk).status


def steps_to(fill: Fill, to_status: str) -> int:
    return OrderEvent.objects.filter(order=fill.order, to_status=to_status).count()


def decided_at(fill: Fill, gate: str) -> Any:
    return DecisionRecord.objects.get(subject_id=fill.order.pk, gate=gate).at


def was_ignored(evidence: Evidence, fill: Fill, gate: str) -> bool:
    """Received before the decision that permitted the step all the same: what must never be."""
    record = DecisionRecord.objects.get(subject_id=fill.order.pk, gate=gate)
    return record.outcome == "permit" and evidence.recorded_at < record.at


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
def test_control_without_the_locks_evidence_that_came_first_is_ignored(
    before: str, evidence: Any, step: Any, gate: str, rows: Any, race: Race
) -> None:
    fill = ana_s_order(before)
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


# The prescriber's certification against a checkout ------------------------------------------------


def checking_out(cleared: b.Cleared) -> Work:
    package, user = b.the_store().package.pk, cleared.user
    return lambda: orders.place(
        patient_id=cleared.patient.pk,
        prescription_id=cleared.prescription.pk,
        package_id=package,
        mode="ship",
        actor=user,
    )


def decertifying() -> Work:
    certification = PrescriberCertification.objects.get()
    signature = b.sign(pat().user, "pharmacist", "I revoke this certification.")
    return lambda: credentials.revoke_credential(
        credential=certification, reason="Withdrawn", actor=pat().user, signature=signature
    )


def test_a_prescriber_who_was_just_decertified_stops_the_checkout(race: Race) -> None:
    cleared = b.a_cleared_patient()
    stock()
    _, result = race.run(decertifying(), EVIDENCE_IS_WRITTEN, checking_out(cleared))
    assert not result.is_done
    assert [finding.rule for finding in result.decision.findings] == ["R01"]
    assert not Order.objects.exists()


def test_decertifying_waits_for_a_checkout_under_way(race: Race) -> None:
    cleared = b.a_cleared_patient()
    stock()
    result, revoked = race.run(checking_out(cleared), CHECKOUT_KNOWS_THE_FACTS, decertifying())
    assert result.is_done
    assert revoked.recorded_at > DecisionRecord.objects.get(gate="checkout").at


def test_control_without_the_locks_a_decertified_prescriber_s_patient_checks_out(
    race: Race,
) -> None:
    cleared = b.a_cleared_patient()
    stock()
    revoked, result = race.run_unlocked(
        decertifying(), EVIDENCE_IS_WRITTEN, checking_out(cleared), CHECKOUT_KNOWS_THE_FACTS
    )
    assert result.is_done
    assert revoked.recorded_at < DecisionRecord.objects.get(gate="checkout").at


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
    with without(superuser_connection, triggers=NUMBERS_GUARD):
        _, result = race.run_unlocked(
            retracting_the_confirmation(fill),
            EVIDENCE_IS_WRITTEN,
            dispensing(fill),
            STEP_KNOWS_THE_FACTS,
        )
        assert result.is_done
        assert Confirmation.objects.filter(retracts=True).exists()


# A step against a step --------------------------------------------------------------------------

ONE_STORY = "orders_orderevent.orders_orderevent_guard orders_order.orders_order_guard"
ONE_PLACE = "orders_orderevent.orders_orderevent_seq_unique rems_seal.rems_seal_seq_unique"
LINKS_FOLLOW = "rems_seal.rems_seal_seq_follows"


def test_two_pharmacists_who_approve_at_once_approve_once(race: Race) -> None:
    fill = a_placed_order()
    first, second = race.run(approving(fill), STEP_KNOWS_THE_FACTS, approving(fill, by=sam()))
    assert first.is_done
    assert isinstance(second, StaleForm)
    assert steps_to(fill, "approved") == 1


def test_control_without_locks_and_guards_an_order_is_approved_twice(
    race: Race, superuser_connection: Connection
) -> None:
    fill, other = a_placed_order(), sam()
    with without(
        superuser_connection, triggers=f"{ONE_STORY} {LINKS_FOLLOW}", constraints=ONE_PLACE
    ):
        first, second = race.run_unlocked(
            approving(fill), STEP_KNOWS_THE_FACTS, approving(fill, by=other), STEP_KNOWS_THE_FACTS
        )
        assert first.is_done
        assert second.is_done
        assert steps_to(fill, "approved") == 2


def test_an_authorization_is_dispensed_on_once_however_often_one_clicks(race: Race) -> None:
    fill = a_placed_order().to("approved")
    first, second = race.run(dispensing(fill, "S1"), STEP_KNOWS_THE_FACTS, dispensing(fill, "S2"))
    assert first.is_done
    assert isinstance(second, StaleForm)
    assert Dispense.objects.get().serial_number == "S1"
    assert b.the_store().lot.quantity_on_hand == 9


USED_ONCE = " ".join(
    f"orders_dispense.orders_dispense_{column}_id_key"
    for column in ("order", "prescription", "authorization", "confirmation")
)


def test_control_without_locks_and_guards_one_authorization_is_dispensed_on_twice(
    race: Race, superuser_connection: Connection
) -> None:
    fill = a_placed_order().to("approved")
    with without(
        superuser_connection,
        triggers=f"{ONE_STORY} {LINKS_FOLLOW}",
        constraints=f"{ONE_PLACE} {USED_ONCE} rems_supply.rems_supply_order_id_key",
    ):
        race.run_unlocked(
            dispensing(fill, "S1"),
            STEP_KNOWS_THE_FACTS,
            dispensing(fill, "S2"),
            STEP_KNOWS_THE_FACTS,
        )
        assert Dispense.objects.filter(authorization=fill.order.authorization_id).count() == 2


def test_a_parcel_that_was_just_cancelled_is_not_shipped(race: Race) -> None:
    fill = a_placed_order().to("dispensed")
    first, second = race.run(cancelling(fill), STEP_IS_WRITTEN, shipping(fill))
    assert first.is_done
    assert isinstance(second, StaleForm)
    assert status(fill) == "cancelled"


def test_a_parcel_that_was_just_shipped_is_not_cancelled(race: Race) -> None:
    fill = a_placed_order().to("dispensed")
    first, second = race.run(shipping(fill), STEP_KNOWS_THE_FACTS, cancelling(fill))
    assert first.is_done
    assert isinstance(second, StaleForm)
    assert status(fill) == "shipped"


ALL_AGREE = (
    "orders_order.orders_order_agrees orders_orderevent.orders_orderevent_agrees "
    "orders_release.orders_release_agrees"
)


def test_control_without_locks_and_guards_a_cancelled_parcel_is_shipped(
    race: Race, superuser_connection: Connection
) -> None:
    fill = a_placed_order().to("dispensed")
    with without(
        superuser_connection,
        triggers=f"{ONE_STORY} {LINKS_FOLLOW} {ALL_AGREE}",
        constraints=ONE_PLACE,
    ):
        first, second = race.run_unlocked(
            cancelling(fill), STEP_IS_WRITTEN, shipping(fill), STEP_KNOWS_THE_FACTS
        )
        assert first.is_done
        assert second.is_done
        assert steps_to(fill, "cancelled") == steps_to(fill, "shipped") == 1
