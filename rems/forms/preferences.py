"""How a person wants to be reached."""

from typing import Any

from django import forms
from phonenumber_field.formfields import PhoneNumberField

from rems.forms.fields import one_of
from rems.services.preferences import LANGUAGES, TIME_ZONES

# In the form, what is empty in the record.
USUAL = "usual"


def _zones(usual: str) -> list[tuple[str, str]]:
    return [(zone or USUAL, name if zone else usual) for zone, name in TIME_ZONES.items()]


def _hour(label: str, help_text: str) -> forms.TimeField:
    return forms.TimeField(
        label=label,
        help_text=help_text,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": "Enter a time, such as 21:00."},
    )


class PreferencesForm(forms.Form):
    """A field is named as the service's keyword. SMS is asked about only where it is on offer, and
    advice only of who acts for a patient: nobody else is given any."""

    email_on = forms.BooleanField(label="Send me e-mail", required=False)
    sms_on = forms.BooleanField(label="Send me text messages (SMS)", required=False)
    phone = PhoneNumberField(
        label="Mobile phone",
        region="US",
        required=False,
        help_text="Text messages go to this number.",
    )
    language = one_of("Language of the messages", list(LANGUAGES.items()))
    time_zone = forms.ChoiceField(
        label="Your time zone",
        choices=_zones(TIME_ZONES[""]),
    )
    quiet_from = _hour("Quiet hours begin", "We send nothing from this time on.")
    quiet_until = _hour(
        "Quiet hours end",
        "From then on we may send again. For no quiet hours, enter the same time twice.",
    )
    advisory_on = forms.BooleanField(
        label="Also send me advice that is not about safety rules",
        help_text="Such as routine blood counts. You can switch this off.",
        required=False,
    )

    def __init__(self, *args: Any, has_sms: bool, for_patient: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not for_patient:
            del self.fields["advisory_on"]
            zones = self.fields["time_zone"]
            assert isinstance(zones, forms.ChoiceField)
            zones.choices = _zones("The pharmacy's")
        if not has_sms:
            del self.fields["sms_on"], self.fields["phone"]

    def clean_time_zone(self) -> str:
        """The zone's name; empty for the patient's own."""
        zone = str(self.cleaned_data["time_zone"])
        return "" if zone == USUAL else zone
