"""The pieces of work that the races set against each other, and where they can be stopped."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch
from uuid import UUID

from orders import services as orders
from orders.models import Order, OrderEvent
from rems.errors import DomainError
from rems.models import (
    DecisionRecord,
    Evidence,
    PregnancyTest,
)
from rems.services import changes, testing
from rems.services.corrections import correct_evidence
from rems.services.recording import recording
from tests import builders as b
from tests.concurrency.race import (
    Connection,
    noticed,
    stopped_after,
    two_threads,
    wait_until_blocked,
)
from tests.guards.life import Fill, a_placed_order

EVIDENCE_IS_WRITTEN = "rems.services.recording.seal"
STEP_HAS_LOCKS = "orders.services.steps.lock_for_step"
STEP_KNOWS_THE_FACTS = "orders.services.steps.evaluate"
STEP_IS_WRITTEN = "orders.services.steps.seal"
# The seals alone notice most races: two links would take the same place in the patient's chain.
LINKS_FOLLOW = "rems_seal.rems_seal_seq_follows"
LINKS_APART = "rems_seal.rems_seal_seq_unique"
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


def while_it_waits(observer: Connection, patient_id: UUID, work: Work, meanwhile: Work) -> Any:
    """`work` waits for the patient's lock; `meanwhile` is committed; the lock is let go."""

    def hold() -> None:
        with recording("patient", patient_id):
            pass

    with two_threads() as start, stopped_after(EVIDENCE_IS_WRITTEN) as gate:
        one = start(hold)
        gate.wait_until_reached()
        two = start(work)
        wait_until_blocked(observer)
        meanwhile()
        gate.open()
        one.result()
        return outcome(two)


def save_without_the_lock(save: Work, stop: str, meanwhile: Work) -> Any:
    """The control of the admin's pages: `save` reads its row unlocked and stops at `stop`, `meanwhile`
    is done, and then it goes on. What came of the save."""
    with (
        patch("accounts.admin.typed.taken_to_save", lambda request, rows: rows),
        stopped_after(stop) as gate,
        two_threads() as start,
    ):
        saved = start(save)
        gate.wait_until_reached()
        start(meanwhile).result()
        gate.open()
        return saved.result()


@contextmanager
def no_locks() -> Iterator[None]:
    """The services read the rows that they lock like anybody."""
    with patch("rems.locks.row_lock", lambda strength: ""):
        yield


def outcome(future: Any) -> Any:
    """What the work returned, or the domain error that it raised."""
    try:
        return future.result(timeout=30)
    except DomainError as error:
        return error


def checking_out(cleared: b.Cleared) -> Work:
    package, user = b.the_store().package.pk, cleared.user
    return lambda: orders.place(
        patient_id=cleared.patient.pk,
        prescription_id=cleared.prescription.pk,
        package_id=package,
        mode="ship",
        actor=user,
    )


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


def correcting_a_test_to_positive(fill: Fill) -> Work:
    """The prescriber supersedes the newest negative test: it was read wrongly."""
    patient, user = fill.cleared.patient, b.prescriber_user(fill.cleared.patient)
    wrong = PregnancyTest.objects.filter(patient=patient).latest("occurred_at")
    right = PregnancyTest(
        patient=patient,
        result="pos",
        detection_limit=wrong.detection_limit,
        occurred_at=wrong.occurred_at,
        recorded_by=user,
    )
    signature = b.sign(user, "prescriber", "I correct this result.")
    return lambda: correct_evidence(
        row=wrong, replacement=right, reason="Read wrongly", actor=user, signature=signature
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
