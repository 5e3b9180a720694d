"""Forms about people: a new patient, and who acts for one."""

from typing import Any

from django import forms
from localflavor.us.forms import USZipCodeField
from localflavor.us.us_states import STATE_CHOICES
from phonenumber_field.formfields import PhoneNumberField

from accounts.models import User
from rems.forms.fields import day_field, one_of


class PatientForm(forms.Form):
    """A new patient. A field is named as the service's keyword."""

    name = forms.CharField(label="Full name", max_length=200)
    born_on = day_field("Date of birth")
    phone = PhoneNumberField(label="Telephone", region="US")
    street = forms.CharField(label="Street", max_length=200)
    city = forms.CharField(label="City", max_length=100)
    state = forms.ChoiceField(label="State", choices=list(STATE_CHOICES))
    zip_code = USZipCodeField(label="ZIP code")


class AccessForm(forms.Form):
    """Who acts for a patient, by the e-mail address of the account."""

    user = forms.EmailField(label="E-mail address of the account")
    relation = one_of(
        "In what capacity",
        [("self", "The patient"), ("guardian", "A parent or guardian, until the 18th birthday")],
    )

    def clean_user(self) -> User:
        """The account. One message for every address that will not do: nobody can probe here."""
        found = User.objects.filter(email__iexact=self.cleaned_data["user"], is_active=True).first()
        if found is None:
            raise forms.ValidationError("There is no patient's account with this address.")
        return found

    def entry(self) -> dict[str, Any]:
        """What the service takes."""
        return {"user": self.cleaned_data["user"], "relation": self.cleaned_data["relation"]}
