"""How allauth makes accounts here: by e-mail, with the printed name."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Keeps the subjects of mails neutral and takes the printed name at sign-up."""

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        """Take the printed name before the row is written."""
        user.name = form.cleaned_data["name"].strip()
        return super().save_user(request, user, form, commit)
