"""Products, packages and lots; label content and its versions; reviews; Medication Guides."""

from .labels import LabelSection, LabelStatement, LabelVersion, SectionKind, Source
from .products import (
    Category,
    Confidence,
    Labeler,
    MedicationGuide,
    Package,
    Product,
    ProgramContact,
)
from .reviews import Review
from .stock import Lot

__all__ = [
    "Category",
    "Confidence",
    "LabelSection",
    "LabelStatement",
    "LabelVersion",
    "Labeler",
    "Lot",
    "MedicationGuide",
    "Package",
    "Product",
    "ProgramContact",
    "Review",
    "SectionKind",
    "Source",
]
