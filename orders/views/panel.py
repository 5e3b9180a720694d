""" "Can I order now?": a fragment of the product's page, and a page of its own without JavaScript."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.clock import read_clock
from accounts.models import User
from accounts.services import log_reads
from catalog.models import Product
from catalog.selectors import product_for_page
from orders.pages.checklist import Checklist, checklists
from orders.selectors import acted_for
from orders.views.links import link_of
from rems import core
from rems.errors import DomainError


@never_cache
@require_safe
def panel(request: HttpRequest, slug: str) -> HttpResponse:
    """The reader's own state, patient by patient; what is needed, for a stranger. 404 if unknown."""
    try:
        product = product_for_page(slug)
    except Product.DoesNotExist:
        raise Http404("no such product") from None
    is_fragment = bool(request.headers.get("HX-Request"))
    template = "orders/panel_body.html" if is_fragment else "orders/panel.html"
    response = render(request, template, {"product": product, **_state(request, product)})
    patch_vary_headers(response, ["HX-Request"])
    return response


def _state(request: HttpRequest, product: Product) -> dict[str, object]:
    reader = request.user
    package = next(iter(product.shown_packages), None)  # type: ignore[attr-defined]
    if not isinstance(reader, User) or not reader.has_perm("orders.place_order"):
        return {"checklists": None, "package": package}
    try:
        return {"checklists": _checklists(reader, product), "package": package}
    except (DomainError, core.UnknownProgram):
        # No pharmacy, or no rules in force: nothing can be ordered, and the page says so.
        return {"checklists": None, "package": package, "is_closed": True}


def _checklists(reader: User, product: Product) -> tuple[Checklist, ...]:
    patients = acted_for(reader)
    log_reads(reader, [patient.pk for patient in patients], "can I order now?")
    return checklists(patients, product, read_clock(), lambda patient: link_of(patient, reader))
