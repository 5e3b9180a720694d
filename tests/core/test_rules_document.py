"""docs/rules.md says what the registry says: nothing missing, nothing stale."""

from __future__ import annotations

import re

from rems.core import RULES, Gate
from rems.core.rules import ORDER, RULES_AT
from rems.core.rules.registry import REGISTERED
from tests.core.rules_document import BEGIN, DOCUMENT, END, generated_part


def test_the_document_holds_exactly_what_the_registry_says() -> None:
    text = DOCUMENT.read_text()
    assert text[text.index(BEGIN) : text.index(END) + len(END)] == generated_part()


def test_every_rule_is_told_in_the_document() -> None:
    told = re.findall(r"^\| (R\d\d) \| `", DOCUMENT.read_text(), re.MULTILINE)
    assert {rule.id for rule in RULES} <= set(told)


def test_every_registered_rule_is_asked_and_none_twice() -> None:
    assert set(ORDER) == set(REGISTERED)
    assert len(ORDER) == len(set(ORDER)) == 35


def test_each_gate_asks_the_rules_of_the_gates_before_it_first() -> None:
    for earlier, later in ((Gate.CHECKOUT, Gate.APPROVE), (Gate.APPROVE, Gate.DISPENSE)):
        asked = RULES_AT[earlier]
        assert RULES_AT[later][: len(asked)] == asked
    assert RULES_AT[Gate.RELEASE] == RULES_AT[Gate.DISPENSE] == RULES


def test_every_rule_says_what_it_requires_where_from_and_what_it_may_find() -> None:
    for rule in RULES:
        assert rule.requires.endswith(".")
        assert rule.basis
        assert rule.source
        assert rule.confidence
        assert rule.codes
