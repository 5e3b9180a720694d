"""A number is one number, however somebody spells it."""

from datetime import timedelta

import pytest

from rems.errors import EntryRefused, GuardRefused
from rems.models import Authorization
from rems.services.corrections import correct_evidence
from tests.builders import (
    a_cleared_patient,
    a_prescription,
    ago,
    authorize,
    by_prescriber,
    confirm,
    counsel,
)
from tests.cast import carl
from tests.database import VirtualClock
from tests.rems.asking import denying, nothing_recorded

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


def test_a_confirmation_that_has_run_out_does_not_live_anew_when_it_is_typed_again(
    clock: VirtualClock,
) -> None:
    """Mona's parcel did not leave on Monday: on Tuesday the pharmacist types Monday's number again."""
    prescription = carl("checkout").prescription
    counsel(prescription)
    confirm(prescription, "C-77")
    clock.shift(timedelta(hours=25))
    assert "R41" in denying(prescription.patient, prescription)
    with nothing_recorded(), pytest.raises(EntryRefused, match="before that time") as refusal:
        confirm(prescription, "c77")
    assert refusal.value.field == "obtained_at"
    assert "R41" in denying(prescription.patient, prescription)
    confirm(prescription, "C-78")
    assert "R41" not in denying(prescription.patient, prescription)


def test_an_authorization_that_has_run_out_does_not_live_anew_when_it_was_taken_back(
    clock: VirtualClock,
) -> None:
    prescription = carl("checkout").prescription
    row = Authorization.objects.get(prescription=prescription)
    clock.shift(timedelta(days=31))
    assert "R15" in denying(prescription.patient, prescription)
    later = Authorization(number=row.number, occurred_at=ago(hours=1))
    with nothing_recorded(), pytest.raises(EntryRefused, match="before that time"):
        correct_evidence(
            row=row, replacement=later, reason="Misread", **by_prescriber(prescription.patient)
        )
    correct_evidence(
        row=row, replacement=None, reason="Typo", **by_prescriber(prescription.patient)
    )
    with nothing_recorded(), pytest.raises(EntryRefused, match="before that time") as refusal:
        authorize(prescription, row.number)
    assert refusal.value.field == "issued_at"


def test_a_number_that_was_taken_back_by_mistake_is_typed_again_with_its_own_time(
    clock: VirtualClock,
) -> None:
    prescription = carl("checkout").prescription
    row = Authorization.objects.get(prescription=prescription)
    clock.shift(timedelta(days=2))
    correct_evidence(
        row=row, replacement=None, reason="Typo", **by_prescriber(prescription.patient)
    )
    assert "R13" in denying(prescription.patient, prescription)
    again = authorize(prescription, row.number, issued_at=row.occurred_at)
    assert again.occurred_at == row.occurred_at
    assert "R13" not in denying(prescription.patient, prescription)


def test_a_confirmation_that_is_sent_twice_by_a_double_click_is_one(clock: VirtualClock) -> None:
    prescription = a_prescription(carl("checkout").patient)
    first = confirm(prescription, "C-90")
    with nothing_recorded():
        assert confirm(prescription, "c-90") == first
    clock.shift(timedelta(minutes=2))
    with nothing_recorded(), pytest.raises(EntryRefused, match="before that time"):
        confirm(prescription, "C-90")
