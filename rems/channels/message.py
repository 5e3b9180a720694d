"""What is said: one reminder in its recipient's language, as a mail and as an SMS."""

from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.formats import date_format

from rems.channels.links import link_for
from rems.channels.texts import LINES, PHRASES
from rems.models import Reminder
from rems.selectors import contact_of

# Accents that the alphabet of SMS lacks; it has é, ñ, ü and à.
_PLAIN = str.maketrans("áíóúÁÉÍÓÚ", "aiouAEIOU")


@dataclass(frozen=True, slots=True)
class Message:
    """A reminder in words. The subject, the SMS and both bodies betray nothing."""

    subject: str
    text: str
    html: str
    sms: str


def compose(reminder: Reminder) -> Message:
    """The reminder in its recipient's language. Raises KeyError for a kind without words."""
    language = language_of(reminder.recipient_id)
    phrases, line, link = PHRASES[language], LINES[reminder.kind][language], link_for(reminder)
    context = {
        **asdict(phrases),
        "language": language,
        "line": line.mail.format(day=_day(reminder.due_on, phrases.day, language)),
        "link": link,
        "is_repeated": reminder.step > 1,
    }
    words = line.sms.format(day=_day(reminder.due_on, phrases.short_day, language))
    return Message(
        subject=phrases.subject,
        text=render_to_string("rems/mail/reminder.txt", context),
        html=render_to_string("rems/mail/reminder.html", context),
        sms=f"{words} {link}".translate(_PLAIN),
    )


def message_key(reminder: Reminder) -> str:
    """By which a provider knows a second copy. One that a person has tried again is a new message:
    of the old key the provider would only give its old answer."""
    again = "" if reminder.resolved_at is None else f"-{int(reminder.resolved_at.timestamp())}"
    return f"{reminder.pk}{again}"


def language_of(user_id: UUID | None) -> str:
    """The language that the user chose, if there are words in it; English for who chose none."""
    chosen = contact_of(user_id)
    return chosen.language if chosen is not None and chosen.language in PHRASES else "en"


def _day(due_on: date, letters: str, language: str) -> str:
    with translation.override(language):
        return date_format(due_on, letters)
