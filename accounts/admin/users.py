"""Users and reads in the admin site."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, UserChangeForm

from accounts.models import AccessLog, User

from .looking import ShownOnly
from .typed import SavesWhatWasTyped, TypedForm, has_moved

RIGHTS = ("is_active", "is_staff", "is_superuser", "groups")


class UserPage(TypedForm[User], UserChangeForm[User]):
    """A person's page. One that was drawn before somebody else changed what the person may do is
    refused: to save it would give back what was taken away."""

    def clean(self) -> dict[str, Any] | None:
        """Compare what each right was drawn with, with what stands: the row is locked by now."""
        cleaned = super().clean()
        for name in RIGHTS:
            if name in self.fields and has_moved(self, name):
                self.add_error(
                    name, "Somebody changed this since you opened the page. Open it again."
                )
        return cleaned


class PasswordPage(AdminPasswordChangeForm):  # type: ignore[type-arg]
    """A new password for a person, and nothing else: their account may have been closed since the
    page was asked for."""

    def save(self, commit: bool = True) -> User:
        """Write the password alone."""
        user: User = super().save(commit=False)
        if commit:
            user.save(update_fields=["password"])
        return user


@admin.register(User)
class UserAdmin(SavesWhatWasTyped[User], DjangoUserAdmin[User]):
    """People and their roles."""

    form = UserPage
    change_password_form = PasswordPage
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


@admin.register(AccessLog)
class AccessLogAdmin(ShownOnly[AccessLog]):
    """Reads of patients' records: to look at, never to change."""

    list_display = ("at", "user", "purpose", "subject_id")
    list_select_related = ("user",)
    list_filter = ("purpose",)
