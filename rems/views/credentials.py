"""Certifications, trainings and licences: shown to pharmacists, who record and revoke them."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.clock import read_clock
from accounts.roles import Role
from rems.forms.credentials import CredentialForm, LicenceForm
from rems.forms.evidence import ReasonForm
from rems.models import (
    Credential,
    Pharmacist,
    PharmacistTraining,
    Pharmacy,
    PharmacyCertification,
    Prescriber,
    PrescriberCertification,
    Program,
    StateLicence,
)
from rems.pages import meanings
from rems.pages.credentials import credential_groups
from rems.selectors import current, pharmacy_zone
from rems.services import credentials
from rems.views.forms import ServiceFormView

KINDS: dict[str, type[Credential]] = {
    "prescriber": PrescriberCertification,
    "pharmacy": PharmacyCertification,
    "pharmacist": PharmacistTraining,
    "licence": StateLicence,
}


@require_safe
@login_required
@permission_required("rems.record_certification", raise_exception=True)
def overview(request: HttpRequest) -> HttpResponse:
    """Who is certified, trained or licensed, and until when."""
    with timezone.override(pharmacy_zone()):
        context = {"groups": credential_groups(read_clock())}
        return render(request, "rems/credentials.html", context)


class OfCredentials(ServiceFormView):
    """For pharmacists; back to the overview."""

    meaning = meanings.CREDENTIAL

    def is_allowed(self) -> bool:
        """A pharmacist."""
        return self.reader.has_role(Role.PHARMACIST)

    def next_url(self) -> str:
        """The overview."""
        return reverse("rems:credentials")


class RecordCredentialView(OfCredentials):
    """A base for the four kinds: dates are local days at the pharmacy."""

    form_class = CredentialForm
    done = "It is recorded."
    subject: Any

    def context(self, form: forms.Form) -> dict[str, Any]:
        """For whom."""
        return {**super().context(form), "facts": [("For", str(self.subject))]}

    def arguments(self, form: forms.Form) -> dict[str, Any]:
        """What every kind of credential is recorded with."""
        data = form.cleaned_data
        ends_on: date | None = data["ends_on"]
        return {
            "proof": data["proof"],
            "valid_from": start_of(data["starts_on"]),
            "valid_until": start_of(ends_on + timedelta(days=1) if ends_on else None),
            "actor": self.reader,
            "signature": self.signature(form, Role.PHARMACIST),
        }


class CertifyPrescriberView(RecordCredentialView):
    """A prescriber is certified."""

    title = "Certify a prescriber"

    def prepare(self, **keys: UUID) -> None:
        """The prescriber."""
        self.subject = Prescriber.objects.get(pk=keys["subject_id"])

    def save(self, form: forms.Form) -> None:
        """Record it."""
        credentials.record_prescriber_certification(
            prescriber_id=self.subject.pk, program_code=the_program(), **self.arguments(form)
        )


class CertifyPharmacyView(RecordCredentialView):
    """The pharmacy is certified."""

    title = "Certify the pharmacy"

    def prepare(self, **keys: UUID) -> None:
        """The pharmacy."""
        self.subject = Pharmacy.objects.get(pk=keys["subject_id"])

    def save(self, form: forms.Form) -> None:
        """Record it."""
        credentials.record_pharmacy_certification(
            pharmacy_id=self.subject.pk, program_code=the_program(), **self.arguments(form)
        )


class TrainPharmacistView(RecordCredentialView):
    """A pharmacist is trained."""

    title = "Record a pharmacist's training"

    def prepare(self, **keys: UUID) -> None:
        """The pharmacist."""
        self.subject = Pharmacist.objects.get(pk=keys["subject_id"])

    def save(self, form: forms.Form) -> None:
        """Record it."""
        credentials.record_pharmacist_training(
            pharmacist_id=self.subject.pk, program_code=the_program(), **self.arguments(form)
        )


class LicenceView(RecordCredentialView):
    """The pharmacy is licensed to ship into a state."""

    title = "Record a state license"
    form_class = LicenceForm

    def prepare(self, **keys: UUID) -> None:
        """The pharmacy."""
        self.subject = Pharmacy.objects.get(pk=keys["subject_id"])

    def save(self, form: forms.Form) -> None:
        """Record it."""
        credentials.record_state_licence(
            pharmacy_id=self.subject.pk,
            state=form.cleaned_data["state"],
            **self.arguments(form),
        )


class RevokeView(OfCredentials):
    """End a credential now."""

    form_class = ReasonForm
    title = "Revoke"
    button = "Revoke it now"
    done = "It is revoked."
    meaning = meanings.REVOCATION

    def prepare(self, **keys: Any) -> None:
        """The credential, which still stands. Raises DoesNotExist."""
        model = KINDS.get(str(keys["kind"]))
        if model is None:
            raise Http404("no such kind of credential")
        self.credential: Credential = current(model).get(pk=keys["credential_id"])

    def context(self, form: forms.Form) -> dict[str, Any]:
        """What ends."""
        return {**super().context(form), "facts": [("Proof", self.credential.proof)]}

    def save(self, form: forms.Form) -> None:
        """Revoke it."""
        credentials.revoke_credential(
            credential=self.credential,
            reason=form.cleaned_data["reason"],
            actor=self.reader,
            signature=self.signature(form, Role.PHARMACIST),
        )


def the_program() -> str:
    """The code of the store's program; empty when there is none."""
    program = Program.objects.order_by("code").first()
    return program.code if program else ""


def start_of(on: date | None) -> datetime | None:
    """The first instant of a local day at the pharmacy."""
    if on is None:
        return None
    return datetime(on.year, on.month, on.day, tzinfo=pharmacy_zone())
