"""The packet's pages: asked for, watched, downloaded."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

from orders.models import Document, Order
from orders.services.documents import render_next
from tests import cast
from tests.builders import the_store

from .conftest import SignedIn
from .pages import reads, words
from .steps import approved, dispensed, placed

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def kept_files(settings, tmp_path: Path) -> Iterator[Path]:  # type: ignore[no-untyped-def]
    """Papers go to a folder of the test's own."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def pat(signed_in: SignedIn) -> Client:
    """Pat Lee's browser."""
    return signed_in(the_store().user)


def asked(pat: Client, order: Order) -> str:
    """Where the progress of the packet that Pat asks for is shown."""
    return pat.post(f"/orders/queue/{order.pk}/packet/").headers["Location"]


def test_pat_asks_for_the_packet_watches_it_and_downloads_it(pat: Client) -> None:
    order = dispensed(cast.carl())
    address = asked(pat, order)
    waiting = pat.get(address)
    assert "Waiting for the printer: 0 %" in words(waiting)
    assert "Look again" in words(waiting)
    assert f'hx-get="{address}"' in waiting.content.decode()
    assert render_next()
    ready = pat.get(address)
    document = Document.objects.get()
    assert document.sha256 in words(ready)
    assert "hx-get" not in ready.content.decode().split('id="document"')[1].split(">")[0]
    file = pat.get(f"{address}file/")
    body = b"".join(file.streaming_content)
    assert body.startswith(b"%PDF")
    assert hashlib.sha256(body).hexdigest() == document.sha256
    assert file.headers["Content-Type"] == "application/pdf"
    assert file.headers["Content-Disposition"] == (
        f'attachment; filename="packet-{order.number}.pdf"'
    )
    assert "Carl" not in file.headers["Content-Disposition"]
    assert reads("packet file") == 1


def test_the_progress_is_a_fragment_for_htmx(pat: Client) -> None:
    address = asked(pat, approved(cast.carl()))
    fragment = pat.get(address, headers={"HX-Request": "true"})
    assert fragment.status_code == 200
    assert b"<html" not in fragment.content
    assert fragment.content.decode().strip().startswith('<div id="document"')


def test_a_second_click_shows_the_same_paper(pat: Client) -> None:
    order = approved(cast.carl())
    assert asked(pat, order) == asked(pat, order)
    assert Document.objects.count() == 1


def test_a_paper_that_could_not_be_made_says_so_and_may_be_asked_for_again(pat: Client) -> None:
    order = approved(cast.carl())
    address = asked(pat, order)
    Document.objects.update(status="failed", failure="ValueError")
    text = words(pat.get(address))
    assert "The packet could not be made" in text
    assert "Try again" in text
    assert pat.get(f"{address}file/").status_code == 404
    assert asked(pat, order) != address


def test_before_the_approval_there_is_nothing_to_print(pat: Client) -> None:
    order = placed(cast.carl())
    answer = pat.post(f"/orders/queue/{order.pk}/packet/", follow=True)
    assert "The packet can be printed once a pharmacist has approved the order." in words(answer)
    assert not Document.objects.exists()
    assert "Print packet" not in words(answer)
    assert reads("refused: packet") == 1
