"""Fields that several forms share. Times are typed and shown in the pharmacy's time zone."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import forms

MINUTE = "%Y-%m-%dT%H:%M"
YEARS = range(1900, 2200)


def is_sensible_year(value: date) -> None:
    """Refuse a date that can only be a slip of the finger."""
    if value.year not in YEARS:
        raise forms.ValidationError("Please check the year.")


def time_field(label: str, help_text: str, *, required: bool = False) -> forms.DateTimeField:
    """A local time to the minute. Empty means now."""
    return forms.DateTimeField(
        label=label,
        help_text=help_text,
        required=required,
        validators=[is_sensible_year],
        input_formats=[MINUTE, f"{MINUTE}:%S", "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MINUTE),
        error_messages={"invalid": "Enter a date and time, such as 2026-10-07 09:30."},
    )


def day_field(label: str, help_text: str = "", *, required: bool = True) -> forms.DateField:
    """A calendar date."""
    return forms.DateField(
        label=label,
        help_text=help_text,
        required=required,
        validators=[is_sensible_year],
        input_formats=["%Y-%m-%d", "%m/%d/%Y"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Enter a date, such as 2026-10-07."},
    )


def count_field(
    label: str, help_text: str = "", most: int = 999, **more: Any
) -> forms.IntegerField:
    """A whole number from 1."""
    return forms.IntegerField(label=label, help_text=help_text, min_value=1, max_value=most, **more)


def words(names: Mapping[str, str], keys: Iterable[str] | None = None) -> list[tuple[str, str]]:
    """Choices from a table of names, all or those listed."""
    return [(key, names[key]) for key in (names if keys is None else keys)]


def one_of(label: str, choices: list[tuple[str, str]], help_text: str = "") -> forms.ChoiceField:
    """One choice out of a few, shown all at once."""
    return forms.ChoiceField(
        label=label, choices=choices, help_text=help_text, widget=forms.RadioSelect
    )


def text_field(label: str, help_text: str = "", *, most: int = 500, required: bool = True) -> Any:
    """A few lines of text."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=most,
        required=required,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
