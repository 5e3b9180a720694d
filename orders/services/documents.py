"""The papers of an order: asked for here, made by the worker, kept with their hash.

Like a reminder, a paper is a row that a worker claims under a lease: none is lost when a worker
dies, and beat finds what nobody was told of.
"""

import hashlib
import logging
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, Q

from accounts.clock import read_clock
from accounts.models import User
from accounts.roles import Role
from orders.locks import lock_order
from orders.models import Document, Order
from orders.states import DISPENSED_STATUSES, Status
from rems.errors import DomainError, NotAllowed
from rems.outbox import nudge_after_commit
from rems.transactions import mutation

RENDER_DOCUMENTS = "orders.tasks.render_documents"
PAUSE_AFTER_FAILURE = timedelta(seconds=15)
# How far a paper is, in per cent, once it was claimed, read, typeset and kept.
CLAIMED, READ, TYPESET, KEPT = 10, 40, 80, 100
OPEN = (Document.Status.QUEUED, Document.Status.RENDERING)
PRINTABLE = DISPENSED_STATUSES | {Status.APPROVED}

logger = logging.getLogger(__name__)


def request_packet(order_id: UUID, actor: User) -> Document:
    """Ask for the order's dispensing packet; one that is still being made is returned instead.

    Raises NotAllowed for anybody but a pharmacist or technician, DomainError before the order is
    approved, LookupError for an unknown order.
    """
    if not (actor.has_role(Role.PHARMACIST) or actor.has_role(Role.TECHNICIAN)):
        raise NotAllowed("Only the pharmacy's staff can print the packet.")
    with mutation():
        lock_order(order_id)
        order = Order.objects.get(pk=order_id)
        if order.status not in PRINTABLE:
            raise DomainError("The packet can be printed once a pharmacist has approved the order.")
        under_way = Document.objects.filter(order=order, status__in=OPEN).first()
        if under_way is not None:
            return under_way
        nudge_after_commit(RENDER_DOCUMENTS)
        return Document.objects.create(order=order, requested_by=actor)


def render_next() -> bool:
    """Make one paper that waits, if there is one. Whether there was.

    Raises nothing for a paper that cannot be made: that is written on its row.
    """
    document = claim()
    if document is None:
        return False
    if document.attempts > settings.DOCUMENT_ATTEMPTS:
        _fail(document, "Workers died while making it.")
        return True
    try:
        _render_or_note(document)
    except TakenOver:
        logger.warning("document taken over by another worker", extra=_about(document))
    return True


def claim() -> Document | None:
    """Take one waiting paper for LEASE_SECONDS, the oldest first; None when there is none."""
    with transaction.atomic(durable=True):
        at = read_clock()
        waiting = Document.objects.filter(
            Q(lease_until__isnull=True) | Q(lease_until__lte=at), status__in=OPEN
        )
        document = (
            waiting.order_by("requested_at", "pk").select_for_update(skip_locked=True).first()
        )
        if document is None:
            return None
        mine = Document.objects.filter(pk=document.pk)
        mine.update(
            status=Document.Status.RENDERING,
            lease_until=at + timedelta(seconds=settings.LEASE_SECONDS),
            attempts=F("attempts") + 1,
            progress=CLAIMED,
        )
        document.refresh_from_db()
        return document


def _render_or_note(document: Document) -> None:
    try:
        _render(document)
    except TakenOver:
        raise
    except Exception as error:
        # The exception's own words may quote the patient's data: only its kind is kept.
        _note_attempt(document, type(error).__name__)


def _render(document: Document) -> None:
    # Here and not above: the typesetter takes a second to load, and every command loads the tasks.
    from orders.packet import load_packet, packet_html, pdf_of

    packet = load_packet(document.order_id)
    _record(document, progress=READ)
    pdf = pdf_of(packet_html(packet))
    _record(document, progress=TYPESET)
    _record(
        document,
        status=Document.Status.READY,
        progress=KEPT,
        lease_until=None,
        file=_keep(document, pdf),
        sha256=hashlib.sha256(pdf).hexdigest(),
        failure="",
    )
    logger.info("document ready", extra=_about(document))


def _keep(document: Document, pdf: bytes) -> str:
    """Store the file under the document's key: no patient's data in its name."""
    name = f"packets/{document.pk}.pdf"
    if default_storage.exists(name):
        # Left behind by a worker that died before it could say so.
        default_storage.delete(name)
    return default_storage.save(name, ContentFile(pdf))


def _note_attempt(document: Document, reason: str) -> None:
    if document.attempts >= settings.DOCUMENT_ATTEMPTS:
        _fail(document, reason)
        return
    next_attempt_at = read_clock() + PAUSE_AFTER_FAILURE
    _record(
        document,
        status=Document.Status.QUEUED,
        progress=0,
        lease_until=next_attempt_at,
        failure=reason,
    )
    why = _about(document, attempt=document.attempts, reason=reason)
    logger.warning("document not made", extra=why)


def _fail(document: Document, reason: str) -> None:
    _record(document, status=Document.Status.FAILED, progress=0, lease_until=None, failure=reason)
    logger.error("document failed", extra=_about(document, reason=reason))


def _about(document: Document, **more: object) -> dict[str, object]:
    """A log line's fields: the row's key, and nothing of what the paper says."""
    return {"document_id": document.pk, **more}


class TakenOver(Exception):
    """The lease ran out and another worker has the paper."""


def _record(document: Document, **outcome: object) -> None:
    """Write how far the paper is. Raises TakenOver when it is somebody else's by now."""
    mine = Document.objects.filter(pk=document.pk, lease_until=document.lease_until)
    if not mine.update(**outcome):
        raise TakenOver(str(document.pk))
