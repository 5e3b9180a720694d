"""The one way in which a page records something: show a form, ask for a signature, call a service.

What the service refuses stands beside the field that it is about, and what was typed is kept.
"""

from datetime import datetime
from http import HTTPStatus
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views import View

from accounts.clock import read_clock
from accounts.forms import SignatureForm
from accounts.models import User
from accounts.presence import ask_for_presence
from rems.errors import DomainError, EntryRefused, NotAllowed, StaleForm
from rems.forms.signing import SIGNATURE_FIELDS, signature_of
from rems.models import Patient
from rems.selectors import pharmacy_zone
from rems.signatures import Signature
from rems.views.reading import read_patient, reader_of, refuse


class ServiceFormView(LoginRequiredMixin, View):
    """A form whose POST calls one service. Subclasses say who may, which form, and what to call."""

    http_method_names = ["get", "head", "post"]
    form_class: ClassVar[type[forms.Form]]
    title: ClassVar[str]
    intro: ClassVar[str] = ""
    button: ClassVar[str] = "Save"
    done: str = "Saved."
    # What a signature under this form means; empty where none is wanted.
    meaning: ClassVar[str] = ""
    template_name: ClassVar[str] = "rems/form.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Sign in, find what the page is about, check the role, prove presence; then go on."""
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        self.reader: User = reader_of(request)
        self.at: datetime = read_clock()
        with timezone.override(pharmacy_zone()):
            try:
                self.prepare(**kwargs)
            except ObjectDoesNotExist as error:
                raise Http404("no such thing") from error
            if not self.is_allowed():
                self.refuse_reader()
            wanted = ask_for_presence(request) if self.signing_meaning() else None
            return wanted or super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The empty form."""
        return self.show(self.form())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Carry it out, or show the form again with what is wrong and all that was typed."""
        form = self.form(request.POST)
        if not form.is_valid():
            return self.show(form, HTTPStatus.UNPROCESSABLE_ENTITY)
        try:
            self.save(form)
        except DomainError as error:
            return self.show(form, place_error(form, error))
        messages.success(request, self.done)
        return redirect(self.next_url())

    def form(self, data: Any = None) -> forms.Form:
        """The form, with the signature's fields where one is wanted."""
        if not self.signing_meaning():
            return self.form_class(data, **self.form_arguments())
        signed = type("SignedForm", (self.form_class, SignatureForm), {})
        return signed(data, user=self.reader, **self.form_arguments())  # type: ignore[no-any-return]

    def show(self, form: forms.Form, status: int = HTTPStatus.OK) -> HttpResponse:
        """The page with the form."""
        return render(self.request, self.template_name, self.context(form), status=status)

    def context(self, form: forms.Form) -> dict[str, Any]:
        """What the template shows."""
        return {
            "form": form,
            "entries": [form[name] for name in form.fields if name not in SIGNATURE_FIELDS],
            "title": self.title,
            "intro": self.intro,
            "button": self.button,
            "meaning": self.signing_meaning(),
            "back_url": self.next_url(),
        }

    def signature(self, form: forms.Form, role: str) -> Signature:
        """The signature under the form, given in this role."""
        return signature_of(self.request, form, role=role, meaning=self.signing_meaning())

    def signing_meaning(self) -> str:
        """What the reader's signature would mean; empty where none is wanted."""
        return self.meaning

    def form_arguments(self) -> dict[str, Any]:
        """What else the form is made with."""
        return {}

    def prepare(self, **keys: UUID) -> None:
        """Find what the page is about. Raises Http404 or DoesNotExist."""

    def is_allowed(self) -> bool:
        """Whether the reader's role includes the act. The service asks again."""
        raise NotImplementedError

    def refuse_reader(self) -> None:
        """The role does not include the act. Raises PermissionDenied."""
        raise PermissionDenied

    def save(self, form: forms.Form) -> None:
        """Call the service. Raises DomainError."""
        raise NotImplementedError

    def next_url(self) -> str:
        """Where the reader goes afterwards."""
        raise NotImplementedError


class EvidenceFormView(ServiceFormView):
    """A form about one patient, whose record the reader may see; the read is logged."""

    def prepare(self, **keys: UUID) -> None:
        """The patient, then what else the address names."""
        self.patient: Patient = read_patient(self.request, keys.pop("patient_id"), self.title)
        self.find(**keys)

    def find(self, **keys: UUID) -> None:
        """What else the address names, of this patient. Raises DoesNotExist."""

    def refuse_reader(self) -> None:
        """Recorded, then refused."""
        refuse(self.request, self.patient, self.title)

    def next_url(self) -> str:
        """The record, or for the patient the treatment's page."""
        return home_of(self.reader, self.patient)

    def context(self, form: forms.Form) -> dict[str, Any]:
        """The patient beside the form."""
        return {**super().context(form), "patient": self.patient}


def home_of(reader: User, patient: Patient) -> str:
    """The page about this patient that the reader comes from."""
    professional = reader.has_perm("rems.view_any_patient") or reader.has_perm(
        "rems.view_own_patients"
    )
    return reverse("rems:patient" if professional else "rems:treatment", args=[patient.pk])


def place_error(form: forms.Form, error: DomainError) -> int:
    """Put the service's refusal beside its field, or above the form; the answer's status."""
    field = error.field if isinstance(error, EntryRefused) else None
    form.add_error(field if field in form.fields else None, str(error))
    if isinstance(error, NotAllowed):
        return HTTPStatus.FORBIDDEN
    return HTTPStatus.CONFLICT if isinstance(error, StaleForm) else HTTPStatus.UNPROCESSABLE_ENTITY
