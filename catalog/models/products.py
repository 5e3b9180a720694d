"""What the store lists: a product, the packages it comes in, and whose program it belongs to."""

import hashlib
from pathlib import Path
from typing import ClassVar

from django.contrib.staticfiles import finders
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from djmoney.models.fields import MoneyField
from simple_history.models import HistoricalRecords
from uuid6 import uuid7

from catalog.ndc import MalformedNdc, format_ndc, parse_ndc
from catalog.programs import is_known_program


class Confidence(models.TextChoices):
    """How sure we are of a statement (rule sheet, head of the page)."""

    CONFIRMED = "C", "read in the source itself"
    SEEN_ONCE = "S", "seen once, or only in a secondary or old source"
    ASSUMED = "A", "read for the sister program; assumed to match"
    GENERAL = "G", "general knowledge, not verified"


class Category(models.Model):
    """A group of products on the home page."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=80, unique=True)
    slug = models.SlugField(max_length=80, unique=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "name")
        verbose_name_plural = "categories"

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The page that lists this category."""
        return reverse("catalog:category", args=[self.slug])


class Labeler(models.Model):
    """The company named on the package, which the first segment of the NDC stands for."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=120, unique=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class ProgramContact(models.Model):
    """How readers reach a safety program: data, since programs are renamed (rule sheet 0.1)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    program_code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    phone = models.CharField(
        max_length=20, validators=[RegexValidator(r"^1-[0-9]{3}-[0-9]{3}-[0-9]{4}$")]
    )
    website = models.URLField(max_length=200, blank=True)
    source = models.CharField(max_length=120)
    confidence = models.CharField(max_length=1, choices=Confidence.choices)
    history = HistoricalRecords()

    class Meta:
        ordering = ("name",)
        constraints = [
            models.CheckConstraint(
                name="catalog_programcontact_confidence_known",
                condition=Q(confidence__in=Confidence.values),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def phone_digits(self) -> str:
        """The number as a telephone dials it, country code first."""
        return self.phone.replace("-", "")


class Product(models.Model):
    """One drug in one strength and form from one labeler."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="products")
    labeler = models.ForeignKey(Labeler, on_delete=models.PROTECT, related_name="products")
    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=120)
    generic_name = models.CharField(max_length=120)
    strength = models.CharField(max_length=40, help_text="as printed, such as 4 mg")
    dosage_form = models.CharField(max_length=60, help_text="such as capsule")
    summary = models.CharField(
        max_length=300, help_text="one factual sentence for lists; no claim of benefit alone"
    )
    dosing_note = models.CharField(
        max_length=300, blank=True, help_text="what this strength alone cannot fill, if anything"
    )
    program_code = models.CharField(
        max_length=40, blank=True, help_text="the safety program whose rules decide the orders"
    )
    rx_only = models.BooleanField("Rx only", default=True)
    on_sale = models.BooleanField(default=False, editable=False)
    history = HistoricalRecords()

    class Meta:
        ordering = ("name",)
        constraints = [
            models.CheckConstraint(
                name="catalog_product_on_sale_has_program",
                condition=Q(on_sale=False) | ~Q(program_code=""),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The product's page."""
        return reverse("catalog:product", args=[self.slug])

    def clean(self) -> None:
        """Refuse a product on sale whose program the core does not know."""
        super().clean()
        if self.on_sale and not is_known_program(self.program_code):
            raise ValidationError(
                {"program_code": "There are no rules for this program. Take the product off sale."}
            )


class Package(models.Model):
    """A package that a lot is counted in and that an order is filled from."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="packages")
    ndc11 = models.CharField("NDC (11 digits)", max_length=11, unique=True, editable=False)
    ndc_printed = models.CharField(
        "NDC as printed", max_length=12, help_text="10 digits with hyphens, as on the package"
    )
    capsules = models.PositiveSmallIntegerField(help_text="capsules in one package")
    container = models.CharField(max_length=40, help_text="such as bottle")
    days_supply_max = models.PositiveSmallIntegerField(
        default=28, help_text="the most days of treatment one package may be dispensed for"
    )
    price = MoneyField(  # type: ignore[no-untyped-call]
        max_digits=10, decimal_places=2, default_currency="USD"
    )
    price_note = models.CharField(max_length=120, blank=True, help_text="shown beside the price")
    on_sale = models.BooleanField(default=True)
    history = HistoricalRecords()
    objects: ClassVar[models.Manager["Package"]] = models.Manager()

    class Meta:
        ordering = ("product", "capsules")
        constraints = [
            models.CheckConstraint(
                name="catalog_package_ndc11_is_11_digits", condition=Q(ndc11__regex=r"^[0-9]{11}$")
            ),
            models.CheckConstraint(
                name="catalog_package_holds_capsules", condition=Q(capsules__gte=1)
            ),
            models.CheckConstraint(
                name="catalog_package_days_supply_within_28",
                condition=Q(days_supply_max__gte=1, days_supply_max__lte=28),
            ),
            models.CheckConstraint(
                name="catalog_package_price_not_negative", condition=Q(price__gte=0)
            ),
            models.CheckConstraint(
                name="catalog_package_price_in_dollars", condition=Q(price_currency="USD")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product}, {self.capsules} per {self.container}"

    @property
    def ndc(self) -> str:
        """The 11-digit NDC with hyphens, 5-4-2."""
        return format_ndc(self.ndc11)

    def clean(self) -> None:
        """Store the 11 digits of the NDC as printed. Refuse what is no NDC, beside the field."""
        super().clean()
        try:
            self.ndc11 = parse_ndc(self.ndc_printed)
        except MalformedNdc as error:
            raise ValidationError({"ndc_printed": str(error)}) from error


class MedicationGuide(models.Model):
    """One version of the guide that goes with every fill (21 CFR 208), known by its hash."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="medication_guides")
    version = models.CharField(max_length=40)
    effective_on = models.DateField()
    static_path = models.CharField(
        max_length=200, help_text="where the file lies among the static files"
    )
    sha256 = models.CharField(max_length=64)
    is_stand_in = models.BooleanField(
        default=False, help_text="a demonstration text, not the labeler's own guide"
    )

    class Meta:
        ordering = ("product", "-effective_on")
        constraints = [
            models.UniqueConstraint(
                fields=("product", "version"), name="catalog_medicationguide_version_unique"
            ),
            models.CheckConstraint(
                name="catalog_medicationguide_sha256_is_hex",
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product} Medication Guide {self.version}"

    def clean(self) -> None:
        """File the guide under the hash of its file. Refuse a path where there is none."""
        super().clean()
        digest = sha256_of_static_file(self.static_path)
        if digest is None:
            raise ValidationError({"static_path": "There is no such file."})
        self.sha256 = digest


def sha256_of_static_file(static_path: str) -> str | None:
    """The SHA-256 of a file among the static files, in hex; None when there is no such file."""
    found = finders.find(static_path)
    if not isinstance(found, str) or not Path(found).is_file():
        return None
    return hashlib.sha256(Path(found).read_bytes()).hexdigest()
