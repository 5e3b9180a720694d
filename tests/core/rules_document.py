"""The tables of docs/rules.md, written from the registry: `python -m tests.core.rules_document`."""

from __future__ import annotations

from pathlib import Path

from rems.core import PROGRAMS, RULES, Confidence, Gate, Rule
from rems.core.wording import WORDINGS

DOCUMENT = Path(__file__).parents[2] / "docs" / "rules.md"
BEGIN, END = "<!-- written from the registry: begin -->", "<!-- written from the registry: end -->"

CONFIDENCE = {
    Confidence.READ_IN_SOURCE: "read in the source",
    Confidence.SEEN_ONCE: "seen once",
    Confidence.SISTER_PROGRAM: "sister program, assumed",
    Confidence.NOT_VERIFIED: "not verified",
}
GATES = {
    Gate.CHECKOUT: "checkout, approve, dispense, release",
    Gate.APPROVE: "approve, dispense, release",
    Gate.DISPENSE: "dispense, release",
}


def generated_part() -> str:
    """Everything between the two marks."""
    return "\n".join(
        [BEGIN, "", *_rules(), "", *_cures(), "", *_limits(), "", *_decisions(), "", END]
    )


def _row(*cells: object) -> str:
    return "| " + " | ".join(" ".join(str(cell).split()) for cell in cells) + " |"


def _table(*heads: str) -> list[str]:
    return [_row(*heads), "|" + "---|" * len(heads)]


def _rules() -> list[str]:
    heads = ("Rule", "Function", "What it asks", "Gates", "Basis", "Source", "Confidence", "Limits")
    return [
        "## The rules, in the order in which findings are told",
        "",
        *_table(*heads),
        *map(_rule, RULES),
    ]


def _rule(rule: Rule) -> str:
    known = ", ".join(CONFIDENCE[letter] for letter in rule.confidence)
    limits = ", ".join(f"`{key}`" for key in rule.limits) or "-"
    asks = (rule.id, f"`{rule.name}`", rule.requires, GATES[rule.gate])
    return _row(*asks, rule.basis, rule.source, known, limits)


def _cures() -> list[str]:
    heads = ("Rule", "Reason code", "What cures it", "Who can", "Where", "What the patient reads")
    rows = [
        _row(rule.id, f"`{code}`", words.cure, words.owner, words.where, words.patient)
        for rule in RULES
        for code in rule.codes
        for words in (WORDINGS[code],)
    ]
    return ["## No refusal without a cure", "", *_table(*heads), *rows]


def _limits() -> list[str]:
    program = PROGRAMS[0]
    title = f"## Limits of {program.name}, version {program.version}"
    rows = [
        _row(
            f"`{x.key}`",
            x.value,
            x.unit,
            x.source,
            CONFIDENCE[x.confidence],
            x.verified_by or "nobody yet",
        )
        for x in program.limits
    ]
    return [
        title,
        "",
        *_table("Limit", "Value", "Unit", "Source", "Confidence", "Verified by"),
        *rows,
    ]


def _decisions() -> list[str]:
    rows = [
        _row(x.key, x.question, f"`{x.value}`", ", ".join(f"`{y}`" for y in x.choices))
        for x in PROGRAMS[0].decisions
    ]
    heads = ("Decision", "Question", "Chosen", "Choices the core can follow")
    return ["## The owner's decisions", "", *_table(*heads), *rows]


def rewrite() -> None:
    """Put the generated part into the document, leaving the rest as it is."""
    text = DOCUMENT.read_text()
    before, after = text[: text.index(BEGIN)], text[text.index(END) + len(END) :]
    DOCUMENT.write_text(before + generated_part() + after)


if __name__ == "__main__":
    rewrite()
