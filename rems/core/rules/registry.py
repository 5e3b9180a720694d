"""What a rule is, and how one is registered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from rems.core.situation import Situation
from rems.core.vocabulary import Confidence, Gate, ReasonCode


class Unmet(NamedTuple):
    """A rule's refusal: what is missing, what was seen, and the moment that matters."""

    code: ReasonCode
    seen: str
    moment: datetime | date | None = None


# None: holds as long as no new fact arrives. An instant: holds until then, inclusive.
Answer = Unmet | datetime | None
RuleTest = Callable[[Situation], Answer]


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One rule of section 13. It blocks `gate` and every later gate."""

    id: str
    name: str
    requires: str
    gate: Gate
    basis: str
    source: str
    confidence: tuple[Confidence, ...]
    codes: tuple[ReasonCode, ...]
    limits: tuple[str, ...]
    test: RuleTest


REGISTERED: dict[str, Rule] = {}


def rule(
    rule_id: str,
    gate: Gate,
    basis: str,
    source: str,
    confidence: str,
    *codes: ReasonCode,
    limits: tuple[str, ...] = (),
) -> Callable[[RuleTest], RuleTest]:
    """Register the function below as the rule `rule_id`; its docstring says what it requires.

    `basis` is the line of the rule sheet, `source` the documents behind it, `confidence` the
    letters of the sheet, `codes` what it may find missing, `limits` the program's figures it uses.
    """

    def register(test: RuleTest) -> RuleTest:
        REGISTERED[rule_id] = Rule(
            id=rule_id,
            name=test.__name__,
            requires=(test.__doc__ or "").strip(),
            gate=gate,
            basis=basis,
            source=source,
            confidence=tuple(map(Confidence, confidence)),
            codes=codes,
            limits=limits,
            test=test,
        )
        return test

    return register
