"""Forms for certifications, trainings and licences."""

from django import forms
from localflavor.us.us_states import STATE_CHOICES

from rems.forms.fields import day_field


class CredentialForm(forms.Form):
    """A dated credential with its proof."""

    proof = forms.CharField(
        label="Proof", max_length=300, help_text="The program's or the state's document."
    )
    starts_on = day_field("Valid from", "Leave empty for now.", required=False)
    ends_on = day_field("Last valid day", "Leave empty if it has no end.", required=False)


class LicenceForm(CredentialForm):
    """A licence to ship into a state."""

    state = forms.ChoiceField(label="State", choices=list(STATE_CHOICES))
    field_order = ("state", "proof", "starts_on", "ends_on")
