"""The agreement form: started in the prescriber's office, signed by everyone it wants."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from accounts.clock import read_clock
from rems import core
from rems.forms import evidence
from rems.models import AgreementForm, Program
from rems.pages import meanings
from rems.pages.words import CATEGORY_NAMES, SIGNER_NAMES
from rems.selectors import forms_awaiting_signature, signed_roles
from rems.services import enrolling
from rems.services.authority import works_for_prescriber
from rems.views.forms import EvidenceFormView, home_of
from rems.views.prescriber import OfOffice
from rems.views.reading import read_patient, reader_of


class StartFormView(OfOffice):
    """Start an agreement form for the patient's category."""

    form_class = evidence.EmptyForm
    title = "Start an agreement form"
    intro = "The form is for the patient's current risk category. It then waits for its signatures."
    button = "Start the form"
    done = "The form is started. It waits for its signatures."

    def save(self, form: forms.Form) -> None:
        """Start it."""
        program = Program.objects.order_by("code").first()
        enrolling.start_agreement_form(
            patient_id=self.patient.pk,
            program_code=program.code if program else "",
            actor=self.reader,
        )


class SignFormView(EvidenceFormView):
    """Sign the agreement form, as the prescriber, the patient or the guardian."""

    form_class = evidence.EmptyForm
    title = "Sign the agreement form"
    button = "Sign the form"
    done = "Your signature is on the form."
    template_name = "rems/sign_form.html"

    def find(self, **keys: UUID) -> None:
        """The form, which waits for a signature."""
        waiting = forms_awaiting_signature(self.patient.pk)
        self.agreement: AgreementForm = waiting.get(pk=keys["form_id"])
        self.signed = signed_roles(self.agreement.pk)
        self.role = enrolling.role_under_form(self.reader, self.patient, self.at)

    def is_allowed(self) -> bool:
        """One whose signature the form wants."""
        return self.role in enrolling.wanted_signatures(self.agreement.category)

    def signing_meaning(self) -> str:
        """By role."""
        return {
            "prescriber": meanings.FORM_PRESCRIBER,
            "patient": meanings.FORM_PATIENT,
            "guardian": meanings.FORM_GUARDIAN,
        }.get(self.role, "")

    def context(self, form: forms.Form) -> dict[str, Any]:
        """The form's text, and who has signed."""
        wanted = sorted(enrolling.wanted_signatures(self.agreement.category), reverse=True)
        return {
            **super().context(form),
            "category": CATEGORY_NAMES[self.agreement.category],
            "group": core.RiskCategory(self.agreement.category),
            "already_signed": self.role in self.signed,
            "signatures": [(SIGNER_NAMES[role], role in self.signed) for role in wanted],
        }

    def save(self, form: forms.Form) -> None:
        """Sign it."""
        enrolling.sign_agreement_form(
            form_id=self.agreement.pk,
            role=self.role,
            actor=self.reader,
            signature=self.signature(form, self.role),
        )


@require_safe
@login_required
def agreement(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """On to the form that waits for signatures, to starting one, or back to the patient's page."""
    patient = read_patient(request, patient_id, "agreement form")
    reader, at = reader_of(request), read_clock()
    waiting = forms_awaiting_signature(patient.pk).first()
    if waiting is not None and enrolling.awaits_signature_of(waiting, reader, patient, at):
        return redirect("rems:sign-form", patient.pk, waiting.pk)
    if waiting is None and works_for_prescriber(reader, patient, at):
        return redirect("rems:start-form", patient.pk)
    return redirect(home_of(reader, patient))
