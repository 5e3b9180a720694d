"""A permit ends with the credential that ends first, where its end is on file."""

from datetime import datetime, timedelta

import pytest

from rems.core import Gate
from rems.models import Prescriber
from rems.services import credentials
from tests import builders as b
from tests.database import VirtualClock
from tests.orders.steps import by_pat
from tests.rems.asking import decided, denying

pytestmark = pytest.mark.django_db(transaction=True)

MICROSECOND = timedelta(microseconds=1)
HOUR = timedelta(hours=1)


def certified(prescriber: Prescriber, valid_from: datetime, valid_until: datetime) -> None:
    """A certification that ends, as the program's letter says."""
    credentials.record_prescriber_certification(
        prescriber_id=prescriber.pk,
        program_code=b.PROGRAM,
        proof="Program letter",
        valid_from=valid_from,
        valid_until=valid_until,
        **by_pat(),
    )


def test_carls_checkout_is_permitted_up_to_the_end_of_his_prescribers_certificate_and_its_renewals(
    clock: VirtualClock,
) -> None:
    b.the_store()
    reed = b.a_prescriber("Dr. Ann Reed", certified=False)
    noon = b.now()
    certified(reed, noon - 400 * 24 * HOUR, noon + 2 * HOUR)
    carl = b.a_cleared_patient("MALE_ADULT", "Carl Berg", prescriber=reed)

    def until() -> datetime | None:
        return decided(carl.patient, carl.prescription, Gate.CHECKOUT).permitted_until

    assert until() == noon + 2 * HOUR - MICROSECOND
    certified(reed, noon + 2 * HOUR, noon + 4 * HOUR)
    assert until() == noon + 4 * HOUR - MICROSECOND
    certified(reed, noon + 5 * HOUR, noon + 6 * HOUR)
    assert until() == noon + 4 * HOUR - MICROSECOND, "an hour without a certificate lies between"

    clock.set(noon + 4 * HOUR - MICROSECOND)
    assert denying(carl.patient, carl.prescription, Gate.CHECKOUT) == ()
    clock.set(noon + 4 * HOUR)
    assert denying(carl.patient, carl.prescription, Gate.CHECKOUT) == ("R01",)
