"""What a pharmacist is advised of stands beside the findings, goes on record, and never blocks."""

import pytest

from catalog.models import Package
from rems.models import DecisionRecord
from tests.builders import Cleared, a_prescription, ago, authorize, confirm, counsel, the_store
from tests.cast import carl, finn

from .conftest import SignedIn
from .pages import words
from .steps import approve, dispense, placed, ship

pytestmark = pytest.mark.django_db(transaction=True)

SAID = (
    "Safety and effectiveness under 18 are not established.",
    "Kaposi sarcoma is dosed at 5 mg: 4 mg alone cannot fill it.",
    "More than 21 capsules for 28 days: check the schedule.",
)
CODES = ["PATIENT_UNDER_18", "KAPOSI_SARCOMA_AT_4_MG", "QUANTITY_ABOVE_ONE_CYCLE"]


def finn_s_unusual_prescription() -> Cleared:
    """A boy, Kaposi sarcoma, a capsule on each of 28 days: lawful, but worth a thought."""
    finn_s = finn("checkout")
    Package.objects.update(capsules=100)
    written = a_prescription(finn_s.patient, ago(hours=1), quantity=28, indication="kaposi_sarcoma")
    cleared = Cleared(finn_s.patient, written, authorize(written))
    counsel(written)
    confirm(written)
    return cleared


def test_pat_reads_what_to_think_about_and_no_gate_is_closed_by_it(signed_in: SignedIn) -> None:
    order = placed(finn_s_unusual_prescription())
    page = words(signed_in(the_store().user).get(f"/orders/queue/{order.pk}/"))
    assert "To think about" in page
    assert "Nothing stands in the way" in page
    for sentence in SAID:
        assert sentence in page

    assert all(step(order).is_done for step in (approve, dispense, ship))

    records = DecisionRecord.objects.order_by("at")
    assert [record.gate for record in records] == ["checkout", "approve", "dispense", "release"]
    assert all(record.advisories == CODES for record in records)


def test_where_nothing_is_unusual_nothing_is_said(signed_in: SignedIn) -> None:
    order = placed(carl())
    page = words(signed_in(the_store().user).get(f"/orders/queue/{order.pk}/"))
    assert "To think about" not in page
    assert DecisionRecord.objects.get().advisories == []
