"""Labels: drafts are for editors, publishing is a signed act, and what is published stands."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import psycopg
import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test import Client

from accounts.clock import read_clock
from accounts.models import User
from catalog.errors import CatalogError, IncompleteLabel, NotADraft, StartInThePast
from catalog.models import LabelSection, LabelStatement, LabelVersion, Product, SectionKind
from catalog.selectors import label_in_force
from catalog.services import copy_to_draft, load_content, publish_label, read_content, start_draft
from tests.database import VirtualClock

from .conftest import CONTENT

PAGE = "/medicines/pomalidomide-4-mg-capsules/"
NEWS = "A sentence that only the draft has."


@pytest.fixture
def draft(first_label: LabelVersion) -> LabelVersion:
    """Edna's draft: the first label and one new sentence in its description."""
    copied = copy_to_draft(first_label.pk, "Adds a sentence")
    section = copied.sections.get(kind=SectionKind.DESCRIPTION)
    LabelStatement.objects.create(
        section=section, text=NEWS, source="8.37 (S12)", confidence="C", position=9
    )
    return copied


def content_of(version: LabelVersion) -> list[tuple[str, str, str, str]]:
    """Everything a version says, in order."""
    rows = LabelStatement.objects.filter(section__version=version)
    return list(
        rows.order_by("section__position", "position").values_list(
            "section__kind", "lead", "text", "source"
        )
    )


def test_a_draft_begins_as_a_copy_of_what_is_published(
    first_label: LabelVersion, draft: LabelVersion
) -> None:
    assert draft.number == first_label.number + 1
    assert draft.is_draft
    assert [row for row in content_of(draft) if row[2] != NEWS] == content_of(first_label)


def test_readers_never_see_a_draft(client: Client, draft: LabelVersion, rosa: User) -> None:
    assert NEWS not in client.get(PAGE).content.decode()
    client.force_login(rosa)
    assert NEWS not in client.get(PAGE).content.decode()


def test_edna_the_editor_previews_the_real_page(
    client: Client, draft: LabelVersion, edna: User
) -> None:
    client.force_login(edna)
    preview = client.get(f"/labels/{draft.pk}/preview/").content.decode()
    assert NEWS in preview
    assert "Preview of version 2 (draft)" in preview
    assert "Rx only" in preview
    assert NEWS not in client.get(PAGE).content.decode()


def test_a_stranger_who_asks_for_a_preview_must_sign_in(
    client: Client, draft: LabelVersion
) -> None:
    answer = client.get(f"/labels/{draft.pk}/preview/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/login/")


@pytest.mark.parametrize("person", ["rosa", "theo"])
def test_a_patient_or_a_technician_may_not_preview(
    client: Client, draft: LabelVersion, person: str, request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(person))
    answer = client.get(f"/labels/{draft.pk}/preview/")
    assert answer.status_code == 403
    assert "You cannot open this page" in answer.content.decode()
    assert NEWS not in answer.content.decode()


def test_a_preview_of_nothing_is_a_designed_404(client: Client, edna: User) -> None:
    client.force_login(edna)
    answer = client.get("/labels/0192a0c8-0000-7000-8000-000000000000/preview/")
    assert answer.status_code == 404
    assert "We could not find that page" in answer.content.decode()


def test_edna_publishes_and_readers_see_the_new_text_at_once(
    client: Client, draft: LabelVersion, edna: User
) -> None:
    before = read_clock()
    published = publish_label(draft.pk, edna)
    assert published.published_by == edna
    assert published.published_at is not None
    assert before <= published.published_at <= read_clock()
    assert published.effective_from == published.published_at
    assert NEWS in client.get(PAGE).content.decode()


def test_a_label_with_a_later_start_waits_for_it(
    client: Client, draft: LabelVersion, edna: User, clock: VirtualClock
) -> None:
    start = read_clock() + timedelta(days=3)
    LabelVersion.objects.filter(pk=draft.pk).update(effective_from=start)
    publish_label(draft.pk, edna)
    clock.set(start - timedelta(microseconds=1))
    assert NEWS not in client.get(PAGE).content.decode()
    clock.set(start)
    assert NEWS in client.get(PAGE).content.decode()


def test_a_correction_is_not_undone_by_an_older_text_scheduled_before_it(
    pomalidomide: Product, draft: LabelVersion, edna: User, clock: VirtualClock
) -> None:
    start = read_clock() + timedelta(days=3)
    LabelVersion.objects.filter(pk=draft.pk).update(effective_from=start)
    publish_label(draft.pk, edna)
    correction = publish_label(copy_to_draft(draft.pk, "Corrects an error").pk, edna)
    assert label_in_force(pomalidomide) == correction
    clock.set(start + timedelta(days=1))
    assert label_in_force(pomalidomide) == correction


def test_a_start_in_the_past_is_refused(
    first_label: LabelVersion, draft: LabelVersion, edna: User
) -> None:
    LabelVersion.objects.filter(pk=draft.pk).update(
        effective_from=read_clock() - timedelta(minutes=1)
    )
    with pytest.raises(StartInThePast):
        publish_label(draft.pk, edna)
    draft.refresh_from_db()
    assert draft.is_draft
    assert label_in_force(draft.product) == first_label


def test_a_label_without_its_boxed_warning_is_refused(
    first_label: LabelVersion, draft: LabelVersion, edna: User
) -> None:
    draft.sections.get(kind=SectionKind.BOXED_WARNING).statements.all().delete()
    with pytest.raises(IncompleteLabel, match="Boxed warning"):
        publish_label(draft.pk, edna)
    assert label_in_force(draft.product) == first_label


