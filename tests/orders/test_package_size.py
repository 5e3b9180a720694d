"""One package is scanned for a fill: it holds all of it, and may be given for as many days."""

import pytest

from catalog.models import Package
from orders.models import Order
from rems.errors import DomainError
from tests.builders import Cleared, a_prescription, ago, authorize, confirm, counsel
from tests.cast import carl

from .steps import placed, traces

pytestmark = pytest.mark.django_db(transaction=True)


def carl_s(quantity: int = 21, days_supply: int = 28) -> Cleared:
    """Carl with a prescription for so many capsules."""
    patient = carl("checkout").patient
    written = a_prescription(patient, ago(hours=1), quantity=quantity, days_supply=days_supply)
    cleared = Cleared(patient, written, authorize(written))
    counsel(written)
    confirm(written)
    return cleared


def test_twenty_eight_capsules_do_not_come_from_a_bottle_of_twenty_one() -> None:
    """Seven of them would come from a package that nobody scanned."""
    cleared, counted = carl_s(quantity=28), traces()
    with pytest.raises(DomainError, match="28 capsules, and this package holds 21"):
        placed(cleared)
    assert (Order.objects.count(), traces()) == (0, counted)
    Package.objects.update(capsules=28)
    assert placed(cleared).quantity == 28


def test_a_package_that_may_be_given_for_two_weeks_is_not_given_for_four() -> None:
    cleared, counted = carl_s(), traces()
    Package.objects.update(days_supply_max=14)
    with pytest.raises(DomainError, match="28 days, and this package may be given for 14"):
        placed(cleared)
    assert (Order.objects.count(), traces()) == (0, counted)


def test_two_weeks_of_a_larger_bottle_are_counted_out_of_it() -> None:
    cleared = carl_s(quantity=14, days_supply=14)
    assert placed(cleared).quantity == 14


def test_more_capsules_than_days_are_not_ordered_and_the_patient_reads_what_to_do() -> None:
    cleared, counted = carl_s(quantity=21, days_supply=14), traces()
    with pytest.raises(DomainError, match="Ask the prescriber for a new one"):
        placed(cleared)
    assert (Order.objects.count(), traces()) == (0, counted)
