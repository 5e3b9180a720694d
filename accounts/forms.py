"""The fields that sign-up adds to allauth's own."""

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
