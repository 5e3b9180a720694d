"""A calendar feed in iCalendar form (RFC 5545). Whoever looks at the calendar learns nothing."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from icalendar import Calendar, Event

from rems.obligations import Obligation
from rems.services.calendars import Feed

MIMETYPE = "text/calendar"
HALF_A_DAY = timedelta(hours=12)

# Kind by kind, in each language: what is not listed is not in the calendar.
TITLES: Mapping[str, Mapping[str, str]] = {
    "pregnancy_test_due": {"en": "Appointment reminder", "es": "Aviso de cita"},
    "blood_count_due": {"en": "Appointment reminder", "es": "Aviso de cita"},
    "survey_due": {"en": "Form reminder", "es": "Aviso de formulario"},
    "refill_window": {"en": "Order reminder", "es": "Aviso de pedido"},
}
NAME = {"en": "Reminders", "es": "Avisos"}
HINT = {
    "en": "Sign in on your pharmacy's website to see more.",
    "es": "Entre en el sitio web de su farmacia para ver más.",
}


def as_icalendar(feed: Feed, language: str) -> bytes:
    """The feed as a calendar app reads it: whole days, without alarms, in a stable order."""
    calendar = Calendar()
    calendar.add("prodid", "-//reminders//calendar feed//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", NAME[language])
    calendar.add("refresh-interval", HALF_A_DAY, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT12H")
    for obligation in sorted(feed.obligations, key=lambda one: (one.due_on, one.kind)):
        if obligation.kind in TITLES:
            calendar.add_component(_event(obligation, feed.feed.patient_id, feed.at, language))
    return bytes(calendar.to_ical())


def _event(obligation: Obligation, patient_id: UUID, at: datetime, language: str) -> Event:
    """A whole day. The same obligation has the same UID in every answer and in every feed."""
    event = Event()
    event.add(
        "uid",
        str(uuid5(patient_id, f"{obligation.program_code} {obligation.kind} {obligation.due_on}")),
    )
    event.add("dtstamp", at)
    event.add("dtstart", obligation.due_on)
    event.add("dtend", obligation.due_on + timedelta(days=1))
    event.add("summary", TITLES[obligation.kind][language])
    event.add("description", HINT[language])
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT")
    return event
