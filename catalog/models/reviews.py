"""What patients write about a product; nothing is shown before a person has read it."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from uuid6 import uuid7

from .products import Product


class ReviewStatus(models.TextChoices):
    """Where a review stands."""

    PENDING = "pending", "waiting to be read"
    PUBLISHED = "published", "published"
    DECLINED = "declined", "declined"


class Review(models.Model):
    """One person's review of one product, moderated by the published criteria (16 CFR 465)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="reviews")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reviews"
    )
    rating = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    body = models.TextField(max_length=4000)
    status = models.CharField(
        max_length=10, choices=ReviewStatus.choices, default=ReviewStatus.PENDING
    )
    written_at = models.DateTimeField()
    moderated_at = models.DateTimeField(null=True, blank=True)
    moderated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="moderated_reviews",
    )
    decline_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("-written_at",)
        constraints = [
            models.UniqueConstraint(
                fields=("product", "author"), name="catalog_review_one_per_author"
            ),
            models.CheckConstraint(
                name="catalog_review_rating_1_to_5", condition=Q(rating__gte=1, rating__lte=5)
            ),
            models.CheckConstraint(
                name="catalog_review_status_known", condition=Q(status__in=ReviewStatus.values)
            ),
            models.CheckConstraint(
                name="catalog_review_moderated_by_someone",
                condition=Q(status="pending", moderated_at__isnull=True, moderated_by__isnull=True)
                | Q(
                    status__in=("published", "declined"),
                    moderated_at__isnull=False,
                    moderated_by__isnull=False,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"review of {self.product} ({self.status})"
