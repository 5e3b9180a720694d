"""What patients and guardians do: complete the survey, report a change, tell the first dose."""

from typing import Any
from uuid import UUID

from django import forms

from accounts.roles import Role
from rems.errors import NotAllowed
from rems.forms import evidence
from rems.models import Supply
from rems.pages import meanings
from rems.selectors import access_of, category_of, of_patient
from rems.services import changes, supplies, surveying
from rems.services.authority import is_on_care_team
from rems.views.forms import EvidenceFormView


class SurveyView(EvidenceFormView):
    """The patient survey, by the patient or, for a child, the guardian."""

    form_class = evidence.SurveyForm
    title = "Patient survey"
    intro = "It takes about two minutes. There are no wrong answers: please say what is true."
    button = "Send the survey"
    done = "Thank you. Your survey is on record."
    done_with_a_change = (
        "Thank you. One of your answers has to be looked at before your next supply. "
        "Please call your prescriber now. If you may be pregnant, stop taking the medicine."
    )
    meaning = meanings.SURVEY

    def find(self, **keys: UUID) -> None:
        """The category, whose questions are asked. Raises DoesNotExist when there is none."""
        assigned = category_of(self.patient.pk)
        self.category = assigned.category if assigned else ""
        self.role = self._role()

    def is_allowed(self) -> bool:
        """Who may answer for the patient."""
        return bool(self.role)

    def form_arguments(self) -> dict[str, Any]:
        """The category's questions."""
        return {"category": self.category}

    def save(self, form: forms.Form) -> None:
        """Record the survey."""
        assert isinstance(form, evidence.SurveyForm)
        surveying.record_survey(
            patient_id=self.patient.pk,
            answers=form.answers,
            actor=self.reader,
            signature=self.signature(form, self.role),
        )
        if surveying.changes_told_of(form.items, form.answers):
            self.done = self.done_with_a_change

    def _role(self) -> str:
        access = access_of(self.reader, self.patient.pk, self.at)
        if access is None or not self.category:
            return ""
        try:
            return surveying.signing_role(access, self.category)
        except NotAllowed:
            return ""


class ReportChangeView(EvidenceFormView):
    """Say that something changed: what it calls for opens at once."""

    form_class = evidence.ChangeForm
    title = "Report a change"
    intro = (
        "We stop at once when something may be unsafe. If you may be pregnant, stop taking the "
        "medicine and call your prescriber right away."
    )
    button = "Report it"
    done = "Thank you. We have it on record. Please call your prescriber now."

    def is_allowed(self) -> bool:
        """Everyone concerned."""
        if self.reader.has_role(Role.TECHNICIAN):
            return True
        if is_on_care_team(self.reader, self.patient, self.at):
            return True
        return access_of(self.reader, self.patient.pk, self.at) is not None

    def form_arguments(self) -> dict[str, Any]:
        """What a person of this category is offered."""
        assigned = category_of(self.patient.pk)
        return {"category": assigned.category if assigned else None}

    def save(self, form: forms.Form) -> None:
        """Report it."""
        changes.report_change(
            patient_id=self.patient.pk,
            change=form.cleaned_data["change"],
            note=form.cleaned_data["note"],
            actor=self.reader,
        )


class FirstDoseView(EvidenceFormView):
    """Say when the first capsules of a supply were taken."""

    form_class = evidence.FirstDoseForm
    title = "First day of this supply"
    done = "Thank you. The first day is on record."

    def find(self, **keys: UUID) -> None:
        """The supply."""
        self.supply = of_patient(Supply, self.patient.pk).get(pk=keys["supply_id"])

    def is_allowed(self) -> bool:
        """The patient, the guardian or the care team."""
        if is_on_care_team(self.reader, self.patient, self.at):
            return True
        return access_of(self.reader, self.patient.pk, self.at) is not None

    def save(self, form: forms.Form) -> None:
        """Record it."""
        supplies.record_first_dose(
            supply_id=self.supply.pk,
            started_on=form.cleaned_data["started_on"],
            actor=self.reader,
        )
