"""One form for each kind of evidence. A field is named as the service's keyword."""

from typing import Any

from django import forms
from django.db.models import Max

from catalog.models import MedicationGuide, Product
from rems import core
from rems.checklists import counseling_items, survey_items
from rems.forms.fields import count_field, day_field, one_of, text_field, time_field, words
from rems.pages.words import (
    CATEGORY_NAMES,
    CHANGE_NAMES,
    FACTOR_NAMES,
    PROOF_NAMES,
    RESULT_NAMES,
    changes_for,
)

NOW_IF_EMPTY = "Leave empty if it was just now."


class PregnancyTestForm(forms.Form):
    """A result of a pregnancy test."""

    result = one_of("Result", words(RESULT_NAMES))
    collected_at = time_field(
        "When the sample was taken", "Date and time at the pharmacy's clock.", required=True
    )
    detection_limit = count_field(
        "Detection limit (mIU/mL)", "From the test's package or the report: 50 or less.", 10_000
    )
    laboratory = forms.CharField(label="Laboratory", max_length=200, required=False)


class CategoryForm(forms.Form):
    """The risk category, chosen by the prescriber."""

    category = one_of("Risk category", words(CATEGORY_NAMES))
    reason = text_field(
        "Reason", "Needed when the category changes. A change needs a new form.", required=False
    )


class ReproductiveStatusForm(forms.Form):
    """Why no pregnancy tests are needed."""

    proof_type = one_of("Reason", words(PROOF_NAMES))
    since_on = day_field("Date", "Of the last period, the surgery, or the examination.")


class PrescriptionForm(forms.Form):
    """A prescription, written in the portal."""

    product_id = forms.ModelChoiceField(
        label="Medicine", queryset=Product.objects.none(), empty_label=None
    )
    sig = text_field("How to take it (sig)", most=300)
    days_supply = count_field("Days' supply", "At most 28 days.", initial=28)
    quantity = count_field("Quantity (capsules)", "At most one a day.", initial=21)
    indication = forms.ChoiceField(
        label="Indication",
        choices=[
            ("multiple_myeloma", "Multiple myeloma"),
            ("kaposi_sarcoma", "Kaposi sarcoma"),
        ],
    )
    number = forms.CharField(
        label="Authorization number",
        max_length=40,
        required=False,
        help_text="From the safety program. You can add it later.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["product_id"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Product.objects.filter(on_sale=True)

    def clean(self) -> dict[str, Any]:
        """What no order could be placed for is told while it can be put right."""
        data = super().clean() or self.cleaned_data
        product, days, capsules = (data.get(x) for x in ("product_id", "days_supply", "quantity"))
        if product and days and capsules:
            most = product.packages.filter(on_sale=True).aggregate(most=Max("capsules"))["most"]
            if capsules > days:
                self.add_error("quantity", f"{days} days are {days} capsules at most.")
            elif most is not None and capsules > most:
                self.add_error("quantity", f"The largest package on sale holds {most} capsules.")
        return data


class AuthorizationForm(forms.Form):
    """The program's number for a prescription."""

    number = forms.CharField(label="Authorization number", max_length=40)
    issued_at = time_field("When it was issued", NOW_IF_EMPTY)


class ConfirmationForm(forms.Form):
    """The program's number before a dispense."""

    number = forms.CharField(label="Confirmation number", max_length=40)
    source = one_of("Where from", [("portal", "The program's portal"), ("phone", "By telephone")])
    obtained_at = time_field("When it was obtained", NOW_IF_EMPTY)


class CounselingForm(forms.Form):
    """The checklist for the prescription's category, and the Medication Guide."""

    medication_guide_id = forms.ModelChoiceField(
        label="Medication Guide given",
        queryset=MedicationGuide.objects.none(),
        required=False,
        empty_label="Not given yet",
    )
    counselled_at = time_field("When you counselled", NOW_IF_EMPTY)

    def __init__(self, *args: Any, category: str, product_id: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = counseling_items(core.RiskCategory(category))
        for item in self.items:
            self.fields[item.key] = forms.BooleanField(label=item.text, required=False)
        self.order_fields([item.key for item in self.items])
        field = self.fields["medication_guide_id"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = MedicationGuide.objects.filter(product_id=product_id)

    @property
    def checklist(self) -> dict[str, bool]:
        """Each item, and whether it was ticked."""
        return {item.key: bool(self.cleaned_data[item.key]) for item in self.items}


class SurveyForm(forms.Form):
    """The patient survey for a category."""

    def __init__(self, *args: Any, category: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = survey_items(core.RiskCategory(category))
        for item in self.items:
            self.fields[item.key] = one_of(item.text, list(item.choices))
        self.order_fields([item.key for item in self.items])

    @property
    def answers(self) -> dict[str, str]:
        """Each question's key with its answer."""
        return {item.key: str(self.cleaned_data[item.key]) for item in self.items}


class ChangeForm(forms.Form):
    """Something changed."""

    change = one_of("What changed?", [])
    note = text_field("Anything else we should know", required=False)

    def __init__(self, *args: Any, category: str | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["change"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = words(CHANGE_NAMES, changes_for(category))


class ReasonForm(forms.Form):
    """Why something is cleared, stopped, revoked or withdrawn."""

    reason = text_field("Reason")


class StopForm(ReasonForm):
    """Treatment stopped, now or some time ago."""

    stopped_at = time_field("When it stopped", NOW_IF_EMPTY)


class ExposureFilingForm(forms.Form):
    """Proof that an exposure was reported."""

    case_number = forms.CharField(label="REMS case number", max_length=40)
    medwatch_reference = forms.CharField(label="FDA MedWatch reference", max_length=60)
    filed_at = time_field("When it was reported", NOW_IF_EMPTY)


class OutsideSupplyForm(forms.Form):
    """Capsules from another pharmacy."""

    days_supply = count_field("Days' supply")
    quantity = count_field("Quantity (capsules)")
    dispensed_at = time_field("When they were dispensed", NOW_IF_EMPTY)
    started_on = day_field("First day they were taken", "If known.", required=False)


class SupplyEndForm(forms.Form):
    """What became of a supply from elsewhere."""

    cause = one_of("What happened", [("lost", "Lost"), ("returned", "Returned")])
    note = text_field("Note", required=False)


class FirstDoseForm(forms.Form):
    """The first day on which capsules of a supply were taken."""

    started_on = day_field("First day the capsules were taken")


class HypersensitivityForm(forms.Form):
    """A severe allergic reaction."""

    description = text_field("What happened")


class ClinicalFactorForm(forms.Form):
    """A medicine or condition that the dose has to follow."""

    factor = one_of("What", words(FACTOR_NAMES))
    is_present = one_of("Does it hold now?", [("yes", "Yes"), ("no", "No, not any more")])
    since = time_field("Since when", NOW_IF_EMPTY)
    note = text_field("Note", "The medicine, the stage, the dose.", required=False)


class BloodCountForm(forms.Form):
    """A complete blood count."""

    collected_at = time_field("When the sample was taken", NOW_IF_EMPTY)
    note = text_field("Note", required=False)


class EmptyForm(forms.Form):
    """Nothing to type: the act itself is the content."""
