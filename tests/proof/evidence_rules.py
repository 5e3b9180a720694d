"""Category, form, enrolment, survey and supplies, at random and not always in order."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import rule

from pharmacy.simulation.evidence_acts import CATEGORIES
from tests.proof.safety_rules import PICK, SafetyRules

ADULT_PROOFS = ("hysterectomy", "menopause", "tubal_ligation")


class EvidenceRules(SafetyRules):
    """Category, form, survey, supplies."""

    @rule(pick=PICK, category=st.sampled_from(CATEGORIES), proof=st.sampled_from(ADULT_PROOFS))
    def the_category_changes(self, pick: int, category: str, proof: str) -> None:
        """The prescriber puts the patient into another category: enrolment and forms are over."""
        self.change_category(self.patient(pick), category, proof)

    @rule(pick=PICK)
    def a_form_is_started(self, pick: int) -> None:
        """One at a time for a category."""
        self.start_form(self.patient(pick))

    @rule(pick=PICK, role=st.sampled_from(["prescriber", "patient", "guardian"]))
    def a_form_is_signed(self, pick: int, role: str) -> None:
        """By one of those whom the category wants."""
        self.sign_form(self.patient(pick), role)

    @rule(pick=PICK, starts_again=st.booleans())
    def treatment_stops_or_starts(self, pick: int, starts_again: bool) -> None:
        """Stopped by the prescriber; begun again under the same form, within twelve months."""
        if starts_again:
            self.restart_treatment(self.patient(pick))
        else:
            self.stop_treatment(self.patient(pick))

    @rule(pick=PICK, days=st.sampled_from([0, 0, 2, 30]))
    def a_survey_is_completed(self, pick: int, days: int) -> None:
        """Today, or told of today."""
        self.survey(self.patient(pick), days)

    @rule(pick=PICK, days=st.sampled_from([7, 14, 28]), ago=st.sampled_from([0, 3, 25]))
    def capsules_came_from_elsewhere(self, pick: int, days: int, ago: int) -> None:
        """A pharmacist learns of a supply from another pharmacy; its first dose may be known."""
        if pick <= 2:
            self.learn_of_supply(self.patient(pick), days, ago)

    @rule(pick=PICK, which=PICK, cause=st.sampled_from(["lost", "returned"]))
    def an_outside_supply_ends(self, pick: int, which: int, cause: str) -> None:
        """Signed evidence that it is gone; once."""
        self.end_supply(self.patient(pick), which, cause)

    @rule(pick=PICK, which=PICK)
    def a_first_dose_is_told(self, pick: int, which: int) -> None:
        """The first day on which capsules of a supply were taken; once."""
        self.tell_first_dose(self.patient(pick), which)
