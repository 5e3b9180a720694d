"""Load a content file: make what is missing, and leave alone what an editor has changed since."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.models import User
from catalog.errors import MalformedContent
from catalog.models import (
    Category,
    Confidence,
    Labeler,
    LabelSection,
    LabelStatement,
    LabelVersion,
    Lot,
    MedicationGuide,
    Package,
    Product,
    ProgramContact,
    SectionKind,
    Source,
)
from catalog.models.products import sha256_of_static_file
from catalog.ndc import parse_ndc
from catalog.selectors import label_in_force

from .content_file import ProductContent, SectionText, StatementText
from .labels import publish_label, start_draft, write_statements


@transaction.atomic
def load_content(
    content: ProductContent, published_by: User, *, replace_label: bool = False
) -> Product:
    """Make what the file names and the store lacks; a second run changes nothing.

    With `replace_label` a label in force that differs from the file gives way to a new version.
    Raises CatalogError or PermissionDenied; then nothing changed.
    """
    ProgramContact.objects.get_or_create(
        program_code=content.program["code"], defaults=_without(content.program, "code")
    )
    Source.objects.bulk_create(
        [Source(**source) for source in content.sources], ignore_conflicts=True
    )
    product = _load_product(content.product)
    for package in content.packages:
        _load_package(product, package)
    for lot in content.lots:
        _load_lot(lot)
    _load_guide(product, content.guide)
    if _label_wanted(product, content, replace_label):
        _load_label(product, content, published_by)
    return product


def _load_product(data: Mapping[str, Any]) -> Product:
    category, _ = Category.objects.get_or_create(
        slug=data["category"]["slug"], defaults={"name": data["category"]["name"]}
    )
    labeler, _ = Labeler.objects.get_or_create(name=data["labeler"])
    plain = _without(data, "slug", "category", "labeler")
    product, _ = Product.objects.get_or_create(
        slug=data["slug"], defaults={**plain, "category": category, "labeler": labeler}
    )
    return product


def _load_package(product: Product, data: Mapping[str, Any]) -> None:
    Package.objects.get_or_create(
        ndc11=parse_ndc(data["ndc_printed"]), defaults={**data, "product": product}
    )


def _load_lot(data: Mapping[str, Any]) -> None:
    package = Package.objects.get(ndc11=parse_ndc(data["package"]))
    Lot.objects.get_or_create(
        package=package, number=data["number"], defaults=_without(data, "package", "number")
    )


def _load_guide(product: Product, data: Mapping[str, Any]) -> None:
    digest = sha256_of_static_file(data["static_path"])
    if digest is None:
        raise MalformedContent(f"There is no static file {data['static_path']}.")
    MedicationGuide.objects.get_or_create(
        product=product,
        version=data["version"],
        defaults={**_without(data, "version"), "sha256": digest},
    )


def _label_wanted(product: Product, content: ProductContent, replace_label: bool) -> bool:
    try:
        in_force = label_in_force(product)
    except LabelVersion.DoesNotExist:
        return True
    return replace_label and _text_of(in_force) != content.sections


def _load_label(product: Product, content: ProductContent, published_by: User) -> None:
    draft = start_draft(product.pk, content.change_note)
    for position, section in enumerate(content.sections):
        _write_section(draft, section, position)
    publish_label(draft.pk, published_by)


def _write_section(draft: LabelVersion, section: SectionText, position: int) -> None:
    row = LabelSection.objects.create(
        version=draft, kind=section.kind, heading=section.heading, position=position
    )
    write_statements(
        [
            LabelStatement(
                section=row,
                lead=statement.lead,
                text=statement.text,
                source=statement.source,
                confidence=statement.confidence,
                position=number,
            )
            for number, statement in enumerate(section.statements)
        ]
    )


def _text_of(version: LabelVersion) -> tuple[SectionText, ...]:
    sections = version.sections.order_by("position").prefetch_related("statements")
    return tuple(_section_text(section) for section in sections)


def _section_text(section: LabelSection) -> SectionText:
    statements = tuple(
        StatementText(row.lead, row.text, row.source, Confidence(row.confidence))
        for row in section.statements.all()
    )
    return SectionText(SectionKind(section.kind), section.heading, statements)


def _without(data: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in data.items() if key not in keys}
