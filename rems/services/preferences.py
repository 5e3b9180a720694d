"""How a person wants to be reached. Safety reminders cannot be switched off, only moved in the day."""

from collections.abc import Mapping
from datetime import time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q

from accounts.clock import read_clock
from accounts.models import User
from rems.channels.sms import is_on_offer
from rems.errors import EntryRefused
from rems.locks import lock_subjects, lock_user
from rems.models import ContactPreference, Patient, Pharmacist, Prescriber
from rems.outbox import plan_for_people
from rems.selectors import patients_acted_for
from rems.transactions import mutation

LANGUAGES: Mapping[str, str] = {"en": "English", "es": "Español (Spanish)"}
TIME_ZONES: Mapping[str, str] = {
    "": "The patient's",
    "America/New_York": "Eastern",
    "America/Chicago": "Central",
    "America/Denver": "Mountain",
    "America/Phoenix": "Mountain (Arizona)",
    "America/Los_Angeles": "Pacific",
    "America/Anchorage": "Alaska",
    "Pacific/Honolulu": "Hawaii",
    "America/Puerto_Rico": "Atlantic (Puerto Rico)",
    "Pacific/Guam": "Guam",
}
# The other half of the day is left for what has to be said that day (the database's guard too).
LONGEST_QUIET = timedelta(hours=12)


def save_preferences(
    *,
    actor: User,
    email_on: bool,
    language: str,
    time_zone: str,
    quiet_from: time,
    quiet_until: time,
    advisory_on: bool = True,
    sms_on: bool = False,
    phone: str = "",
) -> ContactPreference:
    """Keep how the actor is reached, and plan anew what they are told: of each patient whom they act
    for or treat, and of their own certificates, all in one transaction.

    Times are on the wall clock of `time_zone`; two equal ones mean no quiet hours. Raises
    EntryRefused when a safety reminder could not reach them, or not on its day.
    """
    _require_a_way(email_on, sms_on, str(phone or ""))
    _require_known(language, time_zone)
    _require_waking_hours(quiet_from, quiet_until)
    chosen: dict[str, Any] = {
        "email_on": email_on,
        "sms_on": sms_on,
        "phone": str(phone or ""),
        "language": language,
        "time_zone": time_zone,
        "quiet_from": quiet_from,
        "quiet_until": quiet_until,
        "advisory_on": advisory_on,
    }
    with mutation():
        lock_user(actor.pk)
        holders, patients = _told_about(actor)
        kept, _ = ContactPreference.objects.update_or_create(user=actor, defaults=chosen)
        plan_for_people(holders, patients, read_clock())
    return kept


def _told_about(actor: User) -> tuple[list[UUID], list[UUID]]:
    """The holders of certificates that the actor is, and the patients whom they act for or treat;
    all locked, so that a fact that comes just then knows the old choice or the new one."""
    holders = list[UUID]()
    for subject, model in (("prescriber", Prescriber), ("pharmacist", Pharmacist)):
        keys = list(model.objects.filter(user=actor).values_list("pk", flat=True))
        lock_subjects(subject, keys)
        holders += keys
    acted_for = patients_acted_for(actor).order_by().values("pk")
    found = Patient.objects.filter(Q(pk__in=acted_for) | Q(prescriber__user=actor))
    patients = list(found.values_list("pk", flat=True))
    lock_subjects("patient", patients)
    return holders, patients


def _require_a_way(email_on: bool, sms_on: bool, phone: str) -> None:
    if sms_on and not is_on_offer():
        raise EntryRefused("sms_on", "We cannot send text messages at this time.")
    if sms_on and not phone:
        raise EntryRefused("phone", "Enter the number that the text messages go to.")
    if not email_on and not sms_on:
        raise EntryRefused(
            "email_on", "Keep at least one way on: safety reminders cannot be switched off."
        )


def _require_known(language: str, time_zone: str) -> None:
    if language not in LANGUAGES:
        raise EntryRefused("language", "Choose one of these languages.")
    if time_zone not in TIME_ZONES:
        raise EntryRefused("time_zone", "Choose one of these time zones.")


def _require_waking_hours(quiet_from: time, quiet_until: time) -> None:
    lasts = (_since_midnight(quiet_until) - _since_midnight(quiet_from)) % timedelta(days=1)
    if lasts > LONGEST_QUIET:
        raise EntryRefused(
            "quiet_until", "Quiet hours can last 12 hours at most: some messages are for that day."
        )


def _since_midnight(hour: time) -> timedelta:
    return timedelta(hours=hour.hour, minutes=hour.minute, seconds=hour.second)
