""" "Can I order now?": what each patient of the reader still needs, and who can see to it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from catalog.models import Package, Product
from orders.loaders import release_state
from orders.pages.findings import FindingLine, Link, patient_lines
from orders.pages.words import say_until
from orders.selectors import prescriptions_to_order
from orders.services.placing import the_pharmacy
from rems import core
from rems.loaders import Asked, Fill
from rems.locks import Parties
from rems.models import Patient, Pharmacy, Prescription
from rems.services.evaluation import Preview, preview_many

LinkFor = Callable[[Patient], Link]

# What a patient has to have, in plain words, and the rules that stand behind each line.
_AREAS: tuple[tuple[str, frozenset[str]], ...] = (
    ("Nothing speaks against the medicine now", frozenset({"R23", "R25", "R52", "R51"})),
    ("Enrolled in the safety program", frozenset({"R03", "R04", "R06", "R07", "R08", "R09"})),
    ("A certified prescriber", frozenset({"R01"})),
    (
        "A prescription with its safety program number",
        frozenset({"R10", "R11", "R12", "R13", "R14", "R15", "R16", "R46"}),
    ),
    ("Pregnancy tests", frozenset({"R20", "R21", "R22", "R26"})),
    ("The patient survey", frozenset({"R30"})),
    ("No more than a week of capsules left", frozenset({"R45"})),
    ("A pharmacy that may send it to you", frozenset({"R02", "R53"})),
)
_TESTS = "Pregnancy tests"


@dataclass(frozen=True, slots=True)
class ChecklistStep:
    """One line of the checklist, in the form of templates/includes/steps.html."""

    title: str
    state: str
    text: str = ""
    who: str = ""
    url: str = ""
    action: str = "See what to do"


@dataclass(frozen=True, slots=True)
class Checklist:
    """Where one patient stands. `cleared_until` is in words, and empty when not cleared."""

    patient: Patient
    can_order: bool
    cleared_until: str
    steps: tuple[ChecklistStep, ...]
    pharmacy_does: tuple[str, ...]
    prescription: Prescription | None


def checklists(
    patients: list[Patient], product: Product, at: datetime, link_for: LinkFor
) -> tuple[Checklist, ...]:
    """A checklist for each patient. The number of queries does not depend on theirs.

    Raises core.UnknownProgram when the product's program has no version in force, DomainError
    when no pharmacy is set up.
    """
    pharmacy = the_pharmacy()
    written = prescriptions_to_order([patient.pk for patient in patients], product.pk)
    newest = {key: next(iter(rows), None) for key, rows in written.items()}
    previews = preview_many(
        [_asked(patient, pharmacy, newest[patient.pk], product) for patient in patients], at
    )
    return tuple(
        _checklist(patient, newest[patient.pk], preview, link_for(patient), pharmacy, at)
        for patient, preview in zip(patients, previews, strict=True)
    )


def _asked(
    patient: Patient, pharmacy: Pharmacy, prescription: Prescription | None, product: Product
) -> Asked:
    parties = Parties(
        program_code=product.program_code,
        pharmacy_id=pharmacy.pk,
        prescriber_id=prescription.prescriber_id if prescription else patient.prescriber_id,
        patient_id=patient.pk,
    )
    mode = core.ReleaseMode.SHIP
    # The prescriptions here are those that no order binds: the authorization is not used.
    fill = Fill(state=release_state(mode, patient.state, pharmacy), mode=mode)
    return Asked(parties, prescription.pk if prescription else None, fill)


def _checklist(
    patient: Patient,
    prescription: Prescription | None,
    preview: Preview,
    link: Link,
    pharmacy: Pharmacy,
    at: datetime,
) -> Checklist:
    zone = core.zone_named(pharmacy.time_zone)
    checkout = preview.decisions[core.Gate.CHECKOUT]
    release = preview.decisions[core.Gate.RELEASE]
    lines = patient_lines(release.findings, link, zone)
    category = preview.loaded.facts.category
    return Checklist(
        patient=patient,
        can_order=checkout.is_permit,
        cleared_until=_cleared(checkout, at, zone),
        steps=_steps([line for line in lines if not line.is_pending], category),
        pharmacy_does=tuple(line.text for line in lines if line.is_pending and line.rule != "R05"),
        prescription=prescription,
    )


def _cleared(checkout: core.Decision, at: datetime, zone: ZoneInfo) -> str:
    if not checkout.is_permit or checkout.permitted_until is None:
        return ""
    return say_until(checkout.permitted_until, at, zone)


def _steps(
    lines: list[FindingLine], category: core.RiskCategory | None
) -> tuple[ChecklistStep, ...]:
    listed = frozenset().union(*(rules for _, rules in _AREAS))
    areas = [area for area in _AREAS if area[0] != _TESTS or _wants_tests(category)]
    steps = [_step(title, [x for x in lines if x.rule in rules]) for title, rules in areas]
    others = [line for line in lines if line.rule not in listed]
    return tuple(steps + ([_step("Our own records", others)] if others else []))


def _wants_tests(category: core.RiskCategory | None) -> bool:
    return bool(category and category.is_frp)


def _step(title: str, lines: list[FindingLine]) -> ChecklistStep:
    if not lines:
        return ChecklistStep(title, "done")
    return ChecklistStep(
        title,
        "blocked",
        text=" ".join(dict.fromkeys(line.text for line in lines)),
        who=", ".join(dict.fromkeys(line.who for line in lines)),
        url=next((line.url for line in lines if line.url), ""),
    )


def package_to_order(product: Product) -> Package | None:
    """The package that the panel's button puts into the basket: the smallest on sale."""
    return product.packages.filter(on_sale=True).order_by("capsules").first()
