"""The lists' previews say just what the gates would say."""

import pytest

from accounts.clock import read_clock
from orders.loaders import fill_of, order_for_step, parties_of
from rems import core
from rems.loaders import Asked, load_facts, load_many
from rems.services.evaluation import preview, preview_many
from tests import cast
from tests.builders import a_positive_test, the_store

from .steps import approved, delivered, dispensed, placed

pytestmark = pytest.mark.django_db(transaction=True)


def test_many_fills_read_at_once_give_the_facts_of_each_alone() -> None:
    ana = cast.ana()
    orders = [
        placed(cast.carl()),
        approved(cast.beth()),
        dispensed(ana),
        delivered(cast.finn()),
        placed(cast.dana()),
        placed(cast.ella()),
    ]
    a_positive_test(ana.patient)
    at, asked = read_clock(), []
    for made in orders:
        order = order_for_step(made.pk)
        parties = parties_of(order, the_store().pharmacist)
        asked.append(Asked(parties, order.prescription_id, fill_of(order, None, "", at)))
    alone = [load_facts(one.parties, one.prescription_id, one.fill, at) for one in asked]
    assert load_many(asked, at) == alone
    decisions = [p.decisions for p in preview_many(asked, at)]
    assert decisions == [
        preview(parties=a.parties, prescription_id=a.prescription_id, fill=a.fill, at=at)
        for a in asked
    ]
    assert not decisions[2][core.Gate.RELEASE].is_permit
    assert decisions[0][core.Gate.APPROVE].is_permit


def test_nothing_asked_is_nothing_answered() -> None:
    assert preview_many([], read_clock()) == []
