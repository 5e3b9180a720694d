"""Forms for the program's versions: signing limits off, and changing them from a time on."""

from collections.abc import Iterator
from typing import Any

from django import forms

from rems import core
from rems.forms.fields import text_field, time_field, words
from rems.pages.words import CONFIDENCE_NAMES, name_limit

LARGEST = 9999


class SignOffForm(forms.Form):
    """Which limits were compared, and with what. None is ticked beforehand."""

    seen_in = forms.CharField(
        label="Compared with",
        max_length=300,
        help_text="The program's document, with its date.",
    )
    keys = forms.MultipleChoiceField(
        label="Limits that agree with it",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Tick each limit that you compared."},
    )

    def __init__(self, *args: Any, version: core.ProgramVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["keys"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(limit.key, say_limit(limit)) for limit in version.unverified]


class NewVersionForm(forms.Form):
    """Every limit and every decision as they stand, to be changed from a time on."""

    base = forms.UUIDField(widget=forms.HiddenInput)
    in_force_from = time_field("In force from", "A time in the future.", required=True)
    reason = text_field("Reason", "Why the program changes; kept with the version.")

    def __init__(self, *args: Any, version: core.ProgramVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.version = version
        for limit in version.limits:
            self.fields |= dict(_fields_of_limit(limit))
        for setting in version.decisions:
            self.fields[setting.key] = _field_of_setting(setting)


def say_limit(limit: core.Limit) -> str:
    """A limit in one line, with its source and how well it is known."""
    known = CONFIDENCE_NAMES[limit.confidence.value]
    return f"{name_limit(limit.key)}: {limit.value} {limit.unit} ({limit.source}; {known})"


def _fields_of_limit(limit: core.Limit) -> Iterator[tuple[str, forms.Field]]:
    name = name_limit(limit.key)
    yield (
        limit.key,
        forms.IntegerField(
            label=name,
            help_text=limit.unit,
            min_value=0,
            max_value=LARGEST,
            initial=limit.value,
        ),
    )
    yield (
        f"{limit.key}_source",
        forms.CharField(label=f"{name}: source", max_length=300, initial=limit.source),
    )
    yield (
        f"{limit.key}_confidence",
        forms.ChoiceField(
            label=f"{name}: how well it is known",
            choices=words(CONFIDENCE_NAMES),
            initial=limit.confidence.value,
        ),
    )


def _field_of_setting(setting: core.Setting) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=f"{name_limit(setting.key)}: {setting.question}",
        choices=[(choice, name_limit(choice)) for choice in setting.choices],
        initial=setting.value,
    )