@pytest.mark.parametrize("person", ["rosa", "theo"])
def test_only_an_editor_publishes(
    first_label: LabelVersion, draft: LabelVersion, person: str, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(PermissionDenied):
        publish_label(draft.pk, request.getfixturevalue(person))
    assert label_in_force(draft.product) == first_label


def test_nothing_is_published_twice(first_label: LabelVersion, edna: User) -> None:
    with pytest.raises(NotADraft):
        publish_label(first_label.pk, edna)
    was = first_label.published_at
    first_label.refresh_from_db()
    assert first_label.published_at == was


def test_there_is_one_draft_at_a_time(pomalidomide: Product, draft: LabelVersion) -> None:
    with pytest.raises(CatalogError, match="version 2"):
        start_draft(pomalidomide.pk, "Another")
    assert pomalidomide.label_versions.count() == 2


def test_the_history_names_who_published(draft: LabelVersion, edna: User) -> None:
    publish_label(draft.pk, edna)
    latest = LabelVersion.history.filter(id=draft.pk).first()
    assert latest.status == "published"
    assert latest.published_by == edna


def test_loading_the_content_twice_changes_nothing(
    pomalidomide: Product, first_label: LabelVersion, edna: User
) -> None:
    load_content(read_content(CONTENT), edna, replace_label=True)
    assert label_in_force(pomalidomide) == first_label
    assert pomalidomide.label_versions.count() == 1
    assert pomalidomide.packages.get().lots.count() == 3


def test_loading_the_content_leaves_an_editors_label_alone(
    pomalidomide: Product, draft: LabelVersion, edna: User
) -> None:
    publish_label(draft.pk, edna)
    load_content(read_content(CONTENT), edna)
    assert label_in_force(pomalidomide).pk == draft.pk


# The application's role with raw SQL, round every service: (what, constraint that refuses).
IMMUTABLE = [
    (
        "UPDATE catalog_labelstatement SET text = 'It is safe.'",
        "catalog_labelstatement_published_immutable",
    ),
    (
        "UPDATE catalog_labelstatement SET source = 'nowhere'",
        "catalog_labelstatement_published_immutable",
    ),
    ("DELETE FROM catalog_labelstatement", "catalog_labelstatement_published_immutable"),
    (
        "INSERT INTO catalog_labelstatement (id, section_id, lead, text, source, confidence,"
        " position) SELECT gen_random_uuid(), id, '', 'New', 'S1', 'C', 99 FROM"
        " catalog_labelsection",
        "catalog_labelstatement_published_immutable",
    ),
    (
        "UPDATE catalog_labelsection SET heading = 'Good news'",
        "catalog_labelsection_published_immutable",
    ),
    (
        "DELETE FROM catalog_labelsection",
        "catalog_labelsection_published_immutable",
    ),
    (
        "UPDATE catalog_labelversion SET effective_from = effective_from + interval '1 day'",
        "catalog_labelversion_published_immutable",
    ),
    (
        "UPDATE catalog_labelversion SET status = 'draft', published_at = NULL,"
        " published_by_id = NULL",
        "catalog_labelversion_published_immutable",
    ),
    ("DELETE FROM catalog_labelversion", "catalog_labelversion_published_immutable"),
    (
        "INSERT INTO catalog_labelversion (id, product_id, number, status, change_note,"
        " effective_from, published_at, published_by_id) SELECT gen_random_uuid(), product_id, 9,"
        " 'published', 'x', now(), now(), published_by_id FROM catalog_labelversion",
        "catalog_labelversion_starts_as_draft",
    ),
]


@pytest.mark.parametrize(("statement", "constraint"), IMMUTABLE)
def test_raw_sql_cannot_change_a_published_label(
    first_label: LabelVersion, statement: str, constraint: str
) -> None:
    before = content_of(first_label)
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        connection.cursor().execute(statement)
    cause = refused.value.__cause__
    assert isinstance(cause, psycopg.errors.CheckViolation)
    assert cause.diag.constraint_name == constraint
    assert content_of(first_label) == before
    assert LabelVersion.objects.get() == first_label


def test_raw_sql_may_still_change_a_draft(draft: LabelVersion) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE catalog_labelstatement SET text = 'Other words.' WHERE text = %s", [NEWS]
        )
        assert cursor.rowcount == 1


def test_a_statement_cannot_be_moved_into_a_published_label(
    first_label: LabelVersion, draft: LabelVersion
) -> None:
    target = LabelSection.objects.get(version=first_label, kind=SectionKind.DESCRIPTION)
    before = content_of(first_label)
    with pytest.raises(IntegrityError), transaction.atomic():
        LabelStatement.objects.filter(text=NEWS).update(section=target)
    assert content_of(first_label) == before


def test_a_sentence_added_while_edna_publishes_waits_and_is_refused(
    draft: LabelVersion, edna: User, app_connection: Callable[..., psycopg.Connection]
) -> None:
    publishing, adding = app_connection(), app_connection(autocommit=True)
    publishing.execute(
        "UPDATE catalog_labelversion SET status = 'published', published_at = now(),"
        " effective_from = now(), published_by_id = %s WHERE id = %s",
        [edna.pk, draft.pk],
    )
    with ThreadPoolExecutor(1) as pool:
        added = pool.submit(
            adding.execute,
            "UPDATE catalog_labelstatement SET text = 'Changed.' WHERE text = %s",
            [NEWS],
        )
        with pytest.raises(TimeoutError):
            added.result(timeout=0.3)
        publishing.commit()
        with pytest.raises(psycopg.errors.CheckViolation):
            added.result(timeout=10)
    assert NEWS in [row[2] for row in content_of(draft)]
