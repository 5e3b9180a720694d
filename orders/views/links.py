"""Where a finding is cured, as a link for this reader."""

from django.urls import reverse

from accounts.models import User
from orders.pages.findings import Link
from rems import core
from rems.models import Patient
from rems.pages.places import url_for

# What a patient cannot cure alone is explained on the patient's own treatment page.
_EXPLAINED = frozenset(
    {
        core.Place.PRESCRIBER_PORTAL,
        core.Place.PRESCRIBER_TESTS,
        core.Place.PRESCRIBER_HOLDS,
        core.Place.CALENDAR,
    }
)


def link_of(patient: Patient, reader: User) -> Link:
    """From a place to its address for this reader; empty where there is no page."""
    is_patients_own = not reader.has_perm("rems.view_any_patient")

    def link(place: core.Place) -> str:
        found = url_for(place, patient, reader)
        if found is None and is_patients_own and place in _EXPLAINED:
            return reverse("rems:treatment", args=[patient.pk])
        return found or ""

    return link
