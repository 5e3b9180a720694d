"""docs/reminders.md says what the table of lead times says: nothing missing, nothing stale."""

from __future__ import annotations

from rems.core import Kind
from tests.core.reminders_document import BEGIN, DOCUMENT, END, FALLS_DUE, generated_part


def test_the_document_holds_exactly_the_lead_times_of_the_code() -> None:
    text = DOCUMENT.read_text()
    assert text[text.index(BEGIN) : text.index(END) + len(END)] == generated_part()


def test_every_kind_is_told_in_the_document() -> None:
    assert set(FALLS_DUE) == set(Kind)
