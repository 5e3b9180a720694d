"""Patients in treatment, for the tests of reminders."""

from datetime import date, timedelta

from accounts.roles import Role
from rems import core
from rems.models import Patient, Reminder
from rems.services import supplies
from tests.builders import PROGRAM, a_patient, ago, now, sign, the_store
from tests.remembering import remembered


def today() -> date:
    """The pharmacy's local day."""
    return core.local_date(now(), core.zone_named("America/New_York"))


@remembered
def in_treatment(
    category: str = "FRP_ADULT", name: str = "Ana Ruiz", days: int = 10, **more: object
) -> Patient:
    """A patient whose first dose was so many days ago."""
    patient = a_patient(category, name, **more)
    start_treatment(patient, days)
    return patient


def start_treatment(patient: Patient, days: int) -> None:
    """Another pharmacy gave the patient capsules; the first was taken so many days ago."""
    user = the_store().user
    supplies.record_outside_supply(
        patient_id=patient.pk,
        program_code=PROGRAM,
        days_supply=28,
        quantity=21,
        dispensed_at=ago(days=days + 1),
        started_on=today() - timedelta(days=days),
        actor=user,
        signature=sign(user, Role.PHARMACIST),
    )


def planned(patient: Patient) -> list[Reminder]:
    """The patient's planned reminders, the soonest first."""
    rows = Reminder.objects.filter(subject_id=patient.pk, status="planned")
    return list(rows.order_by("due_on", "recipient__email"))


def due_dates(patient: Patient) -> list[date]:
    """When they fall due."""
    return [reminder.due_on for reminder in planned(patient)]
