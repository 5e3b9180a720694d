"""Pages by which the care team records what the pharmacist is advised of."""

from django import forms

from rems.forms import evidence
from rems.services import clinical
from rems.views.prescriber import OfCareTeam


class ClinicalFactorView(OfCareTeam):
    """Record a medicine or condition that the dose has to follow."""

    form_class = evidence.ClinicalFactorForm
    title = "Record a medicine or condition that bears on the dose"
    intro = "The pharmacist sees it at each step. It stops nothing by itself."
    done = "It is recorded."

    def save(self, form: forms.Form) -> None:
        """Record it."""
        data = form.cleaned_data
        clinical.record_clinical_factor(
            patient_id=self.patient.pk,
            factor=data["factor"],
            is_present=data["is_present"] == "yes",
            since=data["since"],
            note=data["note"],
            actor=self.reader,
        )


class BloodCountView(OfCareTeam):
    """Record a blood count."""

    form_class = evidence.BloodCountForm
    title = "Record a blood count"
    intro = "The pharmacist is told when the next one is overdue."
    done = "The blood count is recorded."

    def save(self, form: forms.Form) -> None:
        """Record it."""
        clinical.record_blood_count(
            patient_id=self.patient.pk, actor=self.reader, **form.cleaned_data
        )
