"""The patient's way to the next supply, as steps: done, now, to do, blocked."""

from dataclasses import dataclass, field

from rems import core
from rems.pages.standing import STOPPING, Missing, Standing


@dataclass(slots=True)
class Step:
    """One step as `includes/steps.html` draws it."""

    title: str
    state: str = "todo"
    text: str = ""
    who: str = ""
    when: str = ""
    url: str = ""
    action: str = ""
    missing: list[Missing] = field(default_factory=list)


_ENROLLED = frozenset({"R03", "R04", "R08", "R09"})
_WANT_TEST = frozenset({"R23", "R25"})
_TESTED = frozenset({"R20", "R21", "R22", "R26"})
_SURVEYED = frozenset({"R30"})
_PRESCRIBED = frozenset({"R06", "R10", "R11", "R12", "R13", "R14", "R15", "R16"})
_OURS = frozenset({"R01", "R02", "R53", "R05", "R45", "R46", "R51"})


def treatment_steps(standing: Standing, order_url: str) -> list[Step]:
    """What is done, what comes now and what is to do, in the order in which it happens."""
    steps = [
        _step("Enrolled in the safety program", _ENROLLED, standing),
        *([_tests(standing)] if _is_tested(standing) else []),
        *([] if standing.is_first else [_step("Patient survey", _SURVEYED, standing)]),
        _step("Prescription with the program's number", _PRESCRIBED, standing),
        _step("Certificates and licenses", _OURS, standing),
    ]
    _mark(steps)
    steps += _afterwards(standing, order_url)
    return steps


def stops(standing: Standing) -> list[Missing]:
    """What is unsafe now, to be said first and loudest."""
    return [item for item in standing.missing if item.rule in STOPPING]


def _is_tested(standing: Standing) -> bool:
    return standing.category != "" and core.RiskCategory(standing.category).is_frp


def _step(title: str, rules: frozenset[str], standing: Standing) -> Step:
    missing = [item for item in standing.missing if item.rule in rules]
    step = Step(title, state="todo" if missing else "done", missing=missing)
    if missing:
        first = missing[0]
        step.text = " ".join(item.for_patient for item in missing)
        step.who = first.owner
        if first.is_patients:
            step.url, step.action = first.url or "", "Do this now"
    return step


def _tests(standing: Standing) -> Step:
    """Blocked while a result or a report has to be cleared by a new test."""
    step = _step("Pregnancy tests", _TESTED, standing)
    if any(item.rule in _WANT_TEST for item in standing.missing):
        step.state = "blocked"
        step.text = "A new test is needed. Your prescriber then decides whether you can go on."
        step.who = "The prescriber"
    return step


def _mark(steps: list[Step]) -> None:
    """The first step that is not done comes now."""
    for step in steps:
        if step.state == "todo":
            step.state = "now"
            return


def _afterwards(standing: Standing, order_url: str) -> list[Step]:
    order = Step("Order your medicine", who="You")
    if standing.is_cleared:
        order.state, order.url, order.action = "now", order_url, "Order now"
        order.text = "Everything that has to come first is done."
    elif stops(standing):
        order.state = "blocked"
    open_points = [item.for_patient for item in standing.later if not item.is_pharmacys]
    check = Step(
        "Our pharmacist checks everything and talks with you",
        text=" ".join(["The safety program has to agree to every single supply.", *open_points]),
        who="The pharmacy",
    )
    return [order, check, Step("Your medicine is shipped or handed over", who="The pharmacy")]
