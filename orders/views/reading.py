"""Who reads which order: found or 404, allowed or 403, every read and every refusal logged."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from accounts.models import User
from accounts.services import log_read
from orders.models import Order
from orders.selectors import order_for_staff, order_of, patient_of_order
from rems.models import Patient

PURPOSE_LENGTH = 60
NOTHING_SEEN = -1


def own_order(reader: User, order_id: UUID, purpose: str) -> Order:
    """An order of a patient for whom the reader acts. Raises Http404 for any other."""
    try:
        order = order_of(reader, order_id)
    except Order.DoesNotExist:
        note_refusal(reader, patient_of_order(order_id), purpose)
        raise Http404("no such order") from None
    log_read(reader, order.patient_id, purpose)
    return order


def staff_order(reader: User, order_id: UUID, purpose: str) -> Order:
    """Any order, for the pharmacy's people. Raises PermissionDenied for others, Http404."""
    if not reader.has_perm("orders.view_queue"):
        note_refusal(reader, patient_of_order(order_id), purpose)
        raise PermissionDenied("Your role does not include this.")
    try:
        order = order_for_staff(order_id)
    except Order.DoesNotExist:
        raise Http404("no such order") from None
    log_read(reader, order.patient_id, purpose)
    return order


def note_refusal(reader: User, patient_id: UUID | None, purpose: str) -> None:
    """Record that the reader tried what was refused to them. Of an unknown patient, nothing."""
    if patient_id is not None and Patient.objects.filter(pk=patient_id).exists():
        log_read(reader, patient_id, f"refused: {purpose}"[:PURPOSE_LENGTH])


def what_was_seen(request: HttpRequest, name: str = "seen") -> int:
    """The number that the form was drawn with; one that nothing has where none came, or nonsense."""
    try:
        return int(request.POST.get(name, ""))
    except ValueError:
        return NOTHING_SEEN
