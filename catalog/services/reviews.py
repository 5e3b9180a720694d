"""Moderation: every review is read by a person, who publishes or declines it by the criteria."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.clock import read_clock
from accounts.models import User
from catalog.errors import AlreadyModerated, CatalogError
from catalog.models import Review
from catalog.models.reviews import ReviewStatus


@transaction.atomic
def publish_review(review_id: UUID, actor: User) -> Review:
    """Show a review to readers. Raises PermissionDenied or AlreadyModerated."""
    return _moderate(_pending_review(review_id, actor), actor, ReviewStatus.PUBLISHED)


@transaction.atomic
def decline_review(review_id: UUID, actor: User, reason: str) -> Review:
    """Keep a review from readers, with the criterion it breaks, whatever its rating.

    Raises PermissionDenied, AlreadyModerated, or CatalogError without a reason.
    """
    if not reason.strip():
        raise CatalogError("Write which of the published criteria the review breaks.")
    review = _pending_review(review_id, actor)
    review.decline_reason = reason.strip()
    return _moderate(review, actor, ReviewStatus.DECLINED)


def _pending_review(review_id: UUID, actor: User) -> Review:
    if not actor.has_perm("catalog.change_review"):
        raise PermissionDenied("You may not moderate reviews.")
    review = Review.objects.select_for_update().get(pk=review_id)
    if review.status != ReviewStatus.PENDING:
        raise AlreadyModerated(f"This review is {review.get_status_display()} already.")
    if review.author_id == actor.pk:
        raise PermissionDenied("You may not moderate your own review.")
    return review


def _moderate(review: Review, actor: User, status: ReviewStatus) -> Review:
    review.status = status
    review.moderated_by = actor
    review.moderated_at = read_clock()
    review.save()
    return review
