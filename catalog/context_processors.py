"""What the foot of every page tells: whom to call."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from catalog.models import ProgramContact
from catalog.selectors import program_contacts


def safety_contacts(request: HttpRequest) -> dict[str, object]:
    """`program_contacts`, read when a page prints them: one query."""
    return {"program_contacts": SimpleLazyObject(_read)}


def _read() -> list[ProgramContact]:
    return list(program_contacts())
