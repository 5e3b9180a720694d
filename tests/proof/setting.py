"""The ground on which the machine acts: the clock, the people, and how an answer is compared."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar

from hypothesis.stateful import RuleBasedStateMachine, invariant

from orders.services import StepResult
from pharmacy.simulation.audit import Auditor, Connection
from pharmacy.simulation.memory import Memory
from pharmacy.simulation.notes import Patient
from pharmacy.simulation.replay import DECISIONS, NOBODY, disagreement
from pharmacy.simulation.staff_acts import StaffActs
from rems.errors import DomainError
from tests import builders as b
from tests.database import VirtualClock, erase_rows

BEGINS_AT = datetime(2026, 10, 7, 15, tzinfo=UTC)


def born(category: str) -> date:
    """A birthday that agrees with the category, all through the years of a run."""
    return date(2015, 2, 3) if category.endswith("CHILD") else date(1971, 3, 14)


class Setting(StaffActs, RuleBasedStateMachine):
    """People, clock, notebook and audit. The fixtures set the class attributes."""

    superuser_url: ClassVar[str]
    superuser: ClassVar[Connection]
    clock: ClassVar[VirtualClock]
    # A control takes one of the two watchers away, to show that the other sees alone.
    audits: ClassVar[bool] = True
    compares: ClassVar[bool] = True
    seen: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        erase_rows(self.superuser_url)
        self.clock.set(BEGINS_AT)
        self.now = BEGINS_AT
        self.notes = Memory()
        self.auditor = Auditor(self.superuser)
        self.numbers = 0
        self.replayed = NOBODY
        self._open_the_store()

    def _open_the_store(self) -> None:
        self.store = b.the_store()
        self.pat, self.sam = self.store.pharmacist, b.a_pharmacist("Sam Ortiz", trained=False)
        self.tess = b.a_technician()
        self.prescriber, self.other = b.a_prescriber(), b.a_prescriber("Dr. Ingrid Holm")
        self.prescribers = [self.prescriber, self.other]
        since = BEGINS_AT - timedelta(days=400)
        for subject in (self.pat.pk, self.prescriber.pk, self.other.pk, "pharmacy", "NY"):
            self.notes.credentials[subject] = [[since, None]]
        for number, packages, on in (("M1", 3, date(2026, 12, 31)), ("M2", 40, date(2030, 1, 1))):
            self.add_lot(number, packages, on)

    def enter(self, name: str, category: str, state: str, prescriber: Any) -> Patient:
        """A patient of whom the pharmacy knows the category, and nothing else."""
        row = b.a_patient(
            category, name, prescriber, born_on=born(category), enrolled=False, state=state
        )
        user = b.acting_user(row)
        is_child = category.endswith("CHILD")
        patient = Patient(name, row, born(category), state)
        patient.self_user, patient.guardian = (None, user) if is_child else (user, None)
        patient.categories.append((self.now - timedelta(days=14), category))
        if category.startswith("FNRP"):
            kind = "prepubertal" if is_child else "menopause"
            since = self.now.date() - timedelta(days=round(5 * 365.25))
            patient.proofs.append((self.now - timedelta(days=14), kind, since))
        self.notes.patients.append(patient)
        return patient

    def patient(self, pick: int) -> Patient:
        """One of the patients."""
        return self.notes.patients[pick % len(self.notes.patients)]

    # How answers are compared ----------------------------------------------------------------

    def cannot(self, call: Callable[[], Any], kind: type[DomainError] = DomainError) -> None:
        """The act is refused by an error of that kind, and leaves everything as it was."""
        before = self.auditor.counts()
        try:
            done = call()
        except kind:
            assert self.auditor.counts() == before, "a refused act left something behind"
            self.seen[f"not done: {kind.__name__}"] += 1
            return
        raise AssertionError(f"done, though it must be refused: {done}")

    def gated(
        self,
        gate: str,
        call: Callable[[], StepResult],
        otherwise: type[DomainError] | None = None,
        **asked: Any,
    ) -> StepResult | None:
        """Take a gated step and compare the answer with the notebook's, rule by rule.

        `otherwise`: what stops the step although the gate would permit it. The result if the step
        was taken, else None.
        """
        if not self.compares:
            return self._believed(call)
        expected = self.notes.refusals(gate, self.now, **asked)
        if not expected and otherwise is not None:
            self.cannot(call, otherwise)
            return None
        result = call()
        assert result.decision is not None
        answered = list(result.decision.denying_rules)
        assert answered == expected, (
            f"{gate}: the service says {answered}, the notebook {expected}: "
            f"{json.dumps(self.notes.facts(self.now, **asked))}"
        )
        assert result.is_done == (not expected)
        self.seen.update([f"{gate}: {'no' if expected else 'yes'}", *expected])
        return None if expected else result

    def _believed(self, call: Callable[[], StepResult]) -> StepResult | None:
        try:
            result = call()
        except DomainError:
            return None
        return result if result.is_done else None

    # After every step -------------------------------------------------------------------------

    @invariant()
    def the_audit_agrees(self) -> None:
        """The tables hold nothing that must not be, and what the notebook says."""
        if not self.audits or not hasattr(self, "auditor"):
            return
        found = self.auditor.violations()
        assert not found, found
        noted = {order.key: order.status for order in self.notes.orders}
        assert dict(self.auditor.rows("SELECT id, status FROM orders_order")) == noted
        stock = dict(self.auditor.rows("SELECT id, quantity_on_hand FROM catalog_lot"))
        assert all(stock[lot.key] == lot.packages for lot in self.notes.lots)

    @invariant()
    def every_new_decision_replays(self) -> None:
        """Each decision record answers the same through rems_decide's function."""
        if not self.audits:
            return
        for record in self.superuser.execute(DECISIONS, [self.replayed]).fetchall():
            answer = disagreement(*record)
            assert not answer, answer
            self.replayed = record[0]
            self.seen["replayed"] += 1
