"""Every decision record replays to the answer that was given, as it stands."""

import json
from typing import Any

import pytest

from rems import core
from rems.models import DecisionRecord
from tests.builders import Cleared, a_patient, a_positive_test
from tests.cast import CAST, ana, carl
from tests.orders.steps import delivered, dispensed, place, ship

pytestmark = pytest.mark.django_db(transaction=True)


def replayed(record: DecisionRecord) -> dict[str, Any]:
    """What `rems_decide` answers to the record's facts, as one line of JSON."""
    line, was_judged = core.answer_line(json.dumps(record.facts))
    assert was_judged, line
    answer: dict[str, Any] = json.loads(line)
    assert answer["id"] == str(record.pk)
    return answer


def assert_all_replay(*gates: str) -> None:
    """Each record, by the facts and the version that it keeps itself, gives its own answer."""
    records = DecisionRecord.objects.order_by("at")
    assert [record.gate for record in records] == list(gates)
    for record in records:
        decision = _decided_again(record)
        assert decision.outcome.value == record.outcome
        assert decision.permitted_until == record.permitted_until
        assert [one.rule for one in decision.findings] == [one["rule"] for one in record.findings]
        letter = {"checkout": 0, "approve": 1, "dispense": 2, "release": 2}[record.gate]
        outcome = replayed(record)["outcome"][letter]
        assert outcome == ("Y" if record.outcome == "permit" else "N")


def _decided_again(record: DecisionRecord) -> core.Decision:
    at, facts = core.facts_from_case(record.facts)
    written_out = record.facts.get("program")
    program = core.ProgramVersion.from_data(written_out or record.program_version.data)
    return core.decide(facts, program, core.Gate(record.gate), at)


@pytest.mark.parametrize("category", CAST)
def test_a_whole_fill_replays_for_everybody(category: str) -> None:
    delivered(CAST[category]())
    assert_all_replay("checkout", "approve", "dispense", "release")


def test_a_release_refused_after_a_positive_test_replays() -> None:
    cleared = ana()
    order = dispensed(cleared)
    a_positive_test(cleared.patient)
    assert not ship(order).is_done
    assert_all_replay("checkout", "approve", "dispense", "release")


def test_a_refusal_without_a_category_or_a_prescription_replays() -> None:
    cleared = carl()
    nobody = a_patient(category=None, name="Hal Own")
    assert not place(Cleared(nobody, cleared.prescription, cleared.authorization)).is_done
    assert not place(cleared, prescription_id=None).is_done
    assert_all_replay("checkout", "checkout")
