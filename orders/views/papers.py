"""The dispensing packet: asked for, watched while it is made, and downloaded."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from orders.models import Document
from orders.selectors import document_of
from orders.services.documents import request_packet
from orders.views.reading import note_refusal, staff_order
from rems.errors import DomainError, NotAllowed
from rems.views.reading import reader_of


@never_cache
@require_POST
@login_required
def request_document(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Ask for the packet, and go where its progress is shown."""
    reader = reader_of(request)
    order = staff_order(reader, order_id, "packet")
    try:
        document = request_packet(order.pk, reader)
    except NotAllowed as error:
        note_refusal(reader, order.patient_id, "packet")
        raise PermissionDenied(str(error)) from None
    except DomainError as error:
        note_refusal(reader, order.patient_id, "packet")
        messages.error(request, str(error))
        return redirect("orders:review", order.pk)
    return redirect("orders:document", document.pk)


@never_cache
@require_safe
@login_required
def document(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """How far the packet is. Asked again by htmx until it is ready; a plain link does as well."""
    found = _document(reader_of(request), document_id, "packet")
    is_fragment = bool(request.headers.get("HX-Request"))
    template = "orders/document_body.html" if is_fragment else "orders/document.html"
    is_open = found.status in {Document.Status.QUEUED, Document.Status.RENDERING}
    return render(request, template, {"document": found, "order": found.order, "is_open": is_open})


@never_cache
@require_safe
@login_required
def download(request: HttpRequest, document_id: UUID) -> HttpResponseBase:
    """The file itself, as an attachment. 404 until it is ready."""
    reader = reader_of(request)
    found = _document(reader, document_id, "packet file")
    if not (reader.has_perm("orders.dispense_order") or reader.has_perm("orders.pack_order")):
        note_refusal(reader, found.order.patient_id, "packet file")
        raise PermissionDenied("Your role does not include this.")
    if found.status != Document.Status.READY or not found.file:
        raise Http404("not ready")
    name = f"packet-{found.order.number}.pdf"
    return FileResponse(
        found.file.open("rb"), as_attachment=True, filename=name, content_type="application/pdf"
    )


def _document(reader: User, document_id: UUID, purpose: str) -> Document:
    """The document, for the pharmacy's people; the read of the patient's record is logged."""
    try:
        found = document_of(document_id)
    except Document.DoesNotExist:
        raise Http404("no such document") from None
    staff_order(reader, found.order_id, purpose)
    return found
