"""Ask the rules about a patient as the services do, and watch that a refusal changes nothing."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps

from accounts.clock import read_clock
from rems import core
from rems.loaders import Fill
from rems.locks import Parties
from rems.models import Evidence, Patient, Prescription, Reminder
from rems.services.evaluation import preview
from tests.builders import PROGRAM, the_store

A_FIT_UNIT = core.Unit(expired=False, recalled=False, suspect=False, identifier_captured=True)


def denying(
    patient: Patient,
    prescription: Prescription | None,
    gate: core.Gate = core.Gate.DISPENSE,
    state: str = "NY",
) -> tuple[str, ...]:
    """The rules that refuse this fill now, at this gate, with an approval and a fit package."""
    return decided(patient, prescription, gate, state).denying_rules


def decided(
    patient: Patient, prescription: Prescription | None, gate: core.Gate, state: str = "NY"
) -> core.Decision:
    """What this gate says of this fill now, with an approval and a fit package."""
    store = the_store()
    parties = Parties(
        program_code=PROGRAM,
        pharmacy_id=store.pharmacy.pk,
        prescriber_id=patient.prescriber_id,
        patient_id=patient.pk,
        pharmacist_id=store.pharmacist.pk,
    )
    at = read_clock()
    fill = Fill(state=state, mode=core.ReleaseMode.SHIP, approved_at=at, unit=A_FIT_UNIT)
    answers = preview(
        parties=parties,
        prescription_id=prescription.pk if prescription else None,
        fill=fill,
        at=at,
    )
    return answers[gate]


@contextmanager
def nothing_recorded() -> Iterator[None]:
    """Fails unless every table of evidence, and the reminders, stay as they are."""
    before = _rows()
    yield
    assert _rows() == before


def _rows() -> dict[str, int]:
    models = [model for model in apps.get_models() if issubclass(model, Evidence)]
    others = [apps.get_model("rems", name) for name in ("Seal", "Attestation", "PatientAccess")]
    return {
        model.__name__: model._default_manager.count() for model in [*models, *others, Reminder]
    }
