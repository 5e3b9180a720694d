"""No refusal without a cure, for the rules that only an order meets: R16, R47, R48; and every rule
of the gate has its sentence here or in tests/rems/test_cures.py."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from catalog.models import Lot
from orders.loaders import fill_of, order_for_step, parties_of
from orders.models import Order
from rems import core
from rems.loaders import Asked
from rems.services.evaluation import preview_many
from tests.builders import Cleared, a_prescription, authorize, now
from tests.cast import carl, pat

from .steps import approve, approved, dispense, place, placed, refusals, traces

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[1]


def test_r16_a_number_that_has_an_order_is_cured_by_a_new_prescription() -> None:
    cleared = carl()
    placed(cleared)
    refused = place(cleared)
    assert refused.decision is not None
    assert refused.decision.denying_rules == ("R16",)
    again = a_prescription(cleared.patient, written_at=now())
    assert place(Cleared(cleared.patient, again, authorize(again, issued_at=now()))).is_done


@pytest.mark.parametrize(
    "what", [{"is_recalled": True}, {"is_suspect": True}, {"expires_on": date(2026, 1, 31)}]
)
def test_r47_a_package_that_may_not_be_used_is_cured_by_another_one(what: dict[str, Any]) -> None:
    order = approved(carl())
    lot = order_lot(order)
    other = Lot.objects.create(
        package=lot.package, number="L-NEW", expires_on=lot.expires_on, quantity_on_hand=3
    )
    Lot.objects.filter(pk=lot.pk).update(**what)
    is_refused_by_r47(order, lot)
    assert dispense(order, lot_id=other.pk).is_done


def test_r47_a_package_that_was_not_scanned_is_cured_by_its_serial_number() -> None:
    order = approved(carl())
    is_refused_by_r47(order, order_lot(order), serial_number="")
    assert dispense(order).is_done


def is_refused_by_r47(order: Order, lot: Lot, **more: str) -> None:
    """The package is refused, that is kept, and nothing else changed."""
    counted = traces()
    refused = dispense(order, lot_id=lot.pk, **more)
    assert refused.decision is not None
    assert refused.decision.denying_rules == ("R47",)
    assert (traces(), refusals(order.pk)) == (counted, 1)


def order_lot(order: Order) -> Lot:
    return Lot.objects.filter(package=order.package).order_by("expires_on")[0]


def test_r48_an_order_that_nobody_approved_is_cured_by_the_pharmacist_s_signature() -> None:
    order = placed(carl())
    assert "R48" in dispensing(order)
    assert approve(order).is_done
    assert "R48" not in dispensing(order)


def dispensing(order: Order) -> tuple[str, ...]:
    """What the dispense gate would refuse this order for now."""
    known = order_for_step(order.pk)
    asked = Asked(parties_of(known, pat()), order.prescription_id, fill_of(known, None, "", now()))
    (answer,) = preview_many([asked], now())
    return answer.decisions[core.Gate.DISPENSE].denying_rules


def test_no_rule_is_without_its_cure() -> None:
    text = "".join(
        (ROOT / folder / "test_cures.py").read_text(encoding="utf-8")
        for folder in ("rems", "orders")
    ).upper()
    assert [rule.id for rule in core.RULES if rule.id not in text] == []
