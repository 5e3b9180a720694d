"""From the core's symbolic places to pages: where a finding is cured, for this reader."""

from django.urls import reverse

from accounts.models import User
from rems import core
from rems.models import Patient

_OF_PATIENT = {
    core.Place.AGREEMENT_FORM: "rems:agreement",
    core.Place.PATIENT_SURVEY: "rems:survey",
}
# Where on the record's page each of these is to be found.
_ON_RECORD = {
    core.Place.PRESCRIBER_PORTAL: "#actions",
    core.Place.PRESCRIBER_TESTS: "#tests",
    core.Place.PRESCRIBER_HOLDS: "#holds",
    core.Place.PHARMACY_REVIEW: "#reports",
    core.Place.PHARMACY_COUNTER: "#prescriptions",
}


def url_for(place: core.Place, patient: Patient, reader: User | None = None) -> str | None:
    """The page on which this reader can cure it; None where the reader cannot.

    Without a reader it is asked for the patient (or the guardian).
    """
    if reader is None or is_for_patient(reader):
        name = _OF_PATIENT.get(place)
        return reverse(name, args=[patient.pk]) if name else None
    if reader.has_perm("rems.view_any_patient"):
        return _for_staff(place, patient, reader)
    if place is core.Place.AGREEMENT_FORM:
        return reverse("rems:agreement", args=[patient.pk])
    return _on_record(place, patient)


def is_for_patient(reader: User) -> bool:
    """Whether the reader reads as a patient or guardian: without a professional's rights."""
    return not any(
        reader.has_perm(name) for name in ("rems.view_any_patient", "rems.view_own_patients")
    )


def _for_staff(place: core.Place, patient: Patient, reader: User) -> str | None:
    if place is core.Place.PHARMACY_STAFF:
        may = reader.has_perm("rems.record_certification")
        return reverse("rems:credentials") if may else None
    return _on_record(place, patient)


def _on_record(place: core.Place, patient: Patient) -> str | None:
    anchor = _ON_RECORD.get(place)
    return None if anchor is None else reverse("rems:patient", args=[patient.pk]) + anchor
