"""The dispensing packet: asked for by staff, made by the worker, kept with its hash."""

import hashlib
import io
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.utils.html import strip_tags
from pypdf import PdfReader
from weasyprint.urls import FatalURLFetchingError

from accounts.models import User
from orders import packet as papers
from orders.models import Document, Order
from orders.services import documents, pause
from orders.services.documents import render_next, request_packet
from orders.tasks import render_documents
from rems.checklists import counseling_items
from rems.core import RiskCategory
from rems.errors import DomainError, NotAllowed
from tests import cast
from tests.builders import a_technician, an_auditor, the_store
from tests.database import VirtualClock

from .steps import approved, dispensed, placed

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def kept_files(settings: object, tmp_path: Path) -> Iterator[Path]:
    """Papers go to a folder of the test's own."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def made(order: Order, actor: User | None = None) -> Document:
    document = request_packet(order.pk, actor or the_store().user)
    render_documents()
    document.refresh_from_db()
    return document


def pages_of(document: Document) -> list[str]:
    with default_storage.open(document.file.name) as file:
        content = file.read()
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(content)).pages]


def test_carls_label_says_what_a_label_must_say() -> None:
    carl = cast.carl()
    order = dispensed(carl)
    document = made(order)
    assert document.status == "ready", document.failure
    store = the_store()
    label = pages_of(document)[0]
    for fact in (
        store.pharmacy.name,
        f"Rx {order.number}",
        "Carl Berg",
        "Pomalidomide 4 mg capsules",
        carl.prescription.sig,
        "21 capsules",
        "28 days",
        store.lot.number,
        store.lot.expires_on.strftime("%m/%d/%Y"),
        f"SN-{order.number}",
        "Dr. Chidi Okafor",
        "Pat Lee",
        "60505-4500-02",
        "Do not break, chew or open",
        "WARNING: SEVERE BIRTH DEFECTS",
        "Rx only",
    ):
        assert fact in label, fact


@pytest.mark.parametrize("category", list(cast.CAST))
def test_each_category_gets_its_own_checklist(category: str) -> None:
    order = placed(cast.CAST[category]())
    text = " ".join(strip_tags(papers.packet_html(papers.load_packet(order.pk))).split())
    own = {item.text for item in counseling_items(RiskCategory(category))}
    all_items = {item.text for each in RiskCategory for item in counseling_items(each)}
    assert all(line in text for line in own)
    assert not any(line in text for line in all_items - own)
    assert "Signed by Pat Lee" in text
    assert ("parent or guardian" in text) == RiskCategory(category).is_child


def test_the_packing_slip_names_where_the_parcel_goes_and_what_is_in_it() -> None:
    order = dispensed(cast.carl())
    slip = pages_of(made(order))[-1]
    for fact in ("Packing slip", order.number, "Carl Berg", "4 Elm Street", "Albany, NY 12207"):
        assert fact in slip, fact
    assert the_store().lot.number in slip
    assert "Medication Guide" in slip


def test_the_hash_is_that_of_the_kept_file_and_its_name_names_nobody() -> None:
    document = made(approved(cast.carl()))
    with default_storage.open(document.file.name) as file:
        assert hashlib.sha256(file.read()).hexdigest() == document.sha256
    assert document.progress == 100
    assert "Carl" not in document.file.name


def test_the_file_is_accessible_and_no_type_is_smaller_than_ten_points() -> None:
    document = made(dispensed(cast.carl()))
    with default_storage.open(document.file.name) as file:
        reader = PdfReader(io.BytesIO(file.read()))
        assert reader.metadata.title.startswith("Dispensing packet")
        assert reader.trailer["/Root"]["/Lang"] == "en-US"
        assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
        assert [float(reader.pages[0].mediabox[n]) / 72 for n in (2, 3)] == pytest.approx([4, 6])
        sizes: set[float] = set()

        def note_size(text: str, cm: list[float], tm: list[float], _font: object, size: float):
            if text.strip():
                # Points of type, after every scaling; a Letter point is 1/72 inch.
                sizes.add(abs(size * tm[3] * cm[3]))

        for page in reader.pages:
            page.extract_text(visitor_text=note_size)
    assert min(sizes) >= 9.99


def test_progress_is_written_while_the_paper_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    document = request_packet(dispensed(cast.carl()).pk, the_store().user)
    seen = [(document.status, document.progress)]
    seen_by_others: list[int] = []
    original = documents._record

    def look(row: Document, **outcome: object) -> None:
        seen_by_others.append(Document.objects.get(pk=row.pk).progress)
        original(row, **outcome)

    monkeypatch.setattr(documents, "_record", look)
    assert render_next()
    document.refresh_from_db()
    assert seen == [("queued", 0)]
    assert [*seen_by_others, document.progress] == [10, 40, 80, 100]


def test_an_approved_order_has_a_packet_that_says_it_is_not_filled() -> None:
    label = pages_of(made(approved(cast.carl())))[0]
    assert "Not filled yet" in label
    assert "this is no label for a package" in label


def test_a_placed_or_paused_order_has_no_packet() -> None:
    order = placed(cast.carl())
    with pytest.raises(DomainError, match="approved"):
        request_packet(order.pk, the_store().user)
    pause(order_id=order.pk, actor=the_store().user, reason="Waiting for a call.")
    with pytest.raises(DomainError, match="approved"):
        request_packet(order.pk, the_store().user)
    assert not Document.objects.exists()


def test_a_technician_may_print_and_others_may_not() -> None:
    carl = cast.carl()
    order = dispensed(carl)
    for actor in (carl.user, an_auditor(), carl.patient.prescriber.user):
        with pytest.raises(NotAllowed):
            request_packet(order.pk, actor)
    assert not Document.objects.exists()
    assert made(order, a_technician()).status == "ready"


def test_asking_twice_makes_one_paper() -> None:
    order = dispensed(cast.carl())
    first = request_packet(order.pk, the_store().user)
    assert request_packet(order.pk, the_store().user) == first
    render_documents()
    assert Document.objects.get().status == "ready"
    # A finished one is not given out again: the next one has the facts of its own day.
    assert request_packet(order.pk, the_store().user) != first


def test_two_people_asking_at_once_make_one_paper() -> None:
    order, pat, tess = dispensed(cast.carl()), the_store().user, a_technician()
    barrier = threading.Barrier(2)
    answers = []

    def ask(actor: User) -> None:
        from django.db import connection

        barrier.wait(5)
        answers.append(request_packet(order.pk, actor))
        connection.close()

    threads = [threading.Thread(target=ask, args=[actor]) for actor in (pat, tess)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(answers) == 2
    assert Document.objects.count() == 1


def test_a_paper_that_cannot_be_kept_is_tried_again_then_failed_and_never_lost(
    settings: object, kept_files: Path, clock: VirtualClock
) -> None:
    document = request_packet(dispensed(cast.carl()).pk, the_store().user)
    blocked = kept_files / "a file, not a folder"
    blocked.write_text("")
    settings.MEDIA_ROOT = blocked
    for attempt in range(1, settings.DOCUMENT_ATTEMPTS):
        assert render_next()
        document.refresh_from_db()
        assert (document.status, document.attempts, document.progress) == ("queued", attempt, 0)
        assert not render_next()  # not at once: there is a pause
        clock.shift(documents.PAUSE_AFTER_FAILURE)
    assert render_next()
    document.refresh_from_db()
    assert document.status == "failed"
    assert document.failure == "NotADirectoryError"
    assert not document.file
    assert not render_next()


def test_a_paper_that_failed_once_is_made_at_the_next_attempt(
    settings: object, kept_files: Path, clock: VirtualClock
) -> None:
    document = request_packet(dispensed(cast.carl()).pk, the_store().user)
    blocked = kept_files / "a file, not a folder"
    blocked.write_text("")
    settings.MEDIA_ROOT = blocked
    assert render_next()
    settings.MEDIA_ROOT = kept_files
    clock.shift(documents.PAUSE_AFTER_FAILURE)
    assert render_next()
    document.refresh_from_db()
    assert (document.status, document.failure) == ("ready", "")


def test_the_lease_of_a_dead_worker_runs_out_and_the_paper_is_made(
    settings: object, clock: VirtualClock
) -> None:
    document = request_packet(dispensed(cast.carl()).pk, the_store().user)
    assert documents.claim() is not None  # and the worker dies here
    assert not render_next()
    clock.tick(settings.LEASE_SECONDS)
    assert render_next()
    document.refresh_from_db()
    assert (document.status, document.attempts) == ("ready", 2)


def test_a_worker_that_was_taken_for_dead_cannot_overwrite_the_paper(
    settings: object, clock: VirtualClock
) -> None:
    document = request_packet(dispensed(cast.carl()).pk, the_store().user)
    slow = documents.claim()
    clock.tick(settings.LEASE_SECONDS)
    assert render_next()
    document.refresh_from_db()
    with pytest.raises(documents.TakenOver):
        documents._record(slow, status="failed", failure="late")
    before = document.sha256
    document.refresh_from_db()
    assert (document.status, document.sha256, document.failure) == ("ready", before, "")


@pytest.mark.parametrize(
    "html",
    [
        '<img src="http://127.0.0.1:9/patient.png" alt="">',
        '<link rel="stylesheet" href="https://127.0.0.1:9/a.css">',
        '<img src="file:///etc/hostname" alt="">',
        "<style>body { background: url(http://127.0.0.1:9/b.png) }</style>",
    ],
)
def test_the_papers_fetch_nothing(html: str) -> None:
    page = f'<!DOCTYPE html><html lang="en"><head><title>x</title></head><body>{html}</body></html>'
    with pytest.raises(FatalURLFetchingError):
        papers.pdf_of(page)


def test_what_people_typed_is_text_on_the_papers() -> None:
    order = dispensed(cast.carl())
    content = papers.load_packet(order.pk)
    content.order.patient.name = '<img src="http://127.0.0.1:9/x.png"> Carl'
    assert "&lt;img" in papers.packet_html(content)
    assert papers.pdf_of(papers.packet_html(content)).startswith(b"%PDF")
