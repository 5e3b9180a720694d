"""What readers may see of the catalog. Every list of queries here is of constant length."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from accounts.clock import PharmacyClock
from catalog.models import (
    Category,
    LabelSection,
    LabelVersion,
    MedicationGuide,
    Package,
    Product,
    ProgramContact,
    Review,
    SectionKind,
    Source,
)
from catalog.models.labels import VersionStatus
from catalog.models.reviews import ReviewStatus


@dataclass(frozen=True)
class LabelContent:
    """One version as a page shows it: the boxed warning apart, the other sections in order."""

    version: LabelVersion
    short_warning: LabelSection | None
    boxed_warning: LabelSection | None
    sections: tuple[LabelSection, ...]
    sources: tuple[Source, ...]


def products_on_sale() -> QuerySet[Product]:
    """Every product that may be ordered, with its category and labeler."""
    return Product.objects.filter(on_sale=True).select_related("category", "labeler")


def categories_with_products() -> list[Category]:
    """The categories that have something on sale, each with `shown_products`. Two queries."""
    shown = Prefetch(
        "products",
        queryset=products_on_sale().prefetch_related(_packages_on_sale()),
        to_attr="shown_products",
    )
    categories = Category.objects.filter(products__on_sale=True).distinct()
    return list(categories.prefetch_related(shown))


def products_in(category: Category) -> list[Product]:
    """The products of one category that are on sale, each with `shown_packages`."""
    found = products_on_sale().filter(category=category)
    return list(found.prefetch_related(_packages_on_sale()))


def product_for_page(slug: str) -> Product:
    """A product on sale by its slug, with `shown_packages`. Raises Product.DoesNotExist."""
    return products_on_sale().prefetch_related(_packages_on_sale()).get(slug=slug)


def label_in_force(product: Product) -> LabelVersion:
    """The version that readers see now, by the database's clock.

    Raises LabelVersion.DoesNotExist when nothing was published or nothing has started yet.
    """
    started = LabelVersion.objects.filter(
        product=product, status=VersionStatus.PUBLISHED, effective_from__lte=PharmacyClock()
    ).order_by("-published_at", "-number")
    version = started.first()
    if version is None:
        raise LabelVersion.DoesNotExist(f"{product} has no label in force")
    return version


def label_version(version_id: UUID) -> LabelVersion:
    """Any version, draft or published, for its preview. Raises LabelVersion.DoesNotExist."""
    return LabelVersion.objects.select_related("product", "published_by").get(pk=version_id)


def label_content(version: LabelVersion) -> LabelContent:
    """The sections and statements of a version. Three queries."""
    found = version.sections.order_by("position").prefetch_related("statements")
    sections = {SectionKind(section.kind): section for section in found}
    short = sections.pop(SectionKind.BOXED_WARNING_SHORT, None)
    boxed = sections.pop(SectionKind.BOXED_WARNING, None)
    sources = tuple(sorted(Source.objects.all(), key=_by_number))
    return LabelContent(version, short, boxed, tuple(sections.values()), sources)


def published_reviews(product: Product) -> list[Review]:
    """Reviews that were read and published, newest first, low ratings and high ones alike."""
    shown = Review.objects.filter(product=product, status=ReviewStatus.PUBLISHED)
    return list(shown.order_by("-written_at"))


def program_contacts() -> QuerySet[ProgramContact]:
    """How to reach the safety programs of the products."""
    return ProgramContact.objects.order_by("name")


def program_contact(code: str) -> ProgramContact | None:
    """How to reach one safety program; None when nobody entered it."""
    return ProgramContact.objects.filter(program_code=code).first()


def current_medication_guide(product: Product) -> MedicationGuide | None:
    """The newest guide of the product; None when there is none yet."""
    return MedicationGuide.objects.filter(product=product).order_by("-effective_on").first()


def _packages_on_sale() -> Prefetch[str]:
    packages = Package.objects.filter(on_sale=True).order_by("capsules")
    return Prefetch("packages", queryset=packages, to_attr="shown_packages")


def _by_number(source: Source) -> tuple[str, int]:
    digits = "".join(character for character in source.code if character.isdigit())
    return source.code[:1], int(digits or 0)
