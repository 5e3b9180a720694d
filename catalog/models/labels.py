"""What the store says about a product: versioned, dated, each statement with its source.

A published version and everything in it never changes again (guard triggers in
`catalog/sql/0002_*.sql`). To change the text an editor copies it into a new draft.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords
from uuid6 import uuid7

from .products import Confidence, Product


class SectionKind(models.TextChoices):
    """The sections a label may have, each at most once."""

    BOXED_WARNING_SHORT = "boxed_warning_short", "Boxed warning in short"
    DESCRIPTION = "description", "Description"
    INDICATIONS = "indications", "Indications and uses"
    KEY_FEATURES = "key_features", "Key features"
    HOW_TO_TAKE = "how_to_take", "How to take it"
    MISSED_DOSE = "missed_dose", "Missed dose"
    STORAGE = "storage", "Storage and handling"
    BOXED_WARNING = "boxed_warning", "Boxed warning"
    IMPORTANT_SAFETY_INFORMATION = (
        "important_safety_information",
        "Important safety information",
    )
    SIDE_EFFECTS = "side_effects", "Side effects"
    REPORTING = "reporting", "Reporting"
    REMS_SUMMARY = "rems_summary", "REMS summary"


class VersionStatus(models.TextChoices):
    """Whether readers may see a version."""

    DRAFT = "draft", "draft"
    PUBLISHED = "published", "published"


class Source(models.Model):
    """A document that statements rest on, by its short code (docs/label-content.md)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=8, unique=True)
    title = models.CharField(max_length=200)
    dated = models.CharField(max_length=60, help_text="the date shown by the source, or undated")

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class LabelVersion(models.Model):
    """All that the store says about a product from `effective_from` until the next version.

    In force is, of the published versions whose start has come by the database's clock, the one
    published last: a correction is never undone by an older text that was scheduled before it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="label_versions")
    number = models.PositiveIntegerField(editable=False)
    status = models.CharField(
        max_length=10,
        choices=VersionStatus.choices,
        default=VersionStatus.DRAFT,
        editable=False,
    )
    change_note = models.CharField(max_length=200, help_text="what changed and why")
    effective_from = models.DateTimeField(
        null=True, blank=True, help_text="when readers start to see it; empty: when published"
    )
    published_at = models.DateTimeField(null=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="published_labels",
    )
    history = HistoricalRecords()

    class Meta:
        ordering = ("product", "-number")
        permissions = [("publish_labelversion", "Can publish a label version")]
        constraints = [
            models.UniqueConstraint(
                fields=("product", "number"), name="catalog_labelversion_number_unique"
            ),
            models.UniqueConstraint(
                fields=("product",),
                condition=Q(status="draft"),
                name="catalog_labelversion_one_draft",
            ),
            models.CheckConstraint(
                name="catalog_labelversion_status_known",
                condition=Q(status__in=VersionStatus.values),
            ),
            models.CheckConstraint(
                name="catalog_labelversion_published_by_someone",
                condition=Q(status="draft", published_at__isnull=True, published_by__isnull=True)
                | Q(
                    status="published",
                    published_at__isnull=False,
                    published_by__isnull=False,
                    # A comparison with NULL is not false, and so would pass.
                    effective_from__isnull=False,
                    effective_from__gte=models.F("published_at"),
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product}, version {self.number} ({self.status})"

    @property
    def is_draft(self) -> bool:
        """Whether it may still be changed."""
        return self.status == VersionStatus.DRAFT


class LabelSection(models.Model):
    """One part of a version under one heading."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.ForeignKey(LabelVersion, on_delete=models.CASCADE, related_name="sections")
    kind = models.CharField(max_length=40, choices=SectionKind.choices)
    heading = models.CharField(max_length=120)
    position = models.PositiveSmallIntegerField(default=0)
    history = HistoricalRecords()

    class Meta:
        ordering = ("version", "position")
        constraints = [
            models.UniqueConstraint(
                fields=("version", "kind"), name="catalog_labelsection_kind_once"
            ),
            models.CheckConstraint(
                name="catalog_labelsection_kind_known", condition=Q(kind__in=SectionKind.values)
            ),
        ]

    def __str__(self) -> str:
        return self.heading


class LabelStatement(models.Model):
    """One statement, with where it comes from and how sure we are of it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    section = models.ForeignKey(LabelSection, on_delete=models.CASCADE, related_name="statements")
    lead = models.CharField(max_length=80, blank=True, help_text="a few words in bold before it")
    text = models.TextField(max_length=1000)
    source = models.CharField(max_length=120, help_text="such as 8.6 (S15, S20)")
    confidence = models.CharField(max_length=1, choices=Confidence.choices)
    position = models.PositiveSmallIntegerField(default=0)
    history = HistoricalRecords()

    class Meta:
        ordering = ("section", "position")
        constraints = [
            models.CheckConstraint(
                name="catalog_labelstatement_source_given", condition=~Q(source="") & ~Q(text="")
            ),
            models.CheckConstraint(
                name="catalog_labelstatement_confidence_known",
                condition=Q(confidence__in=Confidence.values),
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def is_verified(self) -> bool:
        """Whether the statement was read in the source itself."""
        return self.confidence == Confidence.CONFIRMED
