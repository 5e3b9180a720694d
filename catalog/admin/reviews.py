"""Reviews are read by a person, then published or declined by the published criteria."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from catalog.models import Review
from catalog.services import decline_review, publish_review

from .refusals import TellsRefusals, each_of


@admin.register(Review)
class ReviewAdmin(TellsRefusals):
    """To decline, open the review, write the reason, save, then choose the action."""

    list_display = ("product", "rating", "status", "written_at", "moderated_by")
    list_filter = ("status", "product")
    list_select_related = ("product", "moderated_by")
    readonly_fields = (
        "product",
        "rating",
        "body",
        "status",
        "written_at",
        "moderated_at",
        "moderated_by",
    )
    exclude = ("author",)
    actions = ("publish_reviews", "decline_reviews")

    @admin.action(description="Publish", permissions=["change"])
    def publish_reviews(self, request: HttpRequest, queryset: QuerySet[Review]) -> None:
        """Show each chosen review to readers."""
        each_of(request, queryset, lambda row, actor: publish_review(row.pk, actor), "published.")

    @admin.action(description="Decline, with the reason written on it", permissions=["change"])
    def decline_reviews(self, request: HttpRequest, queryset: QuerySet[Review]) -> None:
        """Keep each chosen review from readers, for the reason saved on it."""

        def decline(review: Review, actor: Any) -> None:
            decline_review(review.pk, actor, review.decline_reason)

        each_of(request, queryset, decline, "declined.")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Patients write reviews; staff never do (16 CFR 465)."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A declined review stays on record."""
        return False
