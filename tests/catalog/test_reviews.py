"""Reviews: read by a person first, low ratings and high ones alike."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.test import Client

from accounts.models import User
from catalog.errors import AlreadyModerated, CatalogError
from catalog.models import Product, Review
from catalog.services import decline_review, publish_review

PAGE = "/medicines/pomalidomide-4-mg-capsules/"
WORDS = "The calls from the pharmacy came <late>."


@pytest.fixture
def review(pomalidomide: Product, rosa: User) -> Review:
    """Rosa's review, with one star."""
    return Review.objects.create(
        product=pomalidomide,
        author=rosa,
        rating=1,
        body=WORDS,
        written_at="2026-11-01T12:00:00Z",
    )


def page(client: Client) -> str:
    """The product's page."""
    return client.get(PAGE).content.decode()


def test_a_review_waits_until_a_person_has_read_it(client: Client, review: Review) -> None:
    assert "The calls from the pharmacy" not in page(client)
    assert "There are no reviews yet" in page(client)


def test_a_published_review_is_shown_however_low_its_rating(
    client: Client, review: Review, edna: User
) -> None:
    publish_review(review.pk, edna)
    html = page(client)
    assert "The calls from the pharmacy came &lt;late&gt;." in html
    assert "1 out of 5" in html
    assert "There are no reviews yet" not in html
    assert "Rosa" not in html


def test_a_declined_review_stays_hidden_and_keeps_its_reason(
    client: Client, review: Review, edna: User
) -> None:
    decline_review(review.pk, edna, "names another person's health")
    assert "The calls from the pharmacy" not in page(client)
    review.refresh_from_db()
    assert review.moderated_by == edna
    assert review.decline_reason == "names another person's health"


def test_a_review_is_not_declined_without_a_reason(review: Review, edna: User) -> None:
    with pytest.raises(CatalogError, match="criteria"):
        decline_review(review.pk, edna, "  ")
    review.refresh_from_db()
    assert review.status == "pending"


def test_a_review_is_moderated_once(review: Review, edna: User) -> None:
    publish_review(review.pk, edna)
    with pytest.raises(AlreadyModerated):
        decline_review(review.pk, edna, "second thoughts")
    review.refresh_from_db()
    assert review.status == "published"


@pytest.mark.parametrize("person", ["rosa", "theo"])
def test_only_an_editor_moderates(
    review: Review, person: str, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(PermissionDenied):
        publish_review(review.pk, request.getfixturevalue(person))
    review.refresh_from_db()
    assert review.status == "pending"


def test_edna_does_not_moderate_her_own_review(review: Review, edna: User) -> None:
    Review.objects.filter(pk=review.pk).update(author=edna)
    with pytest.raises(PermissionDenied):
        publish_review(review.pk, edna)
    review.refresh_from_db()
    assert review.status == "pending"


def test_one_person_writes_one_review_of_a_product(review: Review) -> None:
    with pytest.raises(IntegrityError, match="catalog_review_one_per_author"):
        Review.objects.create(
            product=review.product,
            author=review.author,
            rating=5,
            body="Again",
            written_at=review.written_at,
        )
    assert Review.objects.count() == 1


@pytest.mark.parametrize("rating", [0, 6])
def test_a_rating_is_one_to_five(review: Review, rating: int) -> None:
    with pytest.raises(IntegrityError, match="catalog_review_rating_1_to_5"):
        Review.objects.filter(pk=review.pk).update(rating=rating)


def test_nothing_is_published_without_a_moderator(review: Review) -> None:
    with pytest.raises(IntegrityError, match="catalog_review_moderated_by_someone"):
        Review.objects.filter(pk=review.pk).update(status="published")
