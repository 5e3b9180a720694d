"""What pharmacists record about a patient: numbers, counseling, reports, supplies from elsewhere."""

from typing import Any
from uuid import UUID

from django import forms

from accounts.roles import Role
from rems.forms import evidence
from rems.models import Prescription, Program, Supply
from rems.pages import meanings
from rems.pages.words import EXPOSURE_NAMES
from rems.selectors import of_patient, open_exposure_reports
from rems.services import counter, exposure, supplies
from rems.views.forms import EvidenceFormView
from rems.views.prescriber import OfCareTeam


class OfPharmacist(EvidenceFormView):
    """For pharmacists alone."""

    def is_allowed(self) -> bool:
        """A pharmacist."""
        return self.reader.has_role(Role.PHARMACIST)


class OfPrescription(OfPharmacist):
    """About one prescription of the patient."""

    def find(self, **keys: UUID) -> None:
        """The prescription, which still stands."""
        found = of_patient(Prescription, self.patient.pk).select_related("product")
        self.prescription: Prescription = found.get(pk=keys["prescription_id"])

    def context(self, form: forms.Form) -> dict[str, Any]:
        """Which prescription it is."""
        facts = [
            ("Prescription", self.prescription.product.name),
            ("Written", self.prescription.occurred_at),
            ("For", f"{self.prescription.quantity} capsules, {self.prescription.days_supply} days"),
        ]
        return {**super().context(form), "facts": facts}


class ConfirmationView(OfPrescription):
    """Record the program's confirmation number."""

    form_class = evidence.ConfirmationForm
    title = "Record the confirmation number"
    intro = "Get it from the program before each dispense. It holds for 24 hours."
    done = "The confirmation number is recorded."
    meaning = meanings.CONFIRMATION

    def save(self, form: forms.Form) -> None:
        """Record it."""
        data = form.cleaned_data
        counter.record_confirmation(
            prescription_id=self.prescription.pk,
            number=data["number"],
            source=data["source"],
            obtained_at=data["obtained_at"],
            actor=self.reader,
            signature=self.signature(form, Role.PHARMACIST),
        )


class CounselingView(OfPrescription):
    """The Education and Counseling Checklist of this fill."""

    form_class = evidence.CounselingForm
    title = "Education and Counseling Checklist"
    intro = "Tick what you went through with the patient or the guardian. All of it, at every fill."
    done = "The counseling is recorded."
    meaning = meanings.COUNSELING

    def form_arguments(self) -> dict[str, Any]:
        """The category's items, and the medicine's guides."""
        return {
            "category": self.prescription.category,
            "product_id": self.prescription.product_id,
        }

    def save(self, form: forms.Form) -> None:
        """Record it."""
        assert isinstance(form, evidence.CounselingForm)
        guide = form.cleaned_data["medication_guide_id"]
        counter.record_counseling(
            prescription_id=self.prescription.pk,
            checklist=form.checklist,
            medication_guide_id=guide.pk if guide else None,
            counselled_at=form.cleaned_data["counselled_at"],
            actor=self.reader,
            signature=self.signature(form, Role.PHARMACIST),
        )


class FileExposureView(OfPharmacist):
    """Record that an exposure was reported to the program and to FDA MedWatch."""

    form_class = evidence.ExposureFilingForm
    title = "File an exposure report"
    intro = "Report it to the program's call center and to FDA MedWatch first."
    done = "The report is on record as filed."

    def find(self, **keys: UUID) -> None:
        """The open report."""
        self.report = open_exposure_reports(self.patient.pk).get(pk=keys["report_id"])

    def context(self, form: forms.Form) -> dict[str, Any]:
        """What is reported, and by when."""
        facts = [
            ("Exposure", EXPOSURE_NAMES[self.report.kind]),
            ("Received", self.report.occurred_at),
            ("To be reported by", self.report.due_at),
            ("Note", self.report.note or "none"),
        ]
        return {**super().context(form), "facts": facts}

    def save(self, form: forms.Form) -> None:
        """File it."""
        exposure.file_exposure_report(
            report_id=self.report.pk, actor=self.reader, **form.cleaned_data
        )


class OutsideSupplyView(OfPharmacist):
    """Record capsules that another pharmacy dispensed."""

    form_class = evidence.OutsideSupplyForm
    title = "Record a supply from elsewhere"
    done = "The supply is recorded."
    meaning = meanings.SUPPLY

    def save(self, form: forms.Form) -> None:
        """Record it."""
        program = Program.objects.order_by("code").first()
        supplies.record_outside_supply(
            patient_id=self.patient.pk,
            program_code=program.code if program else "",
            actor=self.reader,
            signature=self.signature(form, Role.PHARMACIST),
            **{key: form.cleaned_data[key] for key in evidence.OutsideSupplyForm.base_fields},
        )


class EndSupplyView(OfPharmacist):
    """A supply from elsewhere was lost or returned."""

    form_class = evidence.SupplyEndForm
    title = "A supply was lost or returned"
    done = "What became of the supply is recorded."
    meaning = meanings.SUPPLY

    def find(self, **keys: UUID) -> None:
        """The supply, from elsewhere."""
        found = of_patient(Supply, self.patient.pk).filter(source="elsewhere")
        self.supply = found.get(pk=keys["supply_id"])

    def save(self, form: forms.Form) -> None:
        """Record its end."""
        supplies.end_outside_supply(
            supply_id=self.supply.pk,
            cause=form.cleaned_data["cause"],
            note=form.cleaned_data["note"],
            actor=self.reader,
            signature=self.signature(form, Role.PHARMACIST),
        )


class HypersensitivityView(OfCareTeam):
    """Record a severe allergic reaction."""

    form_class = evidence.HypersensitivityForm
    title = "Record a severe allergic reaction"
    intro = "While this stands nothing is dispensed."
    done = "The reaction is recorded."

    def save(self, form: forms.Form) -> None:
        """Record it."""
        exposure.record_hypersensitivity(
            patient_id=self.patient.pk,
            description=form.cleaned_data["description"],
            actor=self.reader,
        )
