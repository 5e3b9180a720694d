"""The basket and the checkout."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.services import log_reads
from catalog.models import Package
from orders.forms import AddToBasketForm, CheckoutForm, seen_name
from orders.models import Order
from orders.pages.findings import patient_lines
from orders.selectors import (
    acted_for,
    basket_of,
    order_of,
    order_of_prescription,
    package_on_sale,
    prescriptions_to_order,
)
from orders.services import StepResult, place, the_pharmacy
from orders.services.basket import choose_package
from orders.views.links import link_of
from orders.views.reading import note_refusal, what_was_seen
from rems import core
from rems.errors import DomainError, GuardRefused, NotAllowed
from rems.models import Patient
from rems.views.reading import reader_of

ALREADY = "You have already placed this order. Here it is."


@never_cache
@require_safe
@login_required
@permission_required("orders.place_order", raise_exception=True)
def basket(request: HttpRequest) -> HttpResponse:
    """What the reader means to order: for whom, on which prescription, and how it leaves."""
    reader = reader_of(request)
    found = basket_of(reader)
    if found is None or not (found.package.on_sale and found.package.product.on_sale):
        return render(request, "orders/empty_basket.html")
    return _show_basket(request, found.package, _form(reader, found.package))


@require_POST
@login_required
@permission_required("orders.place_order", raise_exception=True)
def add(request: HttpRequest) -> HttpResponse:
    """Put one package into the basket, in place of what was there. 404 for an unknown package."""
    form = AddToBasketForm(request.POST)
    if not form.is_valid():
        raise Http404("no such package")
    choose_package(package_id=form.cleaned_data["package"].pk, actor=reader_of(request))
    return redirect("orders:basket")


@never_cache
@require_POST
@login_required
def checkout(request: HttpRequest) -> HttpResponse:
    """Place the order, or say everything that stands in its way; then nothing is placed."""
    reader = reader_of(request)
    if not reader.has_perm("orders.place_order"):
        return _not_allowed(request, reader)
    placed_before = _order_placed_before(request, reader)
    if placed_before is not None:
        return _to_order(request, placed_before)
    package = _package(request)
    form = _form(reader, package, request.POST)
    if not form.is_valid():
        note_refusal(reader, _key(request, "patient"), "checkout")
        return _show_basket(request, package, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    return _place(request, reader, package, form)


def _place(
    request: HttpRequest, reader: User, package: Package, form: CheckoutForm
) -> HttpResponse:
    patient_id = UUID(form.cleaned_data["patient"])
    prescription = form.cleaned_data["prescription"]
    try:
        result = place(
            patient_id=patient_id,
            prescription_id=UUID(prescription) if prescription else None,
            package_id=package.pk,
            mode=form.cleaned_data["mode"],
            actor=reader,
            seen=what_was_seen(request, seen_name(prescription)),
        )
    except DomainError as error:
        note_refusal(reader, patient_id, "checkout")
        return _refused(request, reader, package, form, error)
    if result.order is not None:
        messages.success(request, "Your order is placed. A pharmacist will check it now.")
        return redirect("orders:order", result.order.pk)
    placed_meanwhile = _order_placed_before(request, reader)
    if placed_meanwhile is not None:
        return _to_order(request, placed_meanwhile)
    return _blocked(request, reader, package, patient_id, result)


def _refused(
    request: HttpRequest, reader: User, package: Package, form: CheckoutForm, error: DomainError
) -> HttpResponse:
    placed_before = _order_placed_before(request, reader)
    if isinstance(error, GuardRefused) and placed_before is not None:
        return _to_order(request, placed_before)
    form.add_error(None, str(error))
    is_role = isinstance(error, NotAllowed)
    return _show_basket(
        request, package, form, HTTPStatus.FORBIDDEN if is_role else HTTPStatus.CONFLICT
    )


def _blocked(
    request: HttpRequest, reader: User, package: Package, patient_id: UUID, result: StepResult
) -> HttpResponse:
    """409: the order conflicts with what is on record; asking again helps once that is cured."""
    assert result.decision is not None
    patient = Patient.objects.get(pk=patient_id)
    zone = core.zone_named(the_pharmacy().time_zone)
    lines = patient_lines(result.decision.findings, link_of(patient, reader), zone)
    context = {"patient": patient, "package": package, "lines": lines}
    return render(request, "orders/blocked.html", context, status=HTTPStatus.CONFLICT)


def _not_allowed(request: HttpRequest, reader: User) -> HttpResponse:
    note_refusal(reader, _key(request, "patient"), "checkout")
    return render(request, "403.html", status=HTTPStatus.FORBIDDEN)


def _order_placed_before(request: HttpRequest, reader: User) -> Order | None:
    """The reader's own order of this prescription: after a double click, or a page sent again."""
    prescription_id = _key(request, "prescription")
    found = order_of_prescription(prescription_id) if prescription_id else None
    if found is None or str(found.patient_id) != request.POST.get("patient"):
        return None
    try:
        return order_of(reader, found.pk)
    except Order.DoesNotExist:
        return None


def _to_order(request: HttpRequest, order: Order) -> HttpResponse:
    messages.info(request, ALREADY)
    return redirect("orders:order", order.pk)


def _package(request: HttpRequest) -> Package:
    key = _key(request, "package")
    try:
        return package_on_sale(key) if key else _nothing()
    except Package.DoesNotExist:
        return _nothing()


def _nothing() -> Package:
    raise Http404("no such package")


def _key(request: HttpRequest, name: str) -> UUID | None:
    try:
        return UUID(request.POST.get(name, ""))
    except ValueError:
        return None


def _form(reader: User, package: Package, data: Any = None) -> CheckoutForm:
    patients = acted_for(reader)
    keys = [patient.pk for patient in patients]
    log_reads(reader, keys, "basket")
    return CheckoutForm(
        data,
        initial={"package": package.pk, "mode": "ship"},
        patients=patients,
        prescriptions=prescriptions_to_order(keys, package.product_id),
    )


def _show_basket(
    request: HttpRequest, package: Package, form: CheckoutForm, status: int = HTTPStatus.OK
) -> HttpResponse:
    reader = reader_of(request)
    context = {
        "package": package,
        "form": form,
        "patients": acted_for(reader),
        "pharmacy": the_pharmacy(),
    }
    return render(request, "orders/basket.html", context, status=status)
