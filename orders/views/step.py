"""How a page takes a step of an order: a form, a signature where one is wanted, one service.

A refusal is a page that says why; what was typed is kept. Each form says which order it was drawn
from: what was signed on an older page is asked for again.
"""

from http import HTTPStatus
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from accounts.roles import Role
from orders.forms import EmptyForm
from orders.models import Order
from orders.pages.findings import staff_lines
from orders.pages.story import event_lines
from orders.pages.words import GATE_WORDS, STATUS_WORDS
from orders.selectors import order_for_staff
from orders.services import StepResult
from orders.states import gate_for, may_move
from orders.views.links import link_of
from orders.views.reading import note_refusal, staff_order, what_was_seen
from rems import core
from rems.errors import DomainError, GuardRefused, StaleForm
from rems.services.versions import verified, version_in_force
from rems.views.forms import ServiceFormView, place_error


@method_decorator(never_cache, name="dispatch")
class StepView(ServiceFormView):
    """One step of an order. Subclasses say which, who may take it, and which service takes it."""

    template_name = "orders/step.html"
    form_class: ClassVar[type[forms.Form]] = EmptyForm
    slug: ClassVar[str]
    to_status: ClassVar[str]
    permissions: ClassVar[tuple[str, ...]]
    is_danger: ClassVar[bool] = False
    from_status: ClassVar[str | None] = None
    mode: ClassVar[str] = ""
    # To stop is right from an old page too.
    stops: ClassVar[bool] = False

    @classmethod
    def is_open(cls, order: Order) -> bool:
        """Whether the order may take this step from where it stands."""
        if cls.from_status not in {None, order.status} or cls.mode not in {"", order.mode}:
            return False
        return may_move(order.status, cls.to_status)

    def prepare(self, **keys: UUID) -> None:
        """The order, which the pharmacy's people may read."""
        self.order = staff_order(self.reader, keys["order_id"], self.slug)

    def is_allowed(self) -> bool:
        """One whose role includes the step."""
        return any(self.reader.has_perm(name) for name in self.permissions)

    def refuse_reader(self) -> None:
        """Recorded, then refused."""
        note_refusal(self.reader, self.order.patient_id, self.slug)
        raise PermissionDenied("Your role does not include this.")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form; 409 when the order cannot take the step any more."""
        if not self.is_open(self.order):
            return self.show_stale()
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Take the step, or say what stands in its way."""
        is_seen = self.stops or what_was_seen(request) == self.order.revision
        if not (self.is_open(self.order) and is_seen):
            return self.refuse_stale()
        form = self.form(request.POST)
        if not form.is_valid():
            return self.show(form, HTTPStatus.UNPROCESSABLE_ENTITY)
        try:
            result = self.take(form)
        except StaleForm:
            self.order = order_for_staff(self.order.pk)
            return self.refuse_stale()
        except DomainError as error:
            note_refusal(self.reader, self.order.patient_id, self.slug)
            return self.show(form, _status_of(form, error))
        if not result.is_done:
            return self.show_findings(result)
        messages.success(request, self.done)
        return redirect(self.next_url())

    def take(self, form: forms.Form) -> StepResult:
        """Call the service. Raises DomainError."""
        raise NotImplementedError

    def refuse_stale(self) -> HttpResponse:
        """Recorded; then where the order stands, or the form again where it may still be sent."""
        note_refusal(self.reader, self.order.patient_id, self.slug)
        return self.show_changed() if self.is_open(self.order) else self.show_stale()

    def show_changed(self) -> HttpResponse:
        """What happened since the form was drawn, and all that was typed but the signature: it was
        given to another state of the order."""
        form = self.form()
        form.initial.update(self.request.POST.dict(), is_signed=False)
        zone = core.zone_named(self.order.pharmacy.time_zone)
        happened = event_lines(self.order, zone, since=what_was_seen(self.request))
        context = {**self.context(form), "has_changed": True, "happened": happened}
        return render(self.request, self.template_name, context, status=HTTPStatus.CONFLICT)

    def show_stale(self) -> HttpResponse:
        """The order is no longer where this step begins: somebody was faster, or it is not yet."""
        context = {**self.context(EmptyForm()), "status": STATUS_WORDS[self.order.status]}
        return render(self.request, "orders/stale.html", context, status=HTTPStatus.CONFLICT)

    def show_findings(self, result: StepResult) -> HttpResponse:
        """409: every finding, as a pharmacist reads it. The refusal itself is on record."""
        decision = result.decision
        assert decision is not None
        zone = core.zone_named(self.order.pharmacy.time_zone)
        context = {
            **self.context(EmptyForm()),
            "lines": staff_lines(decision.findings, link_of(self.order.patient, self.reader), zone),
            "gate": GATE_WORDS.get(decision.gate or "", ""),
        }
        return render(self.request, "orders/refused.html", context, status=HTTPStatus.CONFLICT)

    def context(self, form: forms.Form) -> dict[str, Any]:
        """The order beside the form; where the rules decide, the limits that nobody signed off."""
        version = self.version_asked()
        return {
            **super().context(form),
            "order": self.order,
            "is_danger": self.is_danger,
            "unverified": version.unverified if version else (),
            "program_version": f"{version.program_code} {version.version}" if version else "",
        }

    def version_asked(self) -> core.ProgramVersion | None:
        """The version by which the rules would decide this step now; None where they do not."""
        is_open = self.is_open(self.order)
        if not is_open or not gate_for(self.order.status, self.to_status):
            return None
        code = self.order.prescription.program_id
        return verified(version_in_force(code, self.at))

    def unsigned(self) -> dict[str, Any]:
        """What every service takes: the order as the page showed it, and who takes the step."""
        return {"order_id": self.order.pk, "seen": self.order.revision, "actor": self.reader}

    def signed(self, form: forms.Form) -> dict[str, Any]:
        """What every signed service takes."""
        return {**self.unsigned(), "signature": self.signature(form, Role.PHARMACIST)}

    def next_url(self) -> str:
        """The order."""
        return reverse("orders:review", args=[self.order.pk])


def _status_of(form: forms.Form, error: DomainError) -> int:
    status = place_error(form, error)
    return HTTPStatus.CONFLICT if isinstance(error, GuardRefused) else status
