"""The pieces that forms are built of: every error stands beside its field and is announced."""

import re

from django import forms
from django.template.loader import render_to_string


class Survey(forms.Form):
    """One field of each shape."""

    lot = forms.CharField(label="Lot number", help_text="On the side of the bottle.")
    note = forms.CharField(label="Note", required=False)
    understood = forms.BooleanField(label="I understood")
    cycles = forms.ChoiceField(
        label="Cycles", choices=[("r", "regular"), ("i", "irregular")], widget=forms.RadioSelect
    )

    def clean(self) -> None:
        """Refuse the form as a whole."""
        raise forms.ValidationError("The two answers do not agree.")


def rendered(form: forms.Form) -> str:
    """The form's fields as a page shows them."""
    return render_to_string("includes/fields.html", {"form": form})


def test_every_described_field_points_at_text_that_is_there() -> None:
    html = rendered(Survey(data={}))
    described = re.findall(r'aria-describedby="([^"]+)"', html)
    assert described
    for ids in described:
        for target in ids.split():
            assert html.count(f'id="{target}"') == 1, target


def test_the_summary_names_each_error_and_links_to_its_field() -> None:
    html = rendered(Survey(data={}))
    assert "Nothing was saved" in html
    assert "The two answers do not agree." in html
    for target in re.findall(r'<a href="#([^"]+)"', html):
        assert f'id="{target}"' in html, target


def test_a_form_not_yet_sent_shows_no_error() -> None:
    html = rendered(Survey())
    assert "Nothing was saved" not in html
    assert "errorlist" not in html
    assert "(optional)" in html
    assert html.count("(optional)") == 1
