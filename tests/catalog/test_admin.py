"""The editors' site: drafts are edited, what is published is read, a refusal is a sentence."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from catalog.models import (
    LabelSection,
    LabelVersion,
    MedicationGuide,
    Package,
    Product,
    Review,
    SectionKind,
)
from catalog.services import copy_to_draft, publish_label

from .browsing import drawn

VERSIONS = "/admin/catalog/labelversion/"
EVERY_MODEL = (
    "category",
    "labeler",
    "labelsection",
    "labelversion",
    "lot",
    "medicationguide",
    "product",
    "programcontact",
    "review",
    "source",
)
NO_SECTIONS = {"sections-TOTAL_FORMS": 0, "sections-INITIAL_FORMS": 0, "_save": "Save"}


@pytest.fixture
def editing(client: Client, edna: User) -> Client:
    """Edna's browser."""
    client.force_login(edna)
    return client


def act(browser: Client, address: str, action: str, row: object) -> str:
    """Choose one row and one action on a list; the page that follows."""
    answer = browser.post(address, {"action": action, "_selected_action": [str(row)]}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_edna_copies_a_label_edits_it_and_publishes_it(
    editing: Client, first_label: LabelVersion
) -> None:
    assert "copied into a new draft" in act(editing, VERSIONS, "copy_versions", first_label.pk)
    draft = LabelVersion.objects.get(status="draft")
    assert draft.sections.count() == first_label.sections.count()
    assert "published." in act(editing, VERSIONS, "publish_versions", draft.pk)
    draft.refresh_from_db()
    assert not draft.is_draft


def test_a_second_draft_is_refused_with_a_sentence(
    editing: Client, first_label: LabelVersion
) -> None:
    copy_to_draft(first_label.pk, "Mine")
    page = act(editing, VERSIONS, "copy_versions", first_label.pk)
    assert "There is a draft already: version 2" in page
    assert LabelVersion.objects.count() == 2


def test_a_draft_begun_from_nothing_takes_the_next_number(
    editing: Client, first_label: LabelVersion
) -> None:
    form = {"product": str(first_label.product_id), "change_note": "Anew", **NO_SECTIONS}
    assert editing.post(f"{VERSIONS}add/", form).status_code == 302
    assert LabelVersion.objects.get(status="draft").number == 2
    again = editing.post(f"{VERSIONS}add/", form, follow=True).content.decode()
    assert "There is a draft already: version 2" in again
    assert LabelVersion.objects.count() == 2


def test_a_guide_is_filed_under_the_hash_of_its_file(
    editing: Client, pomalidomide: Product
) -> None:
    form = {
        "product": str(pomalidomide.pk),
        "version": "2",
        "effective_on": "2026-11-20",
        "static_path": "nowhere.pdf",
        "_save": "Save",
    }
    address = "/admin/catalog/medicationguide/add/"
    assert "There is no such file" in editing.post(address, form).content.decode()
    assert MedicationGuide.objects.count() == 1
    first = MedicationGuide.objects.get()
    form["static_path"] = first.static_path
    assert editing.post(address, form).status_code == 302
    assert MedicationGuide.objects.get(version="2").sha256 == first.sha256


def test_publishing_twice_is_refused_with_a_sentence(
    editing: Client, first_label: LabelVersion
) -> None:
    page = act(editing, VERSIONS, "publish_versions", first_label.pk)
    assert "Version 1 is published already." in page


def test_the_page_of_a_draft_links_to_its_preview_and_its_history(
    editing: Client, first_label: LabelVersion
) -> None:
    draft = copy_to_draft(first_label.pk, "Mine")
    page = editing.get(f"{VERSIONS}{draft.pk}/change/").content.decode()
    assert reverse("catalog:preview", args=[draft.pk]) in page
    history = editing.get(f"{VERSIONS}{draft.pk}/history/")
    assert history.status_code == 200


def test_a_published_label_can_be_read_but_not_saved(
    editing: Client, first_label: LabelVersion
) -> None:
    address = f"{VERSIONS}{first_label.pk}/change/"
    page = editing.get(address).content.decode()
    assert 'name="_save"' not in page
    answer = editing.post(address, {"change_note": "Rewritten", "_save": "Save"})
    assert answer.status_code == 403
    first_label.refresh_from_db()
    assert first_label.change_note != "Rewritten"


def test_a_section_of_a_published_label_can_be_read_but_not_saved(
    editing: Client, first_label: LabelVersion
) -> None:
    section = LabelSection.objects.get(version=first_label, kind=SectionKind.STORAGE)
    address = f"/admin/catalog/labelsection/{section.pk}/change/"
    assert 'name="_save"' not in editing.get(address).content.decode()
    assert editing.post(address, {"heading": "Rewritten", "_save": "Save"}).status_code == 403
    section.refresh_from_db()
    assert section.heading == "Storage and handling"


def test_edna_changes_a_sentence_of_a_draft(editing: Client, first_label: LabelVersion) -> None:
    draft = copy_to_draft(first_label.pk, "Mine")
    section = draft.sections.get(kind=SectionKind.MISSED_DOSE)
    statement = section.statements.get()
    address = f"/admin/catalog/labelsection/{section.pk}/change/"
    page = drawn(editing, address)
    answer = editing.post(address, {**page, "statements-0-text": "Ask your pharmacist."})
    assert answer.status_code == 302
    statement.refresh_from_db()
    assert statement.text == "Ask your pharmacist."
    assert statement.history.count() == 2


def test_a_draft_published_while_edna_edits_is_refused_with_a_sentence(
    editing: Client, first_label: LabelVersion, edna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = copy_to_draft(first_label.pk, "Mine")
    section = draft.sections.get(kind=SectionKind.STORAGE)
    address = f"/admin/catalog/labelsection/{section.pk}/change/"
    page = drawn(editing, address)
    publish_label(draft.pk, edna)
    monkeypatch.setattr(LabelVersion, "is_draft", True)
    answer = editing.post(address, {**page, "heading": "Rewritten"}, follow=True)
    assert answer.status_code == 200
    assert "The database refused this change" in answer.content.decode()
    section.refresh_from_db()
    assert section.heading == "Storage and handling"


def test_a_draft_can_be_thrown_away_and_a_published_label_cannot(
    editing: Client, first_label: LabelVersion
) -> None:
    draft = copy_to_draft(first_label.pk, "Mine")
    assert editing.post(f"{VERSIONS}{first_label.pk}/delete/", {"post": "yes"}).status_code == 403
    assert editing.post(f"{VERSIONS}{draft.pk}/delete/", {"post": "yes"}).status_code == 302
    assert list(LabelVersion.objects.all()) == [first_label]


def test_edna_takes_a_product_off_sale_and_back(editing: Client, pomalidomide: Product) -> None:
    products = "/admin/catalog/product/"
    assert "off sale." in act(editing, products, "stop_selling", pomalidomide.pk)
    assert not Product.objects.get().on_sale
    assert "now on sale." in act(editing, products, "sell", pomalidomide.pk)
    assert Product.objects.get().on_sale


def test_edna_cannot_put_a_product_of_an_unknown_program_on_sale(
    editing: Client, pomalidomide: Product
) -> None:
    products = "/admin/catalog/product/"
    act(editing, products, "stop_selling", pomalidomide.pk)
    Product.objects.update(program_code="LENALIDOMIDE")
    assert "There are no rules" in act(editing, products, "sell", pomalidomide.pk)
    assert not Product.objects.get().on_sale


def test_a_wrong_ndc_is_explained_beside_its_field(client: Client, pomalidomide: Product) -> None:
    client.force_login(User.objects.create_superuser("root@example.com", "x", name="Root"))
    package = pomalidomide.packages.get()
    answer = client.post(
        f"/admin/catalog/product/{pomalidomide.pk}/change/",
        {
            **{
                name: getattr(pomalidomide, name)
                for name in (
                    "slug",
                    "name",
                    "generic_name",
                    "strength",
                    "dosage_form",
                    "summary",
                    "dosing_note",
                    "program_code",
                )
            },
            "category": str(pomalidomide.category_id),
            "labeler": str(pomalidomide.labeler_id),
            "rx_only": "on",
            "packages-TOTAL_FORMS": 1,
            "packages-INITIAL_FORMS": 1,
            "packages-0-id": str(package.pk),
            "packages-0-product": str(pomalidomide.pk),
            "packages-0-ndc_printed": "6050545002",
            "packages-0-capsules": 21,
            "packages-0-container": "bottle",
            "packages-0-days_supply_max": 28,
            "packages-0-price_0": "1184.00",
            "packages-0-price_1": "USD",
            "_save": "Save",
        },
    )
    assert answer.status_code == 200
    assert "Type the hyphens as printed" in answer.content.decode()
    assert Package.objects.get().ndc11 == "60505450002"


def test_a_review_is_moderated_from_the_list(
    editing: Client, pomalidomide: Product, rosa: User
) -> None:
    review = Review.objects.create(
        product=pomalidomide,
        author=rosa,
        rating=3,
        body="Fine.",
        written_at="2026-11-01T12:00:00Z",
    )
    reviews = "/admin/catalog/review/"
    assert "which of the published criteria" in act(editing, reviews, "decline_reviews", review.pk)
    assert "published." in act(editing, reviews, "publish_reviews", review.pk)
    assert "published already" in act(editing, reviews, "publish_reviews", review.pk)
    review.refresh_from_db()
    assert review.status == "published"


@pytest.mark.parametrize("name", EVERY_MODEL)
def test_every_list_and_form_of_the_catalog_opens(
    client: Client, pomalidomide: Product, name: str
) -> None:
    client.force_login(User.objects.create_superuser("root@example.com", "x", name="Root"))
    assert client.get(f"/admin/catalog/{name}/").status_code == 200
    added = client.get(f"/admin/catalog/{name}/add/").status_code
    assert added == (403 if name in {"labelsection", "review"} else 200)


def test_a_patient_finds_no_editors_site(client: Client, rosa: User) -> None:
    client.force_login(rosa)
    assert client.get(VERSIONS).status_code in {302, 403}
