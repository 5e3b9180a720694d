"""Prescriptions, their numbers and the counseling, at random: as wanted and as not wanted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from accounts.roles import Role
from rems import core
from rems.checklists import counseling_items
from rems.errors import GuardRefused
from rems.services import counter, prescribing
from tests import builders as b
from tests.proof.evidence_rules import EvidenceRules
from tests.proof.notes import Note, Patient, Prescription
from tests.proof.safety_rules import HOURS_AGO, PICK

SIG = "Take one capsule by mouth once daily on days 1 to 21 of each 28-day cycle"


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

    def prescribe(
        self,
        patient: Patient,
        days: int = 28,
        quantity: int = 21,
        refills: int = 0,
        channel: str = "e-rx",
        stated: str | None = None,
        hours: int = 0,
    ) -> Prescription:
        """The prescription, as it was noted."""
        at = self.tick() - timedelta(hours=hours)
        said: dict[str, Any] = {
            "patient_id": patient.row.pk,
            "product_id": self.store.product.pk,
            "sig": SIG,
            "days_supply": days,
            "quantity": quantity,
            "refills_authorized": refills,
            "category": stated,
            "written_at": at,
        }
        if channel == "phone":
            checked = b.sign(self.tess, Role.TECHNICIAN)
            row = prescribing.transcribe_prescription(
                channel=channel,
                checker=self.tess,
                check_signature=checked,
                **said,
                **self.by_pat(),
            )
        else:
            row = prescribing.write_prescription(**said, **self.by_prescriber(patient))
        category = stated or patient.category
        noted = Prescription(row.pk, at, False, days, quantity, refills, channel, category)
        patient.prescriptions.append(noted)
        return noted

    @rule(pick=PICK, which=PICK, hours=HOURS_AGO)
    def an_authorization_arrives(self, pick: int, which: int, hours: int) -> None:
        """The program's number for one of the last prescriptions."""
        patient = self.patient(pick)
        if patient.prescriptions:
            self.authorize(patient.prescriptions[-1 - which % len(patient.prescriptions)], hours)

    def authorize(self, prescription: Prescription, hours: int = 0) -> None:
        """Record a number; a prescription has one for ever."""
        at = self.tick() - timedelta(hours=hours)
        number = self.number("A")

        def ask() -> Any:
            return prescribing.record_authorization(
                prescription_id=prescription.key,
                number=number,
                actor=self.pat.user,
                issued_at=at,
            )

        if prescription.authorization is not None:
            self.cannot(ask, GuardRefused)
        else:
            ask()
            prescription.authorization = Note(number, at)

    @rule(pick=PICK, which=PICK, hours=st.sampled_from([0, 0, 23, 25]))
    def a_confirmation_is_obtained(self, pick: int, which: int, hours: int) -> None:
        """From the program, before the dispense."""
        patient = self.patient(pick)
        if patient.prescriptions:
            self.confirm(patient.prescriptions[-1 - which % len(patient.prescriptions)], hours)

    def confirm(self, prescription: Prescription, hours: int = 0) -> None:
        """Record a confirmation number."""
        at = self.tick() - timedelta(hours=hours)
        number = self.number("C")
        counter.record_confirmation(
            prescription_id=prescription.key,
            number=number,
            source="portal",
            obtained_at=at,
            **self.by_pat(),
        )
        prescription.confirmations.append(Note(number, at))

    @rule(pick=PICK, which=PICK, is_whole=st.booleans(), has_guide=st.booleans())
    def the_patient_is_counselled(
        self, pick: int, which: int, is_whole: bool, has_guide: bool
    ) -> None:
        """With or without every item and the Medication Guide."""
        patient = self.patient(pick)
        if patient.prescriptions:
            chosen = patient.prescriptions[-1 - which % len(patient.prescriptions)]
            self.counsel(chosen, is_whole, has_guide)

    def counsel(
        self, prescription: Prescription, is_whole: bool = True, has_guide: bool = True
    ) -> None:
        """Record a counseling."""
        at = self.tick()
        items = counseling_items(core.RiskCategory(prescription.category))
        counter.record_counseling(
            prescription_id=prescription.key,
            checklist={item.key: is_whole or item is not items[0] for item in items},
            medication_guide_id=self.store.guide.pk if has_guide else None,
            **self.by_pat(),
        )
        prescription.counselings.append((Note(None, at), is_whole, has_guide))
