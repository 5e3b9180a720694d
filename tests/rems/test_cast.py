"""The cast is what the tests say it is: each of the six can be dispensed to today."""

import pytest

from accounts.clock import read_clock
from rems import core
from rems.loaders import Fill
from rems.locks import Parties
from rems.services.evaluation import preview
from tests.builders import PROGRAM, Cleared, the_store
from tests.cast import CAST, pat

pytestmark = pytest.mark.django_db(transaction=True)


def gates(cleared: Cleared) -> dict[core.Gate, core.Decision]:
    parties = Parties(
        program_code=PROGRAM,
        pharmacy_id=the_store().pharmacy.pk,
        prescriber_id=cleared.patient.prescriber_id,
        patient_id=cleared.patient.pk,
        pharmacist_id=pat().pk,
    )
    fill = Fill(
        state="NY",
        mode=core.ReleaseMode.SHIP,
        approved_at=read_clock(),
        unit=core.Unit(expired=False, recalled=False, suspect=False, identifier_captured=True),
    )
    return preview(
        parties=parties, prescription_id=cleared.prescription.pk, fill=fill, at=read_clock()
    )


@pytest.mark.parametrize("category", list(CAST))
def test_each_of_the_cast_passes_every_gate_today(category: str) -> None:
    for gate, decision in gates(CAST[category]()).items():
        assert decision.denying_rules == (), gate
        assert decision.permitted_until is not None
