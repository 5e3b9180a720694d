"""Prescriptions, their two numbers and the counseling: as wanted and as not wanted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from accounts.roles import Role
from pharmacy.simulation.evidence_acts import EvidenceActs
from pharmacy.simulation.ground import sign
from pharmacy.simulation.notes import Note, Patient, Prescription
from rems import core
from rems.checklists import counseling_items
from rems.errors import GuardRefused
from rems.services import counter, prescribing

SIG = "Take one capsule by mouth once daily on days 1 to 21 of each 28-day cycle"


class PrescriptionActs(EvidenceActs):
    """Prescriptions, both numbers, counseling."""

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
        """Written in the portal, or telephoned and typed by two people; as it was noted."""
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
        row = self.do(lambda: self._written(patient, channel, said))
        category = stated or patient.category
        noted = Prescription(row.pk, at, False, days, quantity, refills, channel, category)
        patient.prescriptions.append(noted)
        return noted

    def _written(self, patient: Patient, channel: str, said: dict[str, Any]) -> Any:
        if channel != "phone":
            return prescribing.write_prescription(**said, **self.by_prescriber(patient))
        return prescribing.transcribe_prescription(
            channel=channel,
            checker=self.tess,
            check_signature=sign(self.tess, Role.TECHNICIAN),
            **said,
            **self.by_pat(),
        )

    def authorize(self, prescription: Prescription, hours: int = 0) -> None:
        """Record a number; a prescription has one for ever."""
        at = self.tick() - timedelta(hours=hours)
        number = self.number("A")

        def ask() -> Any:
            return prescribing.record_authorization(
                prescription_id=prescription.key,
                number=number,
                issued_at=at,
                **self.by_pat(),
            )

        if prescription.authorization is not None:
            self.cannot(ask, GuardRefused)
        else:
            self.do(ask)
            prescription.authorization = Note(number, at)

    def confirm(self, prescription: Prescription, hours: int = 0) -> None:
        """Record a confirmation number."""
        at = self.tick() - timedelta(hours=hours)
        number = self.number("C")
        self.do(
            lambda: counter.record_confirmation(
                prescription_id=prescription.key,
                number=number,
                source="portal",
                obtained_at=at,
                **self.by_pat(),
            )
        )
        prescription.confirmations.append(Note(number, at))

    def counsel(
        self, prescription: Prescription, is_whole: bool = True, has_guide: bool = True
    ) -> None:
        """Record a counseling, with or without every item and the Medication Guide."""
        at = self.tick()
        items = counseling_items(core.RiskCategory(prescription.category))
        self.do(
            lambda: counter.record_counseling(
                prescription_id=prescription.key,
                checklist={item.key: is_whole or item is not items[0] for item in items},
                medication_guide_id=self.store.guide.pk if has_guide else None,
                **self.by_pat(),
            )
        )
        prescription.counselings.append((Note(None, at), is_whole, has_guide))
