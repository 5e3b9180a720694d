"""What the prescriber's office records: category, form, tests, prescriptions, clearances, stops."""

from typing import Any
from uuid import UUID

from django import forms

from accounts.roles import Role
from rems.forms import evidence
from rems.models import Hold, Prescription
from rems.pages import meanings
from rems.pages.words import HOLD_NAMES, RESULT_NAMES
from rems.selectors import (
    of_patient,
    open_holds,
    unverified_tests,
)
from rems.services import changes, enrolling, prescribing, testing
from rems.services.authority import (
    is_on_care_team,
    prescriber_or_pharmacist,
    require_prescriber_or_pharmacist,
    treats,
    works_for_prescriber,
)
from rems.views.forms import EvidenceFormView


class OfCareTeam(EvidenceFormView):
    """For the prescriber, a delegate or a pharmacist."""

    def is_allowed(self) -> bool:
        """On the care team."""
        return is_on_care_team(self.reader, self.patient, self.at)


class OfOffice(EvidenceFormView):
    """For the prescriber or a delegate."""

    def is_allowed(self) -> bool:
        """In the prescriber's office."""
        return works_for_prescriber(self.reader, self.patient, self.at)


class OfPrescriber(EvidenceFormView):
    """For the treating prescriber alone."""

    def is_allowed(self) -> bool:
        """The treating prescriber."""
        return treats(self.reader, self.patient)


class PregnancyTestView(OfCareTeam):
    """Record a test: verified by the prescriber's signature, unverified from anybody else."""

    form_class = evidence.PregnancyTestForm
    title = "Record a pregnancy test"
    intro = "A result that is not negative stops treatment at once."
    done = "The test is recorded."

    def signing_meaning(self) -> str:
        """Only the prescriber signs a result."""
        return meanings.TEST if treats(self.reader, self.patient) else ""

    def save(self, form: forms.Form) -> None:
        """Record the test."""
        data = form.cleaned_data
        signature = self.signature(form, Role.PRESCRIBER) if self.signing_meaning() else None
        testing.record_pregnancy_test(
            patient_id=self.patient.pk,
            result=data["result"],
            detection_limit=data["detection_limit"],
            collected_at=data["collected_at"],
            laboratory=data["laboratory"],
            actor=self.reader,
            signature=signature,
        )


class VerifyTestView(OfPrescriber):
    """Verify a result that somebody else typed."""

    form_class = evidence.EmptyForm
    title = "Verify a test result"
    button = "Verify"
    done = "The result is verified."
    meaning = meanings.TEST

    def find(self, **keys: UUID) -> None:
        """The unverified test."""
        self.test = unverified_tests(self.patient.pk).get(pk=keys["test_id"])

    def context(self, form: forms.Form) -> dict[str, Any]:
        """The result that is verified."""
        facts = [
            ("Result", RESULT_NAMES[self.test.result]),
            ("Sample taken", self.test.occurred_at),
            ("Detection limit", f"{self.test.detection_limit} mIU/mL"),
            ("Laboratory", self.test.laboratory or "not given"),
        ]
        return {**super().context(form), "facts": facts}

    def save(self, form: forms.Form) -> None:
        """Verify it."""
        testing.verify_pregnancy_test(
            test_id=self.test.pk,
            actor=self.reader,
            signature=self.signature(form, Role.PRESCRIBER),
        )


class CategoryView(OfPrescriber):
    """Choose or change the risk category."""

    form_class = evidence.CategoryForm
    title = "Choose the risk category"
    intro = "A change ends the enrollment: a new form and a new prescription are then needed."
    done = "The category is recorded. Next: the agreement form."
    meaning = meanings.CATEGORY

    def save(self, form: forms.Form) -> None:
        """Assign the category."""
        enrolling.assign_category(
            patient_id=self.patient.pk,
            category=form.cleaned_data["category"],
            reason=form.cleaned_data["reason"],
            actor=self.reader,
            signature=self.signature(form, Role.PRESCRIBER),
        )


class ReproductiveStatusView(OfPrescriber):
    """Record why no pregnancy tests are needed."""

    form_class = evidence.ReproductiveStatusForm
    title = "Record why the patient cannot become pregnant"
    done = "The proof is recorded."
    meaning = meanings.PROOF

    def save(self, form: forms.Form) -> None:
        """Record the proof."""
        enrolling.record_reproductive_status(
            patient_id=self.patient.pk,
            proof_type=form.cleaned_data["proof_type"],
            since_on=form.cleaned_data["since_on"],
            actor=self.reader,
            signature=self.signature(form, Role.PRESCRIBER),
        )


