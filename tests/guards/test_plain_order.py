"""The constraints that keep plain good order: labels, lots, packages, papers, reviews, users."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import models
from uuid6 import uuid7

from accounts.models import User
from accounts.roles import Role
from catalog.models import (
    Category,
    Labeler,
    LabelSection,
    LabelStatement,
    LabelVersion,
    MedicationGuide,
    ProgramContact,
    Review,
    Source,
)
from catalog.services import copy_to_draft
from orders.models import Basket, Document
from rems.models import Survey
from tests import builders as b
from tests.guards.evidence import write
from tests.guards.life import a_placed_order, a_whole_life
from tests.guards.raw import CHECK, UNIQUE, Connection, insert_like, refused, update

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def app(app_connection: Callable[..., Connection]) -> Connection:
    b.the_store()
    return app_connection(autocommit=True)


def a_draft() -> LabelVersion:
    return copy_to_draft(LabelVersion.objects.get(status="published").pk, "Next")


def a_review() -> Review:
    return Review.objects.create(
        product=b.the_store().product,
        author_id=b.a_user(Role.PATIENT, "Carl Berg").pk,
        rating=5,
        body="Well packed.",
        written_at=b.now(),
    )


def test_what_was_published_never_changes(app: Connection, owner_connection: Connection) -> None:
    version = LabelVersion.objects.get()
    section = LabelSection.objects.filter(version=version)[0]
    statement = LabelStatement.objects.filter(section=section)[0]
    for connection in (app, owner_connection):
        for row, column in ((version, "change_note"), (section, "heading"), (statement, "text")):
            name = f"{row._meta.db_table}_published_immutable"
            with refused(connection, CHECK, name):
                update(connection, row, **{column: "Other words"})
            with refused(connection, CHECK, name):
                connection.execute(f"DELETE FROM {row._meta.db_table} WHERE id = %s", [row.pk])
        for child in (section, statement):
            with refused(connection, CHECK, f"{child._meta.db_table}_published_immutable"):
                insert_like(connection, child)
    assert {
        "catalog_labelversion_published_immutable",
        "catalog_labelsection_published_immutable",
        "catalog_labelstatement_published_immutable",
    } == {f"{row._meta.db_table}_published_immutable" for row in (version, section, statement)}


def test_a_label_starts_as_a_draft_and_is_published_by_someone(app: Connection) -> None:
    published = LabelVersion.objects.get()
    with refused(app, CHECK, "catalog_labelversion_starts_as_draft"):
        insert_like(app, published, number=9)
    draft = a_draft()
    now, user = b.now(), published.published_by_id
    for lie in (
        {"status": "published"},
        {"published_at": now},
        {"status": "published", "published_at": now, "published_by_id": user},
        {"status": "published", "published_at": now, "effective_from": now},
    ):
        with refused(app, CHECK, "catalog_labelversion_published_by_someone"):
            update(app, draft, **lie)
    with refused(app, UNIQUE, "catalog_labelversion_one_draft"):
        insert_like(app, draft, number=9)
    with refused(app, UNIQUE, "catalog_labelversion_number_unique"):
        update(app, draft, number=published.number)
    with refused(app, CHECK, "catalog_labelversion_number_check"):
        update(app, draft, number=-1)


def test_a_draft_s_parts_are_of_known_kinds_and_say_where_they_come_from(app: Connection) -> None:
    section = LabelSection.objects.filter(version=a_draft())[0]
    statement = LabelStatement.objects.filter(section__version=section.version)[0]
    for row, lie, guard in (
        (section, {"kind": "jokes"}, "catalog_labelsection_kind_known"),
        (section, {"position": -1}, "catalog_labelsection_position_check"),
        (statement, {"confidence": "?"}, "catalog_labelstatement_confidence_known"),
        (statement, {"position": -1}, "catalog_labelstatement_position_check"),
        (statement, {"source": ""}, "catalog_labelstatement_source_given"),
        (statement, {"text": ""}, "catalog_labelstatement_source_given"),
    ):
        with refused(app, CHECK, guard):
            update(app, row, **lie)
    with refused(app, UNIQUE, "catalog_labelsection_kind_once"):
        insert_like(app, section)


def test_what_is_sold_is_described_rightly(app: Connection) -> None:
    store = b.the_store()
    cases: list[tuple[models.Model, dict[str, Any], str]] = [
        (store.package, {"ndc11": "123"}, "catalog_package_ndc11_is_11_digits"),
        (store.package, {"capsules": 0}, "catalog_package_holds_capsules"),
        (store.package, {"capsules": -1}, "catalog_package_capsules_check"),
        (store.package, {"days_supply_max": 29}, "catalog_package_days_supply_within_28"),
        (store.package, {"days_supply_max": 0}, "catalog_package_days_supply_within_28"),
        (store.package, {"price": -1}, "catalog_package_price_not_negative"),
        (store.package, {"price_currency": "EUR"}, "catalog_package_price_in_dollars"),
        (store.lot, {"quantity_on_hand": -1}, "catalog_lot_quantity_not_negative"),
        (Category.objects.all()[0], {"position": -1}, "catalog_category_position_check"),
        (
            ProgramContact.objects.all()[0],
            {"confidence": "?"},
            "catalog_programcontact_confidence_known",
        ),
    ]
    for row, lie, guard in cases:
        with refused(app, CHECK, guard):
            update(app, row, **lie)
    guide = MedicationGuide.objects.all()[0]
    with refused(app, CHECK, "catalog_medicationguide_sha256_is_hex"):
        insert_like(app, guide, version="9", sha256="none")


def test_a_product_on_sale_has_a_program_even_were_its_guard_gone(
    superuser_connection: Connection,
) -> None:
    product = b.the_store().product
    with refused(superuser_connection, CHECK, "catalog_product_on_sale_has_program"):
        superuser_connection.execute("SET LOCAL session_replication_role = replica")
        update(superuser_connection, product, program_code="")


def test_nothing_is_listed_twice(app: Connection) -> None:
    store = b.the_store()
    cases: list[tuple[models.Model, dict[str, Any], str]] = [
        (store.package, {}, "catalog_package_ndc11_key"),
        (store.product, {"on_sale": False}, "catalog_product_slug_key"),
        (store.lot, {}, "catalog_lot_number_unique"),
        (store.guide, {}, "catalog_medicationguide_version_unique"),
        (Category.objects.all()[0], {"slug": "other"}, "catalog_category_name_key"),
        (Category.objects.all()[0], {"name": "Other"}, "catalog_category_slug_key"),
        (Labeler.objects.all()[0], {}, "catalog_labeler_name_key"),
        (ProgramContact.objects.all()[0], {}, "catalog_programcontact_program_code_key"),
        (Source.objects.all()[0], {}, "catalog_source_code_key"),
        (a_review(), {}, "catalog_review_one_per_author"),
    ]
    for row, changes, guard in cases:
        with refused(app, UNIQUE, guard):
            insert_like(app, row, **changes)


def test_a_review_is_rated_1_to_5_and_moderated_by_someone(app: Connection) -> None:
    review = a_review()
    for lie, guard in (
        ({"rating": 0}, "catalog_review_rating_1_to_5"),
        ({"rating": 6}, "catalog_review_rating_1_to_5"),
        ({"status": "published"}, "catalog_review_moderated_by_someone"),
        ({"status": "declined", "moderated_at": b.now()}, "catalog_review_moderated_by_someone"),
        ({"moderated_by_id": review.author_id}, "catalog_review_moderated_by_someone"),
    ):
        with refused(app, CHECK, guard):
            update(app, review, **lie)
    with refused(app, CHECK):  # and by `catalog_review_status_known`
        update(app, review, status="hidden")


def test_a_paper_says_how_far_it_is_and_is_ready_with_its_hash(app: Connection) -> None:
    order = a_placed_order().order
    paper = Document.objects.create(order=order, requested_by=order.placed_by)
    for lie, guard in (
        ({"status": "lost"}, "orders_document_status_known"),
        ({"kind": "novel"}, "orders_document_kind_known"),
        ({"status": "ready"}, "orders_document_ready_has_file"),
        ({"status": "ready", "file": "packets/x.pdf"}, "orders_document_ready_has_file"),
        ({"progress": -1}, "orders_document_progress_check"),
        ({"attempts": -1}, "orders_document_attempts_check"),
    ):
        with refused(app, CHECK, guard):
            insert_like(app, paper, **lie)
    with refused(app, CHECK, "orders_document_ready_has_file"):
        update(app, paper, status="ready")


def test_a_user_has_one_basket_and_one_address(app: Connection) -> None:
    user = b.a_user(Role.PATIENT, "Carl Berg")
    basket = Basket.objects.create(user=user, package=b.the_store().package)
    with refused(app, UNIQUE, "orders_basket_user_id_key"):
        insert_like(app, basket)
    with refused(app, UNIQUE, "accounts_user_email_key"):
        insert_like(app, user)
    with refused(app, UNIQUE, "accounts_user_email_unique"):
        insert_like(app, user, email=user.email.upper())
    assert User.objects.filter(email__iexact=user.email).count() == 1


def test_a_move_is_listed_once(owner_connection: Connection) -> None:
    with refused(owner_connection, UNIQUE, "orders_transition_unique"):
        owner_connection.execute(
            "INSERT INTO orders_transition (from_status, to_status, gate) "
            "SELECT from_status, to_status, '' FROM orders_transition LIMIT 1"
        )


def test_an_answered_survey_names_a_category_that_is_known(app: Connection) -> None:
    a_whole_life()
    with refused(app, CHECK, "rems_survey_category_known"):
        write(app, Survey.objects.all()[0], category="ROBOT", id=uuid7())
