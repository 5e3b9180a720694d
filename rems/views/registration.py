"""Bring a patient in, and say who acts for the patient."""

from uuid import UUID

from django import forms
from django.urls import reverse

from rems.forms.evidence import EmptyForm
from rems.forms.people import AccessForm, PatientForm
from rems.models import Patient, PatientAccess, Prescriber
from rems.selectors import accesses_in_force, prescriber_entered_for
from rems.services import registration
from rems.views.forms import ServiceFormView
from rems.views.pharmacist import OfPharmacist


class RegisterPatientView(ServiceFormView):
    """A new patient of the reader's own, or of the prescriber that the reader enters for."""

    form_class = PatientForm
    title = "Add a patient"
    intro = "Next you choose the risk category and start the agreement form."
    done = "The patient is on record."
    registered: Patient | None = None

    def prepare(self, **keys: UUID) -> None:
        """Whose patient it will be."""
        self.prescriber: Prescriber | None = prescriber_entered_for(self.reader, self.at)

    def is_allowed(self) -> bool:
        """A prescriber or a delegate."""
        return self.prescriber is not None

    def save(self, form: forms.Form) -> None:
        """Register the patient."""
        assert self.prescriber is not None
        self.registered = registration.register_patient(
            prescriber=self.prescriber, actor=self.reader, **form.cleaned_data
        )

    def next_url(self) -> str:
        """The new record."""
        if self.registered is None:
            return reverse("rems:patients")
        return reverse("rems:patient", args=[self.registered.pk])


class GrantAccessView(OfPharmacist):
    """Link an account to a patient: the patient's own, or a guardian's."""

    form_class = AccessForm
    title = "Link an account to this patient"
    intro = "Check who they are first. From then on they see this record and act for the patient."
    done = "The account is linked."

    def save(self, form: forms.Form) -> None:
        """Grant access from now on."""
        assert isinstance(form, AccessForm)
        registration.grant_access(patient_id=self.patient.pk, actor=self.reader, **form.entry())


class EndAccessView(OfPharmacist):
    """Unlink an account."""

    form_class = EmptyForm
    title = "Unlink an account"
    intro = "From now on this account sees nothing of the patient any more."
    button = "Unlink it"
    done = "The account is unlinked."

    def find(self, **keys: UUID) -> None:
        """The access, in force."""
        found = accesses_in_force(self.patient.pk)
        self.access: PatientAccess = found.get(pk=keys["access_id"])

    def save(self, form: forms.Form) -> None:
        """End it now."""
        registration.end_access(access_id=self.access.pk, actor=self.reader)
