"""Where a reminder's link leads, for the person who was told."""

from collections.abc import Mapping

from django.urls import NoReverseMatch, reverse

from accounts.models import User
from rems.models import Reminder
from rems.selectors import patients_acted_for, readable_patients

# For the patient or guardian, the pages where it is done; all else is on the treatment's page.
OF_PATIENT: Mapping[str, str] = {
    "survey_due": "rems:survey",
    "agreement_lapsing": "rems:agreement",
}
# Where on the treatment's page it is told.
PARTS: Mapping[str, str] = {"precautions": "#rules", "precautions_in_force": "#rules"}
# For the pharmacy's people, where there is no patient. The orders' pages are known by name alone.
OF_PHARMACY: Mapping[str, str] = {
    "order_waiting": "orders:queue",
    "confirmation_lapsing": "orders:queue",
    "credential_expiring": "rems:credentials",
}


def destination_of(reminder: Reminder, reader: User) -> str:
    """The path of the page that this reader needs. Each page asks again who may see it."""
    if reminder.patient_id is None:
        return _path(OF_PHARMACY.get(reminder.kind, ""))
    if patients_acted_for(reader).filter(pk=reminder.patient_id).exists():
        name = OF_PATIENT.get(reminder.kind, "rems:treatment")
        return reverse(name, args=[reminder.patient_id]) + PARTS.get(reminder.kind, "")
    if readable_patients(reader).filter(pk=reminder.patient_id).exists():
        return reverse("rems:patient", args=[reminder.patient_id])
    return "/"


def _path(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return "/"
