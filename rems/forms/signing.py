"""Forms that a person signs, and the signature that a service takes from them."""

from django import forms
from django.http import HttpRequest

from accounts.forms import SignatureForm
from accounts.models import User
from accounts.presence import presence_age, signature_window
from rems.errors import SignatureRefused
from rems.signatures import Signature

SIGNATURE_FIELDS = ("printed_name", "is_signed")


def signature_of(request: HttpRequest, form: forms.Form, *, role: str, meaning: str) -> Signature:
    """The signature that a valid `SignatureForm` holds. `role` is in what capacity it is given.

    Raises SignatureRefused when the signer never proved their presence in this session.
    """
    assert isinstance(form, SignatureForm)
    assert isinstance(request.user, User)
    age = presence_age(request)
    if age is None or age > signature_window():
        raise SignatureRefused("Please enter your password again, then sign.")
    return Signature(
        signer=request.user,
        printed_name=form.cleaned_data["printed_name"],
        meaning=meaning,
        role=str(role),
        presence_age=age,
    )
