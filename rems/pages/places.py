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
    core.Place.AGREEMENT_FORM: "",
    core.Place.PRESCRIBER_PORTAL: "#record",
    core.Place.PRESCRIBER_TESTS: "#tests",
    core.Place.PRESCRIBER_HOLDS: "#holds",
    core.Place.PHARMACY_REVIEW: "#reports",
    core.Place.PHARMACY_COUNTER: "#prescriptions",
    core.Place.PATIENT_SURVEY: "#surveys",
}


def url_for(place: core.Place, patient: Patient, reader: User | None = None) -> str | None:
    """The page on which this reader can cure it; None where the reader cannot.

    Without a reader it is asked for the patient (or the guardian).
    """
    if reader is not None and reader.has_perm("rems.view_any_patient"):
        return _for_staff(place, patient, reader)
    if reader is not None and reader.has_perm("rems.view_own_patients"):
        return _on_record(place, patient)
    name = _OF_PATIENT.get(place)
    return reverse(name, args=[patient.pk]) if name else None


def _for_staff(place: core.Place, patient: Patient, reader: User) -> str | None:
    if place is core.Place.PHARMACY_STAFF:
        may = reader.has_perm("rems.record_certification")
        return reverse("rems:credentials") if may else None
    return _on_record(place, patient)


def _on_record(place: core.Place, patient: Patient) -> str | None:
    if place is core.Place.AGREEMENT_FORM:
        return reverse("rems:agreement", args=[patient.pk])
    anchor = _ON_RECORD.get(place)
    return None if anchor is None else reverse("rems:patient", args=[patient.pk]) + anchor
