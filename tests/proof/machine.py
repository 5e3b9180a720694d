"""The whole machine: evidence, orders, credentials, lots, time, and people on the good way."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from pharmacy.simulation.evidence_acts import CATEGORIES
from pharmacy.simulation.notes import Order, Patient, Prescription
from pharmacy.simulation.order_acts import OPEN
from tests.proof.order_rules import MODE, OrderRules
from tests.proof.safety_rules import PICK

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LAPSES = (
    *(2 * MINUTE, HOUR, 5 * HOUR, 9 * HOUR, DAY, DAY, 2 * DAY, 5 * DAY),
    *(7 * DAY, 7 * DAY, 21 * DAY, 28 * DAY, 30 * DAY, 90 * DAY, 366 * DAY),
)


class PharmacyMachine(OrderRules):
    """Patients, prescribers, pharmacists and time act at random."""

    @initialize(
        first=st.sampled_from(["FRP_ADULT", "FRP_CHILD"]),
        second=st.sampled_from(CATEGORIES),
        state=st.sampled_from(["NY", "NJ"]),
        hours=st.integers(0, 30 * 24),
        steps=st.sampled_from([5, 2, 4, 3, 0]),
    )
    def two_patients(self, first: str, second: str, state: str, hours: int, steps: int) -> None:
        """One who can become pregnant and one of any category, with two prescribers.

        The first has come some steps already: most of what can go wrong goes wrong on the way.
        """
        self.tick(hours * HOUR)
        self.enter("Ana Ruiz", first, "NY", self.prescriber)
        self.enter("Robin Vale", second, state, self.other)
        self.everybody_does_their_part(0, steps, "ship")

    @rule(lapse=st.sampled_from(LAPSES))
    def time_passes(self, lapse: timedelta) -> None:
        """Minutes to weeks, sometimes a year."""
        self.tick(lapse)

    # On the good way --------------------------------------------------------------------------

    @rule(
        pick=PICK,
        steps=st.integers(1, 8),
        mode=MODE,
        hours=st.sampled_from([0, 0, 0, 0, 4, 25, 24 * 8]),
    )
    def everybody_does_their_part(self, pick: int, steps: int, mode: str, hours: int = 0) -> None:
        """The patient is made ready and the order goes on, as far as it is allowed to; sometimes
        with hours or days between the steps."""
        patient = self.patient(pick)
        for _ in range(steps):
            self.tick(hours * HOUR)
            mine = [o for o in self.notes.orders if o.patient is patient and o.status in OPEN]
            if mine:
                self._go_on(mine[-1])
            elif order := self._ready(patient, mode):
                self._go_on(order)

    def _ready(self, patient: Patient, mode: str) -> Order | None:
        self._settle(patient)
        if patient.active_form is None or patient.active_form.category != patient.category:
            if patient.waiting_form() is None:
                self.start_form(patient)
            for role in ("prescriber", "guardian" if patient.is_child else "patient"):
                self.sign_form(patient, role)
        if patient.category.startswith("FRP"):
            self.record_test(patient, hours=12 * 24)
            self.record_test(patient)
        self.survey(patient)
        return self.place(patient, self._prescribed(patient), mode)

    def _settle(self, patient: Patient) -> None:
        self.file_exposures(patient)
        if patient.open_holds():
            self.record_test(patient)
        for hold in patient.open_holds():
            self.clear(patient, hold)
        if patient.category.startswith("FNRP"):
            self.prove(patient, "prepubertal" if patient.is_child else "hysterectomy")

    def _prescribed(self, patient: Patient) -> Prescription:
        written = self.prescribe(patient)
        self.authorize(written)
        self.counsel(written)
        self.confirm(written)
        return written

    def _go_on(self, order: Order) -> None:
        if order.status == "placed":
            self.approve(order, self.pat)
        elif order.status == "approved":
            self.confirm(order.prescription)
            self.dispense(order, self.notes.lots[1 % len(self.notes.lots)])
        elif order.status == "dispensed":
            self.release(order)
        else:
            self.resume(order)
        if order.status in ("shipped", "handed_over"):
            self.deliver(order)

    # Credentials and lots ---------------------------------------------------------------------

    @rule(which=st.integers(0, 6))
    def a_credential_changes(self, which: int) -> None:
        """A certification, training or licence is revoked; or given, where there is none now."""
        self.change_credential(self.credentials(("NY", "NJ"))[which])

    @rule(which=PICK, what=st.sampled_from(["recall", "suspect", "new", "new"]))
    def a_lot_changes(self, which: int, what: str) -> None:
        """Recalled, set aside or cleared, or new on the shelf: few, and some in date for days."""
        if what == "new":
            on = (self.now + (which * 10 + 1) * DAY).date()
            self.add_lot(self.number("M"), 1 + which % 2, on)
        else:
            self.mark_lot(self.notes.lots[which % len(self.notes.lots)], what)

    # People who may not -----------------------------------------------------------------------

    @rule(
        which=PICK, act=st.sampled_from(["place", "approve", "forge", "stale", "resume", "cancel"])
    )
    def somebody_else_tries(self, which: int, act: str) -> None:
        """A technician approves, a stranger orders or cancels, a signature is old or not one's own."""
        order = self.order(which)
        if order is not None:
            stranger = self.notes.patients[self.notes.patients.index(order.patient) - 1].user
            self.try_what_is_not_theirs(order, act, stranger)
