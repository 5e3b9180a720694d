"""A patient's (or guardian's) own orders."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.services import log_reads
from orders.forms import CancelForm
from orders.pages.story import event_lines, is_cancellable, order_lines, timeline
from orders.pages.words import MODE_WORDS, NEXT_WORDS, STATUS_TONES, STATUS_WORDS
from orders.selectors import orders_of
from orders.services import cancel
from orders.views.reading import note_refusal, own_order
from rems import core
from rems.views.forms import ServiceFormView
from rems.views.reading import reader_of


@never_cache
@require_safe
@login_required
@permission_required("orders.place_order", raise_exception=True)
def mine(request: HttpRequest) -> HttpResponse:
    """Every order of the reader's patients, newest first."""
    reader = reader_of(request)
    orders = orders_of(reader)
    log_reads(reader, [order.patient_id for order in orders], "my orders")
    return render(request, "orders/mine.html", {"lines": order_lines(orders)})


@never_cache
@require_safe
@login_required
def order(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """One order: a picture of where it stands, what happens next, and what has happened."""
    found = own_order(reader_of(request), order_id, "own order")
    zone = core.zone_named(found.pharmacy.time_zone)
    context = {
        "order": found,
        "status": STATUS_WORDS[found.status],
        "tone": STATUS_TONES[found.status],
        "next": NEXT_WORDS[found.status],
        "mode": MODE_WORDS.get(found.mode, found.mode),
        "steps": timeline(found, zone),
        "events": event_lines(found, zone),
        "is_cancellable": is_cancellable(found),
    }
    return render(request, "orders/order.html", context)


@method_decorator(never_cache, name="dispatch")
class CancelOwnView(ServiceFormView):
    """Cancel an order of one's own while nothing is packed."""

    form_class = CancelForm
    template_name = "orders/step.html"
    title = "Cancel this order?"
    intro = "Nothing is packed yet, so you can still cancel. Your prescription stays valid."
    button = "Cancel the order"
    done = "Your order is cancelled."

    def prepare(self, **keys: UUID) -> None:
        """The reader's own order."""
        self.order = own_order(self.reader, keys["order_id"], "cancel")

    def is_allowed(self) -> bool:
        """One who orders."""
        return self.reader.has_perm("orders.place_order")

    def refuse_reader(self) -> None:
        """Recorded, then refused."""
        note_refusal(self.reader, self.order.patient_id, "cancel")
        raise PermissionDenied

    def save(self, form: forms.Form) -> None:
        """Cancel it; to stop is right from an old page too."""
        cancel(
            order_id=self.order.pk,
            actor=self.reader,
            signature=None,
            reason=form.cleaned_data["reason"],
        )

    def context(self, form: forms.Form) -> dict[str, Any]:
        """The order beside the form."""
        return {**super().context(form), "order": self.order}

    def next_url(self) -> str:
        """The order."""
        return reverse("orders:order", args=[self.order.pk])
