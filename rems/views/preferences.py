"""How the reader wants to be reached: their own page, about no patient."""

from typing import Any

from django import forms
from django.urls import reverse

from rems.channels.sms import is_on_offer
from rems.forms.preferences import USUAL, PreferencesForm
from rems.models import ContactPreference
from rems.selectors import contact_of
from rems.services import preferences
from rems.views.forms import ServiceFormView


class PreferencesView(ServiceFormView):
    """For whoever is sent reminders: channel, phone, language, time zone, quiet hours."""

    form_class = PreferencesForm
    title = "How we reach you"
    intro = (
        "Safety reminders cannot be switched off. You choose how they come, in which language, and "
        "at what time of the day. They never say what it is about: you sign in to see that."
    )
    done = "Saved. From now on we reach you this way."

    def is_allowed(self) -> bool:
        """Patients and guardians, prescribers, pharmacists: their own, and nobody else's."""
        return self.reader.has_perm("rems.change_contactpreference")

    @property
    def for_patient(self) -> bool:
        """Whether the reader acts for a patient, or may come to."""
        return self.reader.has_perm("rems.complete_survey")

    def form_arguments(self) -> dict[str, Any]:
        """What is chosen so far."""
        shown = contact_of(self.reader.pk) or ContactPreference(user=self.reader)
        initial = {name: getattr(shown, name) for name in PreferencesForm.base_fields}
        initial["time_zone"] = shown.time_zone or USUAL
        return {"initial": initial, "has_sms": is_on_offer(), "for_patient": self.for_patient}

    def save(self, form: forms.Form) -> None:
        """Keep it."""
        preferences.save_preferences(actor=self.reader, **form.cleaned_data)

    def next_url(self) -> str:
        """The treatment's page; for who has none this one, with what was chosen."""
        return reverse("rems:my-treatment" if self.for_patient else "rems:preferences")

    def context(self, form: forms.Form) -> dict[str, Any]:
        """Who has no treatment's page to go back to goes back to the front page."""
        shown = super().context(form)
        return shown if self.for_patient else {**shown, "back_url": reverse("catalog:home")}
