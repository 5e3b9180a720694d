"""Users and reads in the admin site."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.db.models import Field
from django.forms import Field as FormField
from django.http import HttpRequest

from accounts.models import AccessLog, User

RIGHTS = ("is_active", "is_staff", "is_superuser", "groups")


class UserPage(UserChangeForm[User]):
    """A person's page. One that was drawn before somebody else changed what the person may do is
    refused: to save it would give back what was taken away."""

    def clean(self) -> dict[str, Any] | None:
        """Compare what each right was drawn with, which the page sends along, with what stands."""
        cleaned = super().clean()
        for name in RIGHTS:
            if name in self.fields and self._has_moved(name):
                self.add_error(
                    name, "Somebody changed this since you opened the page. Open it again."
                )
        return cleaned

    def _has_moved(self, name: str) -> bool:
        field, shown = self.fields[name], self[name]
        drawn_with = field.hidden_widget().value_from_datadict(
            self.data, self.files, shown.html_initial_name
        )
        return field.has_changed(shown.initial, drawn_with)


@admin.register(User)
class UserAdmin(DjangoUserAdmin[User]):
    """People and their roles."""

    form = UserPage
    ordering = ("email",)
    list_display = ("email", "name", "is_staff", "is_active")
    search_fields = ("email", "name")
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("email", "name", "password")}),
        ("Roles", {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"fields": ("email", "name", "usable_password", "password1", "password2")}),
    )

    def formfield_for_dbfield(
        self, db_field: Field[Any, Any], request: HttpRequest, **how: Any
    ) -> FormField | None:
        """Each right tells what it was drawn with."""
        if db_field.name in RIGHTS:
            how["show_hidden_initial"] = True
        return super().formfield_for_dbfield(db_field, request, **how)


@admin.register(AccessLog)
class AccessLogAdmin(admin.ModelAdmin[AccessLog]):
    """Reads of patients' records: to look at, never to change."""

    list_display = ("at", "user", "purpose", "subject_id")
    list_select_related = ("user",)
    list_filter = ("purpose",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody adds a read by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes a read."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes a read."""
        return False
