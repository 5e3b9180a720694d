"""Take back what was entered in error: a new row that says so and why."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404

from accounts.roles import Role
from rems.forms import evidence
from rems.models import PatientEvidence
from rems.pages import meanings
from rems.pages.record import describe
from rems.selectors import of_patient
from rems.services.corrections import (
    CORRECTORS,
    correct_evidence,
    may_correct,
    role_that_signs,
)
from rems.views.forms import EvidenceFormView

KINDS: dict[str, type[PatientEvidence]] = {
    model._meta.model_name or "": model for model in CORRECTORS
}


class WithdrawView(EvidenceFormView):
    """Say that a row was entered in error. The row stays, marked."""

    form_class = evidence.ReasonForm
    title = "Entered in error"
    intro = "The record keeps what was entered, and that it was taken back, by whom and why."
    button = "Take it back"
    done = "It is marked as entered in error."

    def find(self, **keys: Any) -> None:
        """The row, which still stands. Raises Http404 for a kind that cannot be taken back."""
        model = KINDS.get(str(keys["kind"]))
        if model is None:
            raise Http404("no such kind of record")
        row_id: UUID = keys["row_id"]
        self.row: PatientEvidence = of_patient(model, self.patient.pk).get(pk=row_id)

    def is_allowed(self) -> bool:
        """Who may correct this kind."""
        return may_correct(type(self.row), self.reader, self.patient, self.at)

    def signing_meaning(self) -> str:
        """Signed where the correction has to be."""
        return meanings.WITHDRAWAL if self._role() else ""

    def context(self, form: forms.Form) -> dict[str, Any]:
        """What is taken back."""
        return {**super().context(form), "facts": [("Entry", describe(self.row))]}

    def save(self, form: forms.Form) -> None:
        """Retract it."""
        role = self._role()
        correct_evidence(
            row=self.row,
            replacement=None,
            reason=form.cleaned_data["reason"],
            actor=self.reader,
            signature=self.signature(form, role) if role else None,
        )

    def _role(self) -> Role | None:
        return role_that_signs(type(self.row), self.reader, self.patient, self.at)
