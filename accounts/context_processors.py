"""What every page needs to know of the reader."""

from collections.abc import Mapping

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from accounts.models import User

# (label, url name, permission that shows it)
_PLACES: tuple[tuple[str, str, str], ...] = (
    ("My orders", "orders:mine", "orders.place_order"),
    ("My treatment", "rems:my-treatment", "rems.complete_survey"),
    ("My patients", "rems:patients", "rems.view_own_patients"),
    ("Pharmacy queue", "orders:queue", "orders.view_queue"),
    ("Patients", "rems:patients", "rems.view_any_patient"),
    ("Reminders", "rems:reminders", "rems.view_reminder"),
    ("Certifications", "rems:credentials", "rems.record_certification"),
    ("How we reach you", "rems:preferences", "rems.change_contactpreference"),
)


def navigation(request: HttpRequest) -> Mapping[str, object]:
    """`nav_items` for the reader's role and whether this is a demonstration."""
    return {
        "nav_items": _items(request.user) if isinstance(request.user, User) else [],
        "demonstration": settings.DEMONSTRATION,
    }


def _items(user: User) -> list[dict[str, str]]:
    """The places this user may go, in order."""
    places = [(label, name) for label, name, permission in _PLACES if user.has_perm(permission)]
    if user.is_staff:
        places.append(("Admin", "admin:index"))
    return [{"label": label, "url": url} for label, name in places if (url := _reverse(name))]


def _reverse(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
