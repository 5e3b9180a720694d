"""Patients in treatment, for the tests of reminders."""

from datetime import date, time, timedelta

from django.db.models import QuerySet

from accounts.roles import Role
from rems import core
from rems.models import ContactPreference, Patient, Reminder
from rems.services import supplies
from tests.builders import PROGRAM, a_patient, a_test, ago, now, sign, the_store
from tests.remembering import remembered

NOON = time(12)


def today() -> date:
    """The pharmacy's local day."""
    return core.local_date(now(), core.zone_named("America/New_York"))


@remembered
def in_treatment(
    category: str = "FRP_ADULT", name: str = "Ana Ruiz", days: int = 10, **more: object
) -> Patient:
    """A patient whose first dose was so many days ago, and whom no reminder finds asleep."""
    patient = a_patient(category, name, **more)
    for access in patient.accesses.all():
        ContactPreference.objects.create(user=access.user, quiet_from=NOON, quiet_until=NOON)
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


def planned(patient: Patient, kind: str = "pregnancy_test_due") -> list[Reminder]:
    """What each person is told next of each obligation of this kind, the soonest first."""
    rows = all_planned(patient, kind).order_by("due_on", "recipient__email", "channel", "step")
    first: dict[tuple[object, ...], Reminder] = {}
    for row in rows:
        first.setdefault((row.due_on, row.recipient_id, row.channel), row)
    return list(first.values())


def all_planned(patient: Patient, kind: str) -> QuerySet[Reminder]:
    """The patient's planned reminders of one kind, every step of them."""
    return Reminder.objects.filter(patient=patient, kind=kind, status="planned")


def due_dates(patient: Patient, kind: str = "pregnancy_test_due") -> list[date]:
    """When they fall due, each day once."""
    days = all_planned(patient, kind).values_list("due_on", flat=True)
    return sorted(set(days))


def due_now(name: str = "Ana Ruiz") -> Reminder:
    """This patient's test is due today; the reminder's time has come."""
    patient = in_treatment(name=name, days=10)
    a_test(patient, ago(days=7))
    return next(row for row in planned(patient) if row.channel == "email" and row.send_at <= now())
