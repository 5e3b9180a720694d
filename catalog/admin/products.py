"""Products, packages, stock and whom to call."""

from typing import Any

from django.contrib import admin
from django.db.models import Field, QuerySet
from django.forms import Field as FormField
from django.forms import ModelForm
from django.http import HttpRequest

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


class PackageInline(admin.StackedInline[Package, Product]):
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
    """Lots on the shelf. A page saves what was typed on it, and no more."""

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

    def formfield_for_dbfield(
        self, db_field: Field[Any, Any], request: HttpRequest, **how: Any
    ) -> FormField | None:
        """Each field tells what it was drawn with, so that what was typed can be told from it."""
        return super().formfield_for_dbfield(db_field, request, show_hidden_initial=True, **how)

    def save_model(
        self, request: HttpRequest, obj: Lot, form: ModelForm[Lot], change: bool
    ) -> None:
        """Keep what came in since the page was drawn, under the row's lock: a recall, a package
        that was dispensed."""
        if change:
            now = Lot.objects.select_for_update().get(pk=obj.pk)
            for field in obj._meta.concrete_fields:
                if field.name not in form.changed_data:
                    setattr(obj, field.attname, getattr(now, field.attname))
        super().save_model(request, obj, form, change)


@admin.register(MedicationGuide)
class MedicationGuideAdmin(TellsRefusals):
    """Versions of the guide that goes with every fill; a new text is a new version."""

    list_display = ("product", "version", "effective_on", "is_stand_in")
    fields = ("product", "version", "effective_on", "static_path", "is_stand_in", "sha256")
    readonly_fields = ("sha256",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A guide that was handed out stays as it was."""
        return False
