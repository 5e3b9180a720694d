"""Where patients stand: what is missing for the next order, in one asking of the rules for all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts.models import User
from rems import core
from rems.loaders import Asked, Fill
from rems.locks import Parties
from rems.models import Patient, Pharmacy, Prescription, Program
from rems.pages.places import is_for_patient, url_for
from rems.pages.words import CATEGORY_NAMES, OWNER_NAMES, STAFF_OWNER_NAMES
from rems.selectors import newest_open_prescriptions, the_pharmacy
from rems.services.evaluation import Preview, preview_many


@dataclass(frozen=True, slots=True)
class Missing:
    """One finding as a page shows it to this reader."""

    rule: str
    code: str
    for_patient: str
    title: str
    details: str
    owner: str
    url: str | None
    is_pharmacys: bool
    # Whether the patient or the guardian cures it.
    is_patients: bool
    where: core.Place


@dataclass(frozen=True, slots=True)
class Standing:
    """A patient's state at a glance. `cleared_until` is None while anything is missing."""

    patient: Patient
    category: str
    category_name: str
    prescription: Prescription | None
    cleared_until: datetime | None
    is_cleared: bool
    missing: tuple[Missing, ...]
    later: tuple[Missing, ...]
    advisories: tuple[str, ...]
    is_first: bool

    @property
    def is_stopped(self) -> bool:
        """Whether something unsafe was reported or found, beyond what is merely missing."""
        return any(item.rule in STOPPING for item in self.missing)


# A positive test, a safety hold, a reaction, a category under review.
STOPPING = frozenset({"R23", "R25", "R52", "R07"})


def standings(patients: Sequence[Patient], reader: User, at: datetime) -> list[Standing]:
    """Where each patient stands now, for this reader; in the same order. Takes no lock.

    Empty while no pharmacy is set up or no rules are in force.
    """
    pharmacy, program = the_pharmacy(), Program.objects.order_by("code").first()
    if pharmacy is None or program is None:
        return []
    written = newest_open_prescriptions([patient.pk for patient in patients])
    asked = [_asked(patient, pharmacy, program, written.get(patient.pk)) for patient in patients]
    try:
        previews = preview_many(asked, at)
    except core.UnknownProgram:
        return []
    return [
        _standing(patient, written.get(patient.pk), seen, reader)
        for patient, seen in zip(patients, previews, strict=True)
    ]


def standing_of(patient: Patient, reader: User, at: datetime) -> Standing | None:
    """Where one patient stands; None when no pharmacy is set up."""
    found = standings([patient], reader, at)
    return found[0] if found else None


def _asked(
    patient: Patient, pharmacy: Pharmacy, program: Program, prescription: Prescription | None
) -> Asked:
    prescriber_id: UUID = prescription.prescriber_id if prescription else patient.prescriber_id
    parties = Parties(program.code, pharmacy.pk, prescriber_id, patient.pk)
    fill = Fill(state=patient.state, mode=core.ReleaseMode.SHIP)
    return Asked(parties, prescription.pk if prescription else None, fill)


def _standing(
    patient: Patient, prescription: Prescription | None, seen: Preview, reader: User
) -> Standing:
    checkout = seen.decisions[core.Gate.CHECKOUT]
    dispense = seen.decisions[core.Gate.DISPENSE]
    first = {finding.rule for finding in checkout.findings}
    category = seen.loaded.facts.category
    return Standing(
        patient=patient,
        category=category.value if category else "",
        category_name=CATEGORY_NAMES[category.value] if category else "not chosen yet",
        prescription=prescription,
        cleared_until=checkout.permitted_until,
        is_cleared=checkout.is_permit,
        missing=tuple(_missing(finding, patient, reader) for finding in checkout.findings),
        later=tuple(
            _missing(finding, patient, reader)
            for finding in dispense.findings
            if finding.rule not in first
        ),
        advisories=tuple(advisory.text for advisory in dispense.advisories),
        is_first=seen.loaded.facts.first_prescription,
    )


def _missing(finding: core.Finding, patient: Patient, reader: User) -> Missing:
    title, _, details = finding.for_pharmacist.partition(": ")
    owners = OWNER_NAMES if is_for_patient(reader) else STAFF_OWNER_NAMES
    return Missing(
        rule=finding.rule,
        code=finding.code.value,
        for_patient=finding.for_patient,
        title=title,
        details=details,
        owner=owners[finding.owner.value],
        url=url_for(finding.where, patient, reader),
        is_pharmacys=finding.pending_at_pharmacy,
        is_patients=finding.owner in {core.Owner.PATIENT, core.Owner.GUARDIAN},
        where=finding.where,
    )