class PrescriptionView(OfPrescriber):
    """Write a prescription, with the authorization number if it is there already."""

    form_class = evidence.PrescriptionForm
    title = "Write a prescription"
    intro = "One fill: at most 28 days, no refills. Not by telephone."
    button = "Sign and send"
    done = "The prescription is recorded."
    meaning = meanings.PRESCRIPTION

    def save(self, form: forms.Form) -> None:
        """Write it, and record its number."""
        data = form.cleaned_data
        prescribing.write_prescription(
            patient_id=self.patient.pk,
            product_id=data["product_id"].pk,
            sig=data["sig"],
            days_supply=data["days_supply"],
            quantity=data["quantity"],
            indication=data["indication"],
            authorization_number=data["number"],
            actor=self.reader,
            signature=self.signature(form, Role.PRESCRIBER),
        )


class AuthorizationView(EvidenceFormView):
    """Record the authorization number of a prescription: the prescriber or a pharmacist signs it."""

    form_class = evidence.AuthorizationForm
    title = "Record the authorization number"
    done = "The authorization number is recorded."
    meaning = meanings.AUTHORIZATION

    def is_allowed(self) -> bool:
        """The treating prescriber, or a pharmacist."""
        return prescriber_or_pharmacist(self.reader, self.patient) is not None

    def find(self, **keys: UUID) -> None:
        """The prescription."""
        self.prescription = of_patient(Prescription, self.patient.pk).get(
            pk=keys["prescription_id"]
        )

    def save(self, form: forms.Form) -> None:
        """Record the number."""
        data = form.cleaned_data
        role = require_prescriber_or_pharmacist(self.reader, self.patient, self.at)
        prescribing.record_authorization(
            prescription_id=self.prescription.pk,
            number=data["number"],
            issued_at=data["issued_at"],
            actor=self.reader,
            signature=self.signature(form, role),
        )


class ClearHoldView(OfPrescriber):
    """Clear a hold."""

    form_class = evidence.ReasonForm
    title = "Clear a hold"
    button = "Clear the hold"
    done = "The hold is cleared."
    meaning = meanings.HOLD

    def find(self, **keys: UUID) -> None:
        """The open hold."""
        self.hold: Hold = open_holds(self.patient.pk).get(pk=keys["hold_id"])

    def context(self, form: forms.Form) -> dict[str, Any]:
        """The hold, and what is missing before it can be cleared."""
        needs_test = self.hold.hold_type != "category_review"
        facts = [
            ("Hold", HOLD_NAMES[self.hold.hold_type]),
            ("Since", self.hold.occurred_at),
            ("Note", self.hold.note or "none"),
        ]
        missing = changes.missing_for_clearance(self.hold, self.at) if needs_test else ""
        return {**super().context(form), "facts": facts, "missing": missing}

    def save(self, form: forms.Form) -> None:
        """Clear it."""
        changes.clear_hold(
            hold_id=self.hold.pk,
            reason=form.cleaned_data["reason"],
            actor=self.reader,
            signature=self.signature(form, Role.PRESCRIBER),
        )


class StopView(OfCareTeam):
    """Treatment stopped."""

    form_class = evidence.StopForm
    title = "Stop treatment"
    intro = "This ends the enrollment. Going on later needs a restart, or a new form."
    button = "Stop treatment"
    done = "Treatment is stopped."

    def save(self, form: forms.Form) -> None:
        """Stop it."""
        enrolling.discontinue_treatment(
            patient_id=self.patient.pk,
            reason=form.cleaned_data["reason"],
            stopped_at=form.cleaned_data["stopped_at"],
            actor=self.reader,
        )


class RestartView(OfOffice):
    """Treatment goes on under the same form."""

    form_class = evidence.EmptyForm
    title = "Restart treatment"
    intro = "Within 12 months of the stop the old form still holds. Later a new one is needed."
    button = "Restart treatment"
    done = "Treatment is restarted."

    def save(self, form: forms.Form) -> None:
        """Restart it."""
        enrolling.restart_treatment(patient_id=self.patient.pk, actor=self.reader)
