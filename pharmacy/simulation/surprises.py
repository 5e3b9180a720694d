"""What comes in between: pregnancies, late results, lies taken back, journeys, strangers, lapses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from random import Random

from pharmacy.simulation.agenda import Life
from pharmacy.simulation.evidence_acts import CATEGORIES
from pharmacy.simulation.notes import Patient
from pharmacy.simulation.safety_acts import HOLD_OF, REPORTED
from pharmacy.simulation.town import LICENSED, PLACES, Town

DAYS_BETWEEN = 18.0  # in one patient's life, on average
ADULT_PROOFS = ("hysterectomy", "menopause", "tubal_ligation")
NOT_THEIRS = ("place", "approve", "forge", "stale", "resume", "cancel")


class Surprises:
    """One patient's."""

    def __init__(self, town: Town, patient: Patient, dice: Random) -> None:
        self._town, self._patient, self._dice = town, patient, dice

    def run(self) -> Life:
        """One after another, at random."""
        while True:
            days = self._dice.expovariate(1 / DAYS_BETWEEN)
            yield timedelta(minutes=round(days * 24 * 60))
            surprise, *_ = self._dice.choices(list(SURPRISES), list(SURPRISES.values()))
            surprise(self)

    def report(self) -> None:
        """Something changed; told late, or twice."""
        change = self._dice.choice([*HOLD_OF, *REPORTED])
        self._town.report_change(
            self._patient, change, self._dice.choice((0, 0, 2)), self._dice.choice((1, 1, 2))
        )

    def late_result(self) -> None:
        """A result of days or weeks ago that nobody had told."""
        self._town.record_test(
            self._patient,
            self._dice.choice(("neg", "neg", "pos", "ind")),
            self._dice.choice((25, 25, 50, 51)),
            self._dice.random() < 0.7,
            self._dice.choice((1, 20, 24, 24 * 6, 24 * 12, 24 * 40)),
        )

    def pregnancy(self) -> None:
        """A positive test, now; or a patient who says so."""
        if self._patient.category.startswith("FRP"):
            self._town.record_test(self._patient, "pos")
        else:
            self._town.report_change(self._patient, "partner_pregnancy")

    def lie_taken_back(self) -> None:
        """A report or a result was not true, and is taken back."""
        kind = self._dice.choice(("test", "hold", "hold"))
        self._town.take_back(self._patient, kind, self._dice.randint(0, 5))

    def category(self) -> None:
        """Examined again; most often the age at least stays."""
        age = self._patient.category.rpartition("_")[2]
        fitting = [c for c in CATEGORIES if c.endswith(age) or self._dice.random() < 0.1]
        proof = self._dice.choice(ADULT_PROOFS)
        self._town.change_category(self._patient, self._dice.choice(fitting), proof)

    def stop(self) -> None:
        """Treatment stops."""
        self._town.stop_treatment(self._patient)

    def restart(self) -> None:
        """Treatment begins again, if it may."""
        self._town.restart_treatment(self._patient)

    def journey(self) -> None:
        """Somewhere else from now on."""
        self._town.move(self._patient, *self._dice.choice(PLACES))

    def other_pharmacy(self) -> None:
        """Capsules came from elsewhere, told at once or late."""
        days, ago = self._dice.choice((7, 14, 28)), self._dice.choice((0, 3, 25))
        self._town.learn_of_supply(self._patient, days, ago)

    def allergy(self) -> None:
        """A severe reaction."""
        self._town.tell_allergy(self._patient)

    def stranger(self) -> None:
        """Somebody tries what is not theirs to do."""
        orders = [o for p in self._patient.prescriptions for o in p.orders]
        people = [p for p in self._town.notes.patients if p is not self._patient]
        if orders and people:
            stranger = self._dice.choice(people).user
            self._town.try_what_is_not_theirs(orders[-1], self._dice.choice(NOT_THEIRS), stranger)

    def filing(self) -> None:
        """The pharmacist gets round to the exposure reports."""
        self._town.file_exposures(self._patient)


SURPRISES: dict[Callable[[Surprises], None], int] = {
    Surprises.report: 16,
    Surprises.late_result: 12,
    Surprises.pregnancy: 8,
    Surprises.lie_taken_back: 10,
    Surprises.category: 6,
    Surprises.stop: 4,
    Surprises.restart: 4,
    Surprises.journey: 12,
    Surprises.other_pharmacy: 5,
    Surprises.allergy: 2,
    Surprises.stranger: 12,
    Surprises.filing: 9,
}


class StaffDays:
    """The pharmacy's own: certificates lapse and are renewed, lots are recalled and come in."""

    def __init__(self, town: Town, dice: Random) -> None:
        self._town, self._dice = town, dice

    def run(self) -> Life:
        """Every day something may lapse; what lapsed is renewed within days."""
        while True:
            yield timedelta(hours=self._dice.randint(6, 30))
            self._lots()
            self._credentials()

    def _credentials(self) -> None:
        for credential in self._town.credentials(LICENSED):
            holds = self._town.notes.holds_credential(credential.subject, self._town.now)
            untrained = credential.subject == self._town.sam.pk
            lapses = self._dice.random() < (0.5 if untrained else 0.006)
            if (lapses and holds) or (not holds and not untrained and self._dice.random() < 0.6):
                self._town.change_credential(credential)

    def _lots(self) -> None:
        if self._dice.random() < 0.05:
            what = self._dice.choice(("recall", "suspect"))
            self._town.mark_lot(self._dice.choice(self._town.notes.lots), what)
        if self._dice.random() < 0.05:
            on = (self._town.now + timedelta(days=self._dice.randint(1, 60))).date()
            self._town.add_lot(self._town.number("M"), self._dice.randint(1, 9), on)


class FailureDesk:
    """Who sees to the reminders that failed: has them tried again, or tells it by telephone."""

    def __init__(self, town: Town, dice: Random) -> None:
        self._town, self._dice = town, dice

    def run(self) -> Life:
        """A few times a day."""
        while True:
            yield timedelta(hours=self._dice.randint(2, 14))
            yield from self._town.see_to_failures(self._dice)
