"""One patient's months: doctor, tests, order, fill, and again; with what people forget or mistake."""

from __future__ import annotations

from collections.abc import Callable, Generator
from datetime import timedelta
from functools import partial
from random import Random
from typing import Any

from pharmacy.simulation.agenda import Life
from pharmacy.simulation.notes import Order, Patient, Prescription, newest
from pharmacy.simulation.order_acts import OPEN
from pharmacy.simulation.remedies import REWRITTEN, Remedies
from pharmacy.simulation.town import Town

ATTEMPTS = 6
# Written wrongly, about one time in sixteen.
SLIPS: tuple[dict[str, Any], ...] = (
    {"days": 29},
    {"refills": 1},
    {"channel": "phone"},
    {"stated": "MALE_ADULT"},
    {"stated": "FRP_ADULT"},
    {"quantity": 29},
    {"hours": 24 * 9},
    {"days": 14, "quantity": 14},
)


class PatientLife:
    """From enrolment on, month after month."""

    def __init__(self, town: Town, patient: Patient, dice: Random) -> None:
        self.town, self.patient, self.dice = town, patient, dice
        self.remedies = Remedies(town, patient, dice)

    def happens(self, probability: float) -> bool:
        """Whether it happens this time."""
        return self.dice.random() < probability

    def hours(self, least: float, most: float) -> timedelta:
        """So many hours, to the second."""
        return timedelta(seconds=round(3600 * self.dice.uniform(least, most)))

    def run(self) -> Life:
        """Enrolled, then one cycle after another."""
        yield from self._enrols()
        while True:
            yield from self._cycle()

    def _enrols(self) -> Life:
        patient = self.patient
        if patient.active_form is None and patient.waiting_form() is None:
            self.town.start_form(patient)
        self.town.sign_form(patient, "prescriber")
        yield self.hours(0.1, 72)
        if not self.happens(0.1):
            self.town.sign_form(patient, "guardian" if patient.is_child else "patient")

    def _cycle(self) -> Life:
        yield from self._is_tested()
        prescription = self._prescribed()
        order = yield from self._orders(prescription)
        if order is not None:
            yield from self._is_served(order)
        yield self._until_the_next(order)

    def _until_the_next(self, order: Order | None) -> timedelta:
        if order is None or order.status != "delivered":
            return self.hours(24, 24 * 9)
        early = self.dice.randint(-4, 9)
        return timedelta(days=max(order.prescription.days - early, 3)) + self.hours(0, 12)

    def _is_tested(self) -> Life:
        patient = self.patient
        if not patient.category.startswith("FRP"):
            return
        if all(supply.end == "not_released" for supply in patient.supplies):
            self.town.record_test(patient)
            yield timedelta(days=self.dice.choice((9, 10, 11, 12, 12, 13, 14, 14, 15)))
        if not self.happens(0.07):
            self._test()

    def _test(self) -> None:
        pick = self.dice.random()
        self.town.record_test(
            self.patient,
            result="neg" if pick < 0.95 else "pos" if pick < 0.98 else "ind",
            limit=self.dice.choice((25,) * 17 + (50, 50, 51)),
            is_verified=not self.happens(0.1),
            hours=self.dice.randint(0, 20),
        )

    def _prescribed(self) -> Prescription:
        slip = self.dice.choice(SLIPS) if self.happens(0.06) else {}
        written = self.town.prescribe(self.patient, **slip)
        if not self.happens(0.03):
            self.town.authorize(written, self.dice.choice((0, 0, 0, 0, 0, 24 * 29)))
        return written

    def _orders(self, written: Prescription) -> Generator[timedelta, None, Order | None]:
        """The patient orders; refused, somebody sees to it, and the patient tries again."""
        for _ in range(ATTEMPTS):
            yield self.hours(0.1, 8)
            if not self.happens(0.12):
                self.town.survey(self.patient, self.dice.choice((0, 0, 0, 0, 2, 31)))
            mode = "hand" if self.happens(0.2) else "ship"
            order = self.town.place(self.patient, written, mode)
            if order is not None:
                self._click_again(partial(self.town.place, self.patient, written, mode))
                return order
            wrong = list(self.town.refusals)
            yield from self.remedies.seen_to(wrong, written)
            if REWRITTEN.intersection(wrong):
                written = newest(self.patient.prescriptions)
        return None

    def _click_again(self, act: Callable[[], Any]) -> None:
        """A double click: the second one finds that it is too late."""
        if self.happens(0.04):
            act()

    def _is_served(self, order: Order) -> Life:
        for _ in range(2 * ATTEMPTS):
            yield self.hours(0.05, 12)
            self._accident(order)
            if order.status not in OPEN:
                break
            self.town.refusals = []
            self._next_step(order)
            wrong = list(self.town.refusals)
            if REWRITTEN.intersection(wrong):
                break
            yield from self.remedies.seen_to(wrong, order.prescription)
        if order.status in OPEN:
            self.town.cancel(order)
        if order.status in ("shipped", "handed_over"):
            yield from self._arrives(order)

    def _accident(self, order: Order) -> None:
        if self.happens(0.03):
            self.town.pause(order)
        elif self.happens(0.01):
            self.town.cancel(order)
        elif self.happens(0.005):
            self.town.reject(order)

    def _next_step(self, order: Order) -> None:
        step: Callable[[Order], Any] = {
            "placed": self._is_approved,
            "approved": self._is_dispensed,
            "dispensed": self._leaves,
            "on_hold": self.town.resume,
        }[order.status]
        before = order.status
        step(order)
        if order.status != before:
            self._click_again(partial(step, order))

    def _is_approved(self, order: Order) -> None:
        self.town.approve(order, self.town.sam if self.happens(0.03) else self.town.pat)

    def _is_dispensed(self, order: Order) -> None:
        written = order.prescription
        if not written.counselings:
            self.town.counsel(written, not self.happens(0.04), not self.happens(0.04))
        if not self.happens(0.05):
            self.town.confirm(written, self.dice.choice((0, 0, 0, 0, 0, 5, 25)))
        lots = self.town.notes.lots
        lot = self.dice.choice(lots) if self.happens(0.06) else self.town.good_lot()
        self.town.dispense(order, lot, " " if self.happens(0.02) else "own")

    def _leaves(self, order: Order) -> None:
        self.town.release(order, self.happens(0.02))

    def _arrives(self, order: Order) -> Life:
        yield self.hours(12, 72) if order.mode == "ship" else self.hours(0.01, 1)
        if self.happens(0.03):
            self.town.lose(order, self.happens(0.5))
            return
        self.town.deliver(order)
        yield self.hours(1, 30)
        supplies = self.patient.supplies
        which = next(n for n, supply in enumerate(supplies) if supply.order is order)
        if self.happens(0.5):
            self.town.tell_first_dose(self.patient, which)
