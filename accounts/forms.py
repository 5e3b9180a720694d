"""The fields that sign-up adds to allauth's own."""

from typing import Any

from django import forms
from django.http import HttpRequest

from accounts.models import User


class SignupForm(forms.Form):
    """The printed name, which appears on every signature."""

    name = forms.CharField(
        label="Your full name",
        max_length=200,
        help_text="As it should be printed on what you sign.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    def signup(self, request: HttpRequest, user: User) -> None:
        """Nothing more to do: the adapter stores the name."""


class SignatureForm(forms.Form):
    """What a person adds to sign: the printed name, and that they mean it.

    Show it with `includes/signature.html`, beside the meaning. `user` is the signer.
    """

    printed_name = forms.CharField(
        label="Your name, as printed on your account",
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": "Type your name to sign."},
    )
    is_signed = forms.BooleanField(
        label="I sign this",
        error_messages={"required": "Tick this box to sign."},
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_printed_name(self) -> str:
        """The name, which has to be the signer's own."""
        typed = " ".join(self.cleaned_data["printed_name"].split())
        if typed.casefold() != " ".join(self.user.name.split()).casefold():
            raise forms.ValidationError(
                "Type your name just as it is printed on your account: %(name)s.",
                params={"name": self.user.name},
            )
        return typed
