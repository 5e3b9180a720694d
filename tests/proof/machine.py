"""The whole machine: evidence, orders, credentials, lots, time, and people on the good way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from accounts.roles import Role
from catalog.models import Lot
from orders import services
from orders.services import StepResult
from rems.errors import NotAllowed, SignatureRefused
from rems.models import (
    PharmacistTraining,
    PharmacyCertification,
    PrescriberCertification,
    StateLicence,
)
from rems.services import credentials
from tests import builders as b
from tests.proof.evidence_rules import CATEGORIES
from tests.proof.notes import Order, Patient, Prescription
from tests.proof.order_rules import MODE, OPEN, OrderRules
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
        self.exposures_are_filed(self.notes.patients.index(patient))
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
            self.dispense(order, 1)
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
        at = self.tick()
        subject, model, named, record = self._credentials()[which]
        intervals = self.notes.credentials.setdefault(subject, [])
        if self.notes.holds_credential(subject, at):
            named.pop("program_code", None)
            row = model.objects.filter(**named, superseded_by=None).latest("pk")
            credentials.revoke_credential(credential=row, reason="Lapsed.", **self.by_pat())
            intervals[-1][1] = at
        else:
            record(proof="A letter", valid_from=at, **named, **self.by_pat())
            intervals.append([at, None])

    def _credentials(self) -> list[tuple[Any, Any, dict[str, Any], Any]]:
        """Each one's subject in the notebook, its table, whose it is, and the service."""
        program, pharmacy = {"program_code": b.PROGRAM}, {"pharmacy_id": self.store.pharmacy.pk}
        certify, train = (
            credentials.record_prescriber_certification,
            credentials.record_pharmacist_training,
        )
        return [
            *(
                (p.pk, PrescriberCertification, {"prescriber_id": p.pk, **program}, certify)
                for p in (self.prescriber, self.other)
            ),
            *(
                (p.pk, PharmacistTraining, {"pharmacist_id": p.pk, **program}, train)
                for p in (self.pat, self.sam)
            ),
            (
                "pharmacy",
                PharmacyCertification,
                {**pharmacy, **program},
                credentials.record_pharmacy_certification,
            ),
            *(
                (
                    state,
                    StateLicence,
                    {**pharmacy, "state": state},
                    credentials.record_state_licence,
                )
                for state in ("NY", "NJ")
            ),
        ]

    @rule(which=PICK, what=st.sampled_from(["recall", "suspect", "new", "new"]))
    def a_lot_changes(self, which: int, what: str) -> None:
        """Recalled, set aside or cleared, or new on the shelf: few, and some in date for days."""
        if what == "new":
            on = (self.now + (which * 10 + 1) * DAY).date()
            self._add_lot(self.number("M"), 1 + which % 2, on)
            return
        lot = self.notes.lots[which % len(self.notes.lots)]
        if what == "recall":
            lot.recalled = not lot.recalled
            Lot.objects.filter(pk=lot.key).update(is_recalled=lot.recalled)
        else:
            lot.suspect = not lot.suspect
            Lot.objects.filter(pk=lot.key).update(is_suspect=lot.suspect)

    # People who may not -----------------------------------------------------------------------

    @rule(
        which=PICK, act=st.sampled_from(["place", "approve", "forge", "stale", "resume", "cancel"])
    )
    def somebody_else_tries(self, which: int, act: str) -> None:
        """A technician approves, a stranger orders or cancels, a signature is old or not one's own."""
        order = self.order(which)
        if order is None:
            return
        self.tick()
        stranger = self.notes.patients[self.notes.patients.index(order.patient) - 1].user
        as_tess = self.by(self.tess, Role.PHARMACIST)
        if act == "place":
            self.cannot(
                lambda: services.place(
                    patient_id=order.patient.row.pk,
                    prescription_id=order.prescription.key,
                    package_id=self.store.package.pk,
                    mode="ship",
                    actor=stranger,
                ),
                NotAllowed,
            )
        elif act == "approve":
            self.cannot(lambda: services.approve(order_id=order.key, **as_tess), NotAllowed)
        elif act == "resume":
            self.cannot(
                lambda: services.resume(order_id=order.key, reason="So.", **as_tess), NotAllowed
            )
        elif act == "cancel" and order.status in OPEN:
            self.cannot(lambda: self._cancelled(order, stranger), NotAllowed)
        elif order.status == "placed":
            self._approve_with_a_bad_signature(order, act)

    def _approve_with_a_bad_signature(self, order: Order, act: str) -> None:
        good = b.sign(self.pat.user, Role.PHARMACIST)
        forged = b.sign(self.sam.user, Role.PHARMACIST)
        stale = b.sign(self.pat.user, Role.PHARMACIST, good.meaning, timedelta(seconds=301))

        def ask() -> StepResult:
            signature = forged if act == "forge" else stale
            return services.approve(order_id=order.key, actor=self.pat.user, signature=signature)

        done = self.gated("approve", ask, SignatureRefused, **self.fill(order, self.pat))
        assert done is None
