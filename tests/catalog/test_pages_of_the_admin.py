"""Every page of the catalogue in the admin site saves what was typed: one that was drawn an hour ago does
not bring an old telephone number back."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db.models import Model
from django.test import Client

from catalog.models import (
    Category,
    LabelVersion,
    MedicationGuide,
    Product,
    ProgramContact,
    Source,
)
from catalog.services import copy_to_draft, start_draft

from .browsing import drawn

# What somebody else changed since the page was drawn, and what is typed into it.
CHANGES = [
    (ProgramContact, {"phone": "1-888-555-0199"}, {"website": "https://rems.example.com/"}),
    (Category, {"position": 7}, {"name": "Blood cancers"}),
    (Source, {"title": "A newer title"}, {"dated": "2026"}),
    (
        LabelVersion,
        {"effective_from": datetime(2027, 1, 1, tzinfo=UTC)},
        {"change_note": "Say it plainly."},
    ),
]


def a_row(model: type[Model]) -> Model:
    if model is LabelVersion:
        product = LabelVersion.objects.get().product
        start_draft(product.pk, "To be said plainly.")
    return model._default_manager.latest("pk")


@pytest.mark.parametrize(("model", "meanwhile", "typed"), CHANGES)
def test_what_was_changed_since_the_page_was_drawn_stays(
    adam: Client,
    pomalidomide: Model,
    model: type[Model],
    meanwhile: dict[str, Any],
    typed: dict[str, str],
) -> None:
    row = a_row(model)
    address = f"/admin/catalog/{model._meta.model_name}/{row.pk}/change/"
    page = drawn(adam, address)
    assert model._default_manager.filter(pk=row.pk).update(**meanwhile) == 1
    answer = adam.post(address, {**page, **typed})
    assert answer.status_code == 302, answer.content.decode()
    row.refresh_from_db()
    now = {name: getattr(row, name) for name in (*meanwhile, *typed)}
    assert now == {**meanwhile, **typed}


def test_two_editors_of_one_section_keep_each_other_s_sentences(
    adam: Client, first_label: LabelVersion
) -> None:
    draft = copy_to_draft(first_label.pk, "Ours")
    section = next(one for one in draft.sections.all() if one.statements.count() > 1)
    address = f"/admin/catalog/labelsection/{section.pk}/change/"
    page = drawn(adam, address)
    first, second, *_ = section.statements.order_by("position")
    section.statements.filter(pk=first.pk).update(text="Edna's sentence.")
    answer = adam.post(address, {**page, "statements-1-text": "Adam's sentence."})
    assert answer.status_code == 302, answer.content.decode()
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.text, second.text) == ("Edna's sentence.", "Adam's sentence.")


def test_a_guide_that_nobody_may_change_is_refused_and_not_a_broken_page(
    adam: Client, pomalidomide: Product
) -> None:
    guide = MedicationGuide.objects.create(
        product=pomalidomide,
        version="1",
        effective_on=date(2026, 1, 1),
        static_path="guide.pdf",
        sha256="0" * 64,
    )
    address = f"/admin/catalog/medicationguide/{guide.pk}/change/"
    assert adam.post(address, {"version": "2"}).status_code == 403
    guide.refresh_from_db()
    assert guide.version == "1"
