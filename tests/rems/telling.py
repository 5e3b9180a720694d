"""Reminders to send, made directly: what is told, whom, and how."""

from datetime import date

from accounts.models import User
from accounts.roles import Role
from rems.models import ContactPreference, Patient, Reminder
from tests.builders import a_user, now

DUE_ON = date(2026, 12, 23)

# What must not stand in a subject, a preview, a body or an SMS, in either language.
BETRAYING = (
    *("pomalidomid", "pomalyst", "rems", "capsul", "cápsul", "thalidomid", "talidomid", "myelom"),
    *(
        "mielom",
        "kaposi",
        "cancer",
        "cáncer",
        "pregnan",
        "embaraz",
        "birth",
        "contracep",
        "anticonc",
    ),
    *(
        "frp",
        "test",
        "prueba",
        "treatment",
        "tratamiento",
        "medicine",
        "medicin",
        "drug",
        "fármaco",
    ),
    *("blood", "sangre", "survey", "ruiz", "ana ", "exposure", "exposición", "prescri", "receta"),
)


def betraying_words_in(text: str) -> list[str]:
    """Which of the words stand in the text."""
    return [word for word in BETRAYING if word in text.lower()]


def ana() -> User:
    """Ana Ruiz, who signs in; no patient's record is needed to write to her."""
    return a_user(Role.PATIENT, "Ana Ruiz")


def ana_prefers(**chosen: object) -> User:
    """Ana, reached as she chose."""
    user = ana()
    ContactPreference.objects.update_or_create(user=user, defaults=chosen)
    return user


def a_reminder(
    kind: str = "survey_due",
    channel: str = "email",
    recipient: User | None = None,
    patient: Patient | None = None,
    step: int = 1,
    **more: object,
) -> Reminder:
    """A reminder that is due now."""
    recipient = recipient or ana()
    return Reminder.objects.create(
        subject_id=patient.pk if patient else recipient.pk,
        patient=patient,
        kind=kind,
        due_on=DUE_ON,
        step=step,
        recipient=recipient,
        channel=channel,
        send_at=now(),
        **more,
    )
