"""What people type into the orders' pages."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet

from catalog.models import Lot, Package
from orders.pages.words import MODE_WORDS
from orders.selectors import lots_to_dispense
from rems.models import Patient, Prescription

REASON_LENGTH = 500


class AddToBasketForm(forms.Form):
    """One package to order; anything that is not on sale is no choice."""

    package = forms.ModelChoiceField(
        queryset=Package.objects.filter(on_sale=True, product__on_sale=True),
        error_messages={
            "required": "Choose a package.",
            "invalid_choice": "This package is not on sale.",
        },
    )


class CheckoutForm(forms.Form):
    """For whom, on which prescription, and how the capsules are to reach them.

    Only the reader's own patients and their unused prescriptions for the product are choices.
    Without any prescription the checkout is asked all the same: it says everything that is missing.
    `seen` names, for each prescription, what its field is called that says how often it was ordered
    when the page was drawn, and how often that is.
    """

    package = forms.UUIDField(widget=forms.HiddenInput)
    patient = forms.ChoiceField(
        label="Who is it for?",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose who it is for.",
            "invalid_choice": "You cannot order for this patient.",
        },
    )
    prescription = forms.ChoiceField(
        label="Which prescription?",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose a prescription.",
            "invalid_choice": "This prescription is not one that can be ordered for this patient.",
        },
    )
    mode = forms.ChoiceField(
        label="How do you want to get it?",
        choices=list(MODE_WORDS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how you want to get it."},
    )

    def __init__(
        self,
        *args: Any,
        patients: Iterable[Patient],
        prescriptions: dict[UUID, list[Prescription]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        names = {str(patient.pk): patient.name for patient in patients}
        self._owners = {str(row.pk): key for key, rows in prescriptions.items() for row in rows}
        self.seen = [
            (seen_name(row.pk), row.times_ordered)  # type: ignore[attr-defined]
            for rows in prescriptions.values()
            for row in rows
        ]
        self._choices("patient", list(names.items()))
        self._choices(
            "prescription",
            [
                (str(row.pk), _describe(row, names[str(key)] if len(names) > 1 else ""))
                for key, rows in prescriptions.items()
                for row in rows
            ],
        )

    def clean(self) -> dict[str, Any]:
        """Refuse another patient's prescription, beside the field."""
        data = super().clean() or {}
        chosen, patient = data.get("prescription"), data.get("patient")
        if chosen and patient and str(self._owners[chosen]) != patient:
            self.add_error("prescription", "This prescription is for somebody else.")
        return data

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices
        field.required = bool(choices)
        if len(choices) == 1:
            field.initial = choices[0][0]


def seen_name(prescription_id: object) -> str:
    """What the field is called that says how often the page knew this prescription was ordered."""
    return f"seen-{prescription_id}"


class EmptyForm(forms.Form):
    """Nothing to type: the button, and the signature where one is wanted."""


class ReasonForm(forms.Form):
    """Why. The patient can read it."""

    reason = forms.CharField(
        label="Why?",
        help_text="The patient can read this.",
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why."},
    )


class CancelForm(forms.Form):
    """A patient's own reason for cancelling, if they want to give one."""

    reason = forms.CharField(
        label="Why?",
        required=False,
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class LotField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A lot, named so that it can be found on the shelf."""

    def label_from_instance(self, obj: Any) -> str:
        """Its number, when it expires, and how much of it there is."""
        expires = f"{obj.expires_on:%B} {obj.expires_on.day}, {obj.expires_on.year}"
        return f"{obj.number}, expires {expires}, {obj.quantity_on_hand} on the shelf"


class DispenseForm(forms.Form):
    """The package that is used: its lot (first to expire first) and its own serial number."""

    lot_id = LotField(
        label="Lot",
        queryset=Lot.objects.none(),
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose the lot.",
            "invalid_choice": "This lot cannot be used: choose one from the list.",
        },
    )
    serial_number = forms.CharField(
        label="Serial number of the package",
        help_text="Scan the code on the package, or type it.",
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "number"}),
        error_messages={"required": "Scan or type the serial number."},
    )

    def __init__(self, *args: Any, package_id: UUID, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["lot_id"]
        assert isinstance(field, forms.ModelChoiceField)
        lots: QuerySet[Lot] = lots_to_dispense(package_id, today)
        field.queryset = lots
        first = lots.first()
        field.initial = first.pk if first else None


class ShipForm(forms.Form):
    """To whom the parcel was given, and under which number."""

    carrier = forms.CharField(
        label="Carrier",
        max_length=60,
        error_messages={"required": "Name the carrier."},
    )
    tracking_number = forms.CharField(
        label="Tracking number",
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "number"}),
        error_messages={"required": "Type the tracking number."},
    )


class HandOverForm(forms.Form):
    """Who took the parcel at the counter, and how they were known."""

    handed_to = forms.CharField(
        label="Handed to",
        help_text="The name of the person who takes it.",
        max_length=200,
        error_messages={"required": "Name the person who takes it."},
    )
    identification = forms.CharField(
        label="How did you know them?",
        help_text="Such as: driver's license. Do not type its number.",
        max_length=120,
        error_messages={"required": "Say how you knew them."},
    )


def _describe(row: Prescription, name: str) -> str:
    begins = f"{name}: written" if name else "Written"
    written = f"{row.occurred_at:%B} {row.occurred_at.day}, {row.occurred_at.year}"
    return (
        f"{begins} {written} by {row.prescriber}, {row.quantity} capsules for "
        f"{row.days_supply} days"
    )
