"""A number is one number, however somebody spells it."""

import pytest

from rems.errors import EntryRefused, GuardRefused
from tests.builders import a_cleared_patient, a_prescription, authorize, confirm
from tests.cast import carl
from tests.rems.asking import nothing_recorded

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("spelling", ["AB123", "ab-123", "A-B-123", " AB 123 "])
def test_carls_numbers_are_not_hals_in_another_spelling(spelling: str) -> None:
    carls = carl("checkout").prescription
    hals = a_cleared_patient("MALE_ADULT", "Hal Own", "checkout").prescription
    confirm(carls, "AB-123")
    with nothing_recorded(), pytest.raises(GuardRefused) as refusal:
        confirm(hals, spelling)
    assert refusal.value.guard == "rems_confirmation_number_one_prescription"
    carls_next, hals_next = a_prescription(carls.patient), a_prescription(hals.patient)
    authorize(carls_next, "AB-123")
    with nothing_recorded(), pytest.raises(GuardRefused) as refusal:
        authorize(hals_next, spelling)
    assert refusal.value.guard == "rems_authorization_number_one_prescription"


@pytest.mark.parametrize("typed", ["ß" * 40, "\u0131-1", "AB\u2013123"])
def test_letters_of_another_alphabet_are_asked_for_again_and_not_guessed(typed: str) -> None:
    """Their capitals would be others, or more than there is room for."""
    prescription = carl("checkout").prescription
    with nothing_recorded(), pytest.raises(EntryRefused, match="letters, digits and hyphens"):
        confirm(prescription, typed)
