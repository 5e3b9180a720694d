"""Prescriptions, their numbers and the counseling, at random: as wanted and as not wanted."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.proof.evidence_rules import EvidenceRules
from tests.proof.safety_rules import HOURS_AGO, PICK


class PrescriptionRules(EvidenceRules):
    """Prescriptions, both numbers, counseling."""

    @rule(
        pick=PICK,
        days=st.sampled_from([28, 28, 28, 14, 1, 29]),
        quantity=st.sampled_from([21, 21, 14, 1, 29]),
        refills=st.sampled_from([0, 0, 0, 1]),
        channel=st.sampled_from(["e-rx", "e-rx", "e-rx", "phone"]),
        stated=st.sampled_from([None, None, None, "MALE_ADULT", "FRP_ADULT"]),
        hours=HOURS_AGO,
    )
    def a_prescription_arrives(
        self,
        pick: int,
        days: int,
        quantity: int,
        refills: int,
        channel: str,
        stated: str | None,
        hours: int,
    ) -> None:
        """Written in the portal, or telephoned and typed by two people; kept however it came."""
        patient = self.patient(pick)
        self.prescribe(patient, days, quantity, refills, channel, stated, hours)

    @rule(pick=PICK, which=PICK, hours=HOURS_AGO)
    def an_authorization_arrives(self, pick: int, which: int, hours: int) -> None:
        """The program's number for one of the last prescriptions."""
        patient = self.patient(pick)
        if patient.prescriptions:
            self.authorize(patient.prescriptions[-1 - which % len(patient.prescriptions)], hours)

    @rule(pick=PICK, which=PICK, hours=st.sampled_from([0, 0, 23, 25]))
    def a_confirmation_is_obtained(self, pick: int, which: int, hours: int) -> None:
        """From the program, before the dispense."""
        patient = self.patient(pick)
        if patient.prescriptions:
            self.confirm(patient.prescriptions[-1 - which % len(patient.prescriptions)], hours)

    @rule(pick=PICK, which=PICK, is_whole=st.booleans(), has_guide=st.booleans())
    def the_patient_is_counselled(
        self, pick: int, which: int, is_whole: bool, has_guide: bool
    ) -> None:
        """With or without every item and the Medication Guide."""
        patient = self.patient(pick)
        if patient.prescriptions:
            chosen = patient.prescriptions[-1 - which % len(patient.prescriptions)]
            self.counsel(chosen, is_whole, has_guide)
