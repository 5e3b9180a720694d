"""Label versions: start a draft, copy one, publish one. What is published never changes."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from simple_history.utils import bulk_create_with_history

from accounts.clock import read_clock
from accounts.models import User
from catalog.errors import CatalogError, IncompleteLabel, NotADraft, StartInThePast
from catalog.models import LabelSection, LabelStatement, LabelVersion, Product, SectionKind
from catalog.models.labels import VersionStatus

REQUIRED_SECTIONS = (
    SectionKind.BOXED_WARNING_SHORT,
    SectionKind.DESCRIPTION,
    SectionKind.INDICATIONS,
    SectionKind.KEY_FEATURES,
    SectionKind.STORAGE,
    SectionKind.BOXED_WARNING,
    SectionKind.IMPORTANT_SAFETY_INFORMATION,
    SectionKind.REMS_SUMMARY,
)


@transaction.atomic
def start_draft(product_id: UUID, change_note: str) -> LabelVersion:
    """A new, empty draft with the next number. Raises CatalogError if there is a draft already."""
    product = Product.objects.select_for_update().get(pk=product_id)
    draft = product.label_versions.filter(status=VersionStatus.DRAFT).first()
    if draft is not None:
        raise CatalogError(
            f"There is a draft already: version {draft.number}. Finish it or delete it first."
        )
    highest = product.label_versions.aggregate(highest=Max("number"))["highest"] or 0
    return LabelVersion.objects.create(product=product, number=highest + 1, change_note=change_note)


@transaction.atomic
def copy_to_draft(version_id: UUID, change_note: str) -> LabelVersion:
    """A new draft with the content of this version. Raises CatalogError if there is one already."""
    original = LabelVersion.objects.get(pk=version_id)
    draft = start_draft(original.product_id, change_note)
    for section in original.sections.prefetch_related("statements"):
        copied = LabelSection.objects.create(
            version=draft, kind=section.kind, heading=section.heading, position=section.position
        )
        write_statements(_copies(section, copied))
    return draft


def write_statements(statements: list[LabelStatement]) -> None:
    """Store new statements with their history, in two statements of SQL."""
    bulk_create_with_history(statements, LabelStatement)


def _copies(section: LabelSection, copied: LabelSection) -> list[LabelStatement]:
    return [
        LabelStatement(
            section=copied,
            lead=statement.lead,
            text=statement.text,
            source=statement.source,
            confidence=statement.confidence,
            position=statement.position,
        )
        for statement in section.statements.all()
    ]


@transaction.atomic
def publish_label(version_id: UUID, actor: User) -> LabelVersion:
    """Publish a draft, at once or from its `effective_from`, by the database's clock.

    Raises PermissionDenied, NotADraft, IncompleteLabel or StartInThePast; then nothing changed.
    """
    if not actor.has_perm("catalog.publish_labelversion"):
        raise PermissionDenied("You may not publish labels.")
    version = LabelVersion.objects.select_for_update().get(pk=version_id)
    if not version.is_draft:
        raise NotADraft(f"Version {version.number} is published already.")
    _require_complete(version)
    published_at = read_clock()
    if version.effective_from is not None and version.effective_from < published_at:
        raise StartInThePast("The start is in the past. Leave it empty to start at once.")
    version.effective_from = version.effective_from or published_at
    version.published_at = published_at
    version.published_by = actor
    version.status = VersionStatus.PUBLISHED
    version.save()
    return version


def _require_complete(version: LabelVersion) -> None:
    """Raise IncompleteLabel unless every required section says something."""
    filled = set(version.sections.filter(statements__isnull=False).values_list("kind", flat=True))
    missing = [kind.label for kind in REQUIRED_SECTIONS if kind not in filled]
    if missing:
        raise IncompleteLabel(f"These sections are missing or empty: {', '.join(missing)}.")
