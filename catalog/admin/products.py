"""Products, packages, stock and whom to call."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.admin import SavesWhatWasTyped
from catalog.models import (
    Category,
    Labeler,
    Lot,
    MedicationGuide,
    Package,
    Product,
    ProgramContact,
)
from catalog.services import put_on_sale, take_off_sale

from .labels import KeptHistory
from .refusals import TellsRefusals, each_of


@admin.register(Category)
class CategoryAdmin(TellsRefusals):
    """Groups on the home page."""

    list_display = ("name", "slug", "position")
    prepopulated_fields = {"slug": ("name",)}


@admin.register(Labeler)
class LabelerAdmin(TellsRefusals):
    """Companies named on packages."""

    list_display = ("name",)


@admin.register(ProgramContact)
class ProgramContactAdmin(KeptHistory):
    """Names and telephone numbers of the safety programs."""

    list_display = ("name", "program_code", "phone", "confidence")


class PackageInline(SavesWhatWasTyped[Package], admin.StackedInline[Package, Product]):
    """The packages of a product. The stored NDC follows from the printed one."""

    model = Package
    fields = (
        "ndc_printed",
        "ndc11",
        "capsules",
        "container",
        "days_supply_max",
        "price",
        "price_note",
        "on_sale",
    )
    readonly_fields = ("ndc11",)
    extra = 0


@admin.register(Product)
class ProductAdmin(KeptHistory):
    """Products; going on sale is an action, since it has conditions."""

    list_display = ("name", "labeler", "category", "program_code", "on_sale")
    list_select_related = ("labeler", "category")
    readonly_fields = ("on_sale",)
    inlines = (PackageInline,)
    actions = ("sell", "stop_selling")

    @admin.action(description="Put on sale", permissions=["change"])
    def sell(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        """Put each chosen product on sale, where nothing is missing."""
        each_of(request, queryset, lambda row, actor: put_on_sale(row.pk, actor), "now on sale.")

    @admin.action(description="Take off sale", permissions=["change"])
    def stop_selling(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        """Take each chosen product off sale."""
        each_of(request, queryset, lambda row, actor: take_off_sale(row.pk, actor), "off sale.")


@admin.register(Lot)
class LotAdmin(KeptHistory):
    """Lots on the shelf. A page keeps what came in since it was drawn: a recall, a package that was
    dispensed."""

    list_display = (
        "number",
        "package",
        "expires_on",
        "quantity_on_hand",
        "is_recalled",
        "is_suspect",
    )
    list_filter = ("is_recalled", "is_suspect")
    list_select_related = ("package__product",)
    search_fields = ("number",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A lot that was on the shelf stays on record."""
        return False


@admin.register(MedicationGuide)
class MedicationGuideAdmin(TellsRefusals):
    """Versions of the guide that goes with every fill; a new text is a new version."""

    list_display = ("product", "version", "effective_on", "is_stand_in")
    fields = ("product", "version", "effective_on", "static_path", "is_stand_in", "sha256")
    readonly_fields = ("sha256",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A guide that was handed out stays as it was."""
        return False
