"""How long ago the reader proved who they are, for signatures (21 CFR 11.200, rule sheet 11.15).

A signing page asks for the password before it shows its form. If too much time passes until the
form is sent, what was typed is kept by allauth, the password is asked for, and the form goes on by
itself. Passwords are typed on allauth's own, rate-limited pages alone.
"""

import time
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import TypeVar

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.reauthentication import suspend_request
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.http import urlencode

View = TypeVar("View", bound=Callable[..., HttpResponseBase])
# What proves presence; a record of any other kind (a mailed code, say) does not.
PROOFS = frozenset({"password", "mfa"})
# Ask before the form is shown when so little of the window is left to fill it in.
TIME_TO_FILL_IN = timedelta(minutes=2)


def presence_age(request: HttpRequest) -> timedelta | None:
    """The time since the reader last typed a password or a second factor; None if never.

    The records are this web server's own and are compared with its own clock: an age, which no
    difference between clocks can falsify. A record from the future counts for nothing.
    """
    if not request.user.is_authenticated:
        return None
    records = get_authentication_records(request, request.user)
    times = [float(record["at"]) for record in records if record.get("method") in PROOFS]
    if not times:
        return None
    age = time.time() - max(times)  # noqa: TID251
    return timedelta(seconds=age) if age >= 0 else None


def signature_window() -> timedelta:
    """How old a proof of presence may be when something is signed."""
    return timedelta(seconds=settings.SIGNATURE_WINDOW_SECONDS)


def can_sign_now(request: HttpRequest, to_spare: timedelta = timedelta(0)) -> bool:
    """Whether the reader proved their presence, with so much of the window to spare."""
    age = presence_age(request)
    return age is not None and age <= signature_window() - to_spare


def reauthentication_url(next_path: str) -> str:
    """Where the reader types the password, and then goes on to `next_path`."""
    return f"{reverse('account_reauthenticate')}?{urlencode({'next': next_path})}"


def ask_for_presence(request: HttpRequest) -> HttpResponse | None:
    """The way to the password page, if it is needed before this page can sign; else None.

    A POST is kept in the session meanwhile, and carried out as it was typed.
    """
    if request.method == "POST":
        if can_sign_now(request):
            return None
        return suspend_request(request, reverse("account_reauthenticate"))  # type: ignore[no-any-return]
    if can_sign_now(request, to_spare=TIME_TO_FILL_IN):
        return None
    return HttpResponse(
        status=302, headers={"Location": reauthentication_url(request.get_full_path())}
    )


def signing_view(view: View) -> View:
    """For a view function whose POST signs: sign in first, and prove presence."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        return ask_for_presence(request) or view(request, *args, **kwargs)

    return login_required(wrapper)  # type: ignore[return-value]
