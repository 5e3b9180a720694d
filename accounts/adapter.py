"""How allauth makes accounts here: by e-mail, with the printed name, as a patient's or guardian's."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from accounts.roles import Role
from accounts.services import grant_role


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Takes the printed name at sign-up.

    Who signs up alone is a patient or guardian to be: the role opens nobody's record until a
    pharmacist links the account to a patient. All other roles are given by an administrator.
    """

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        """Write the user with the printed name and the one role that is free to have."""
        user.name = form.cleaned_data["name"].strip()
        saved = super().save_user(request, user, form, commit)
        if commit:
            grant_role(saved, Role.PATIENT)
        return saved

    def set_password(self, user: Any, password: str) -> None:
        """Write the password alone: the other columns are as they were when the request began, and
        an account may have been closed since."""
        user.set_password(password)
        user.save(update_fields=["password"])
