"""What people do about a refusal: every rule has its cure, and somebody who gives it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from random import Random

from pharmacy.simulation.agenda import Life
from pharmacy.simulation.notes import Patient, Prescription, standing
from pharmacy.simulation.town import Town

# These want a new prescription (with its number), in order beside something else.
REWRITTEN = frozenset(
    ["R03", "R04", "R06", "R09", "R10", "R11", "R12", "R13", "R14", "R15", "R16", "R20", "R21"],
)
# These pass with time: somebody renews a certificate, capsules are used up, people come home.
WAITED_FOR = frozenset(["R01", "R02", "R05", "R53", "R47", "R45"])


class Remedies:
    """What the patient, the prescriber and the pharmacist can do, for one patient."""

    def __init__(self, town: Town, patient: Patient, dice: Random) -> None:
        self._town, self._patient, self._dice = town, patient, dice

    def seen_to(self, rules: list[str], written: Prescription) -> Life:
        """See to each rule that refused; it takes hours, or days."""
        if not rules:
            return
        yield timedelta(minutes=self._dice.randint(2, 300))
        for rule in rules:
            if rule in CURES:
                CURES[rule](self, written)
        if WAITED_FOR.intersection(rules):
            yield timedelta(hours=self._dice.randint(10, 60))
        if REWRITTEN.intersection(rules):
            yield from self._write_again(rules)

    def _write_again(self, rules: list[str]) -> Life:
        if self._patient.category.startswith("FRP"):
            if "R20" in rules:
                self._town.record_test(self._patient)
                yield timedelta(days=self._dice.randint(10, 13), hours=3)
            self._town.record_test(self._patient)
        self._town.authorize(self._town.prescribe(self._patient))

    def settle(self, written: Prescription) -> None:
        """A new negative test, and each hold cleared; sometimes by one who may not."""
        patient = self._patient
        if patient.open_holds():
            self._town.record_test(patient)
        for hold in patient.open_holds():
            self._town.clear(patient, hold, by_pat=self._dice.random() < 0.1)

    def take_back_positive(self, written: Prescription) -> None:
        """Settle the holds; a positive test that no hold stands for was somebody else's."""
        self.settle(written)
        tests = standing(self._patient.tests)
        positive = [n for n, test in enumerate(tests) if test.result != "neg"]
        if positive and self._dice.random() < 0.3:
            self._town.take_back(self._patient, "test", positive[-1])

    def enrol_again(self, written: Prescription) -> None:
        """Restart under the old form if it was stopped lately; else a new form, signed by both."""
        patient = self._patient
        if patient.ends and self._dice.random() < 0.5:
            self._town.restart_treatment(patient)
        if patient.active_form is None or patient.active_form.category != patient.category:
            self.sign_new_form(written)

    def sign_new_form(self, written: Prescription) -> None:
        """A form for the present category, and its signatures."""
        patient = self._patient
        if patient.waiting_form() is None:
            self._town.start_form(patient)
        for role in ("prescriber", "guardian" if patient.is_child else "patient"):
            self._town.sign_form(patient, role)

    def correct_category(self, written: Prescription) -> None:
        """Back to a category that fits the age; a new form comes with it."""
        kind = self._patient.category.partition("_")[0]
        age = "CHILD" if self._patient.born_on.year >= 2010 else "ADULT"
        if self._patient.category != f"{kind}_{age}":
            self._town.change_category(self._patient, f"{kind}_{age}", "hysterectomy")
        self.sign_new_form(written)

    def prove(self, written: Prescription) -> None:
        """A proof that qualifies."""
        kind = "prepubertal" if self._patient.is_child else "hysterectomy"
        self._town.prove(self._patient, kind)

    def take_back_insensitive(self, written: Prescription) -> None:
        """The test that was not sensitive enough was not this patient's."""
        tests = standing(self._patient.tests)
        for place in [n for n, test in enumerate(tests) if test.limit > 50][-1:]:
            self._town.take_back(self._patient, "test", place)

    def verify(self, written: Prescription) -> None:
        """The prescriber signs what waits; sometimes another prescriber tries first."""
        others = [p for p in self._town.prescribers if p.pk != self._patient.row.prescriber_id]
        if self._dice.random() < 0.1 and others:
            self._town.verify_tests(self._patient, self._dice.choice(others).user)
        self._town.verify_tests(self._patient)

    def answer(self, written: Prescription) -> None:
        """The survey, today."""
        self._town.survey(self._patient)

    def file(self, written: Prescription) -> None:
        """The exposure is reported."""
        self._town.file_exposures(self._patient)

    def doubt_allergy(self, written: Prescription) -> None:
        """Looked into, and taken back; not always at once."""
        if self._dice.random() < 0.4:
            self._town.take_back(self._patient, "allergy", 0)

    def confirm(self, written: Prescription) -> None:
        """Ask the program again."""
        self._town.confirm(written)

    def counsel(self, written: Prescription) -> None:
        """All of it, with the Medication Guide."""
        self._town.counsel(written)

    def end_supply(self, written: Prescription) -> None:
        """The capsules from elsewhere were lost, or are simply used up later."""
        supplies = [s for s in self._patient.supplies if s.order is None]
        if supplies and supplies[-1].end is None and self._dice.random() < 0.3:
            self._town.end_supply(self._patient, len(supplies) - 1, "lost")


CURES: dict[str, Callable[[Remedies, Prescription], None]] = {
    "R23": Remedies.take_back_positive,
    "R25": Remedies.settle,
    "R07": Remedies.settle,
    "R03": Remedies.enrol_again,
    "R04": Remedies.sign_new_form,
    "R09": Remedies.correct_category,
    "R08": Remedies.prove,
    "R22": Remedies.take_back_insensitive,
    "R26": Remedies.verify,
    "R30": Remedies.answer,
    "R51": Remedies.file,
    "R52": Remedies.doubt_allergy,
    "R45": Remedies.end_supply,
    "R40": Remedies.confirm,
    "R41": Remedies.confirm,
    "R42": Remedies.confirm,
    "R43": Remedies.counsel,
    "R44": Remedies.counsel,
}
