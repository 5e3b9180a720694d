"""What stops treatment, told at random: true, late, twice, or by the wrong one."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from pharmacy.simulation.notes import Patient
from pharmacy.simulation.safety_acts import HOLD_OF, REPORTED
from tests.proof.setting import Setting

PICK = st.integers(0, 5)
HOURS_AGO = st.sampled_from([0, 0, 0, 1, 20, 24, 30, 24 * 6, 24 * 12, 24 * 40])


class SafetyRules(Setting):
    """Tests, holds, exposure reports, allergies, and what is taken back."""

    @rule(
        pick=PICK,
        result=st.sampled_from(["neg", "neg", "neg", "neg", "pos", "ind"]),
        limit=st.sampled_from([25, 25, 25, 50, 51]),
        is_verified=st.sampled_from([True, True, False]),
        hours=HOURS_AGO,
    )
    def a_test_arrives(
        self, pick: int, result: str, limit: int, is_verified: bool, hours: int
    ) -> None:
        """A result, often of days ago, signed by the prescriber or typed by the pharmacy."""
        self.record_test(self.patient(pick), result, limit, is_verified, hours)

    @rule(pick=PICK, by_other=st.sampled_from([False, False, False, True]))
    def tests_are_verified(self, pick: int, by_other: bool) -> None:
        """The treating prescriber, and nobody else, signs the results that wait."""
        patient = self.patient(pick)
        self.verify_tests(patient, self._stranger(patient) if by_other else None)

    def _stranger(self, patient: Patient) -> Any:
        others = {self.prescriber.pk: self.other, self.other.pk: self.prescriber}
        return others[patient.row.prescriber_id].user

    @rule(pick=PICK, which=PICK, kind=st.sampled_from(["test", "test", "hold", "allergy"]))
    def something_is_taken_back(self, pick: int, which: int, kind: str) -> None:
        """The prescriber says that it was entered in error."""
        self.take_back(self.patient(pick), kind, which)

    @rule(
        pick=PICK,
        change=st.sampled_from([*HOLD_OF, *REPORTED]),
        hours=st.sampled_from([0, 0, 2]),
        times=st.sampled_from([1, 2]),
    )
    def something_changed(self, pick: int, change: str, hours: int, times: int) -> None:
        """A report, sometimes sent twice by a double click, which is one."""
        self.report_change(self.patient(pick), change, hours, times)

    @rule(pick=PICK, which=PICK, by_pat=st.sampled_from([False, False, False, True]))
    def a_hold_is_cleared(self, pick: int, which: int, by_pat: bool) -> None:
        """By the prescriber alone, and only after a later negative test."""
        patient = self.patient(pick)
        holds = patient.open_holds()
        if holds:
            self.clear(patient, holds[which % len(holds)], by_pat)

    @rule(pick=PICK)
    def exposures_are_filed(self, pick: int) -> None:
        """A pharmacist reports to the program and to MedWatch."""
        self.file_exposures(self.patient(pick))

    @rule(pick=PICK)
    def an_allergy_is_told(self, pick: int) -> None:
        """A severe reaction, in one patient of the six that may be picked."""
        if pick == 5:
            self.tell_allergy(self.patient(pick))
