"""Labels: drafts are edited here, published versions are only read and copied."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from simple_history.admin import SimpleHistoryAdmin

from accounts.admin import SavesWhatWasTyped
from catalog.models import LabelSection, LabelStatement, LabelVersion, Product, Source
from catalog.services import copy_to_draft, publish_label, start_draft

from .refusals import TellsRefusals, each_of


class KeptHistory(SimpleHistoryAdmin, TellsRefusals):  # type: ignore[misc]
    """Shows the history of a row; going back is done by a new draft, not by overwriting."""

    actions_on_bottom = False

    def revert_disabled(self, request: HttpRequest, obj: Any = None) -> bool:
        """History is for reading."""
        return True

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """No deleting in bulk: it would go past the question whether each row is a draft."""
        actions: dict[str, Any] = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions


class StatementInline(
    SavesWhatWasTyped[LabelStatement], admin.TabularInline[LabelStatement, LabelSection]
):
    """The statements of a section, in order."""

    model = LabelStatement
    fields = ("position", "lead", "text", "source", "confidence")
    ordering = ("position",)
    extra = 1

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only to a draft."""
        return _is_draft_section(obj) and super().has_add_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only in a draft."""
        return _is_draft_section(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only from a draft."""
        return _is_draft_section(obj) and super().has_delete_permission(request, obj)


class SectionInline(
    SavesWhatWasTyped[LabelSection], admin.TabularInline[LabelSection, LabelVersion]
):
    """The sections of a version; each opens a page with its statements."""

    model = LabelSection
    fields = ("position", "kind", "heading")
    ordering = ("position",)
    extra = 0
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only to a draft."""
        return _is_draft(obj) and super().has_add_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only in a draft."""
        return _is_draft(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only from a draft."""
        return _is_draft(obj) and super().has_delete_permission(request, obj)


@admin.register(LabelVersion)
class LabelVersionAdmin(KeptHistory):
    """Versions of what the store says about a product."""

    list_display = (
        "product",
        "number",
        "status",
        "effective_from",
        "published_at",
        "published_by",
        "preview_link",
    )
    list_filter = ("product", "status")
    list_select_related = ("product", "published_by")
    fields = (
        "product",
        "number",
        "status",
        "change_note",
        "effective_from",
        "published_at",
        "published_by",
        "preview_link",
    )
    readonly_fields = ("number", "status", "published_at", "published_by", "preview_link")
    inlines = (SectionInline,)
    actions = ("copy_versions", "publish_versions")

    @admin.display(description="preview")
    def preview_link(self, obj: LabelVersion) -> str:
        """A link to the product's page with this version."""
        if obj.number is None:
            return "Save first, then preview."
        address = reverse("catalog:preview", args=[obj.pk])
        return format_html('<a href="{}">Preview version {}</a>', address, obj.number)

    @admin.action(description="Start a new draft from the version", permissions=["add"])
    def copy_versions(self, request: HttpRequest, queryset: QuerySet[LabelVersion]) -> None:
        """Copy each chosen version into a draft."""

        def copy(version: LabelVersion, _actor: object) -> None:
            copy_to_draft(version.pk, f"Copied from version {version.number}")

        each_of(request, queryset, copy, "copied into a new draft.")

    @admin.action(description="Publish the draft", permissions=["publish"])
    def publish_versions(self, request: HttpRequest, queryset: QuerySet[LabelVersion]) -> None:
        """Publish each chosen draft."""
        each_of(request, queryset, lambda row, actor: publish_label(row.pk, actor), "published.")

    def has_publish_permission(self, request: HttpRequest) -> bool:
        """Whether the user may publish."""
        return request.user.has_perm("catalog.publish_labelversion")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only a draft can be changed."""
        return (obj is None or obj.is_draft) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only a draft can be thrown away."""
        return (obj is None or obj.is_draft) and super().has_delete_permission(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """A version stays with its product."""
        return self.readonly_fields if obj is None else (*self.readonly_fields, "product")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """A new version takes the next number under the product's lock."""
        if change:
            super().save_model(request, obj, form, change)
            return
        product: Product = obj.product
        draft = start_draft(product.pk, obj.change_note)
        obj.pk, obj.number = draft.pk, draft.number
        obj._state.adding = False
        obj.save()


@admin.register(LabelSection)
class LabelSectionAdmin(KeptHistory):
    """One section with its statements; reached from its version."""

    list_display = ("heading", "kind", "version", "position")
    list_filter = ("version__product", "version__status", "kind")
    list_select_related = ("version__product",)
    fields = ("version", "kind", "heading", "position")
    readonly_fields = ("version",)
    inlines = (StatementInline,)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Sections are added on their version's page."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only in a draft."""
        return (obj is None or obj.version.is_draft) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only from a draft."""
        return (obj is None or obj.version.is_draft) and super().has_delete_permission(request, obj)


@admin.register(Source)
class SourceAdmin(TellsRefusals):
    """The documents that statements rest on."""

    list_display = ("code", "title", "dated")


def _is_draft(obj: Any) -> bool:
    return obj is None or obj.is_draft


def _is_draft_section(obj: Any) -> bool:
    return obj is None or obj.version.is_draft
