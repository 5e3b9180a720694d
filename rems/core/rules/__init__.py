"""The rules of section 13, one function each, in the order in which findings are told."""

from rems.core.rules import participants, patient, pharmacy, prescription, testing  # noqa: F401
from rems.core.rules.registry import REGISTERED, Answer, Rule, Unmet
from rems.core.vocabulary import Gate

__all__ = ["BLOCKING", "ORDER", "RULES", "RULES_AT", "Answer", "Rule", "Unmet"]

# Section 13: safety first, then who may take part, the form, the prescription, its tests;
# then what blocks approval; then what the pharmacy adds last.
# fmt: off
ORDER: tuple[str, ...] = (
    "R23", "R25", "R52", "R01", "R02", "R53", "R03", "R04", "R09", "R06", "R07", "R08",
    "R10", "R11", "R12", "R13", "R16", "R14", "R15", "R20", "R21", "R22", "R26", "R30",
    "R05", "R45", "R46", "R51",
    "R48", "R43", "R44", "R47", "R40", "R41", "R42",
)
# fmt: on

RULES: tuple[Rule, ...] = tuple(REGISTERED[rule_id] for rule_id in ORDER)


# A gate is blocked by its own rules and by those of every gate before it. Release runs the
# dispense rules again on fresh facts.
BLOCKING: dict[Gate, tuple[Gate, ...]] = {
    Gate.CHECKOUT: (Gate.CHECKOUT,),
    Gate.APPROVE: (Gate.CHECKOUT, Gate.APPROVE),
    Gate.DISPENSE: (Gate.CHECKOUT, Gate.APPROVE, Gate.DISPENSE),
    Gate.RELEASE: (Gate.CHECKOUT, Gate.APPROVE, Gate.DISPENSE),
}

RULES_AT: dict[Gate, tuple[Rule, ...]] = {
    gate: tuple(rule for rule in RULES if rule.gate in blocking)
    for gate, blocking in BLOCKING.items()
}
