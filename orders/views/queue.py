"""The pharmacy's queue, and one order with all that the rules say about it."""

from uuid import UUID

from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.clock import read_clock
from accounts.models import User
from accounts.services import log_reads
from orders.models import Order
from orders.pages.findings import decision_line
from orders.pages.review import gate_view, queue_rows
from orders.pages.story import event_lines, timeline
from orders.pages.words import GATE_WORDS, MODE_WORDS, STATUS_TONES, STATUS_WORDS
from orders.selectors import (
    ENDED,
    ON_THE_WAY,
    QUEUE_LENGTH,
    WAITING,
    decisions_of,
    pharmacist_who_reads,
    queue_keys,
)
from orders.services.documents import PRINTABLE
from orders.states import Status
from orders.views.links import link_of
from orders.views.reading import staff_order
from orders.views.steps import open_steps
from rems import core
from rems.pages.words import CATEGORY_NAMES
from rems.views.reading import reader_of

# The queue's pages: by the word in the address, its title and the states on it.
PAGES: dict[str, tuple[str, tuple[str, ...]]] = {
    "waiting": ("Waiting for us", WAITING),
    **{str(status): (STATUS_WORDS[status], (status,)) for status in WAITING},
    "leaving": ("On the way", ON_THE_WAY),
    "ended": ("Ended", ENDED),
}


@never_cache
@require_safe
@login_required
@permission_required("orders.view_queue", raise_exception=True)
def queue(request: HttpRequest) -> HttpResponse:
    """Orders by state, those that have waited longest first. 404 for an unknown state."""
    reader = reader_of(request)
    chosen = request.GET.get("state", "waiting")
    if chosen not in PAGES:
        raise Http404("no such state")
    title, statuses = PAGES[chosen]
    rows = queue_rows(queue_keys(statuses), pharmacist_who_reads(reader), read_clock())
    log_reads(reader, [row.order.patient_id for row in rows], "pharmacy queue")
    context = {
        "title": title,
        "chosen": chosen,
        "pages": [(key, words) for key, (words, _) in PAGES.items()],
        "rows": rows,
        "is_cut": len(rows) == QUEUE_LENGTH,
        "limit": QUEUE_LENGTH,
    }
    return render(request, "orders/queue.html", context)


@never_cache
@require_safe
@login_required
def review(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """One order: facts, what stands in the way of the next step, history, and what can be done."""
    reader = reader_of(request)
    order = staff_order(reader, order_id, "order")
    return render(request, "orders/review.html", _review(reader, order))


def _review(reader: User, order: Order) -> dict[str, object]:
    zone = core.zone_named(order.pharmacy.time_zone)
    gate = gate_view(
        order.pk, pharmacist_who_reads(reader), read_clock(), link_of(order.patient, reader)
    )
    return {
        "order": order,
        "status": STATUS_WORDS[order.status],
        "tone": STATUS_TONES[order.status],
        "mode": MODE_WORDS.get(order.mode, order.mode),
        "category": CATEGORY_NAMES.get(order.prescription.category, ""),
        "gate": gate,
        "gate_title": GATE_WORDS.get(gate.gate, "") if gate else "",
        "steps": timeline(order, zone),
        "events": event_lines(order, zone),
        "decisions": [decision_line(record, zone) for record in decisions_of(order.pk)],
        "actions": open_steps(order, reader),
        "may_print": order.status in PRINTABLE and _may_print(reader),
        "may_confirm": _may_confirm(order) and reader.has_perm("rems.record_confirmation"),
        "may_counsel": _may_confirm(order) and reader.has_perm("rems.record_counseling"),
        "zone": zone,
    }


def _may_print(reader: User) -> bool:
    return reader.has_perm("orders.dispense_order") or reader.has_perm("orders.pack_order")


def _may_confirm(order: Order) -> bool:
    return order.status in {Status.PLACED, Status.APPROVED, Status.DISPENSED, Status.ON_HOLD}
