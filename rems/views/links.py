"""The link in a reminder: sign in first, then the page that it is about."""

from http import HTTPStatus

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.clock import read_clock
from rems.channels.links import is_over, reminder_id_of
from rems.models import Reminder
from rems.pages.destinations import destination_of
from rems.views.reading import reader_of


@never_cache
@require_safe
@login_required
def follow(request: HttpRequest, token: str) -> HttpResponse:
    """To the reminder's page, for the one who was told; for anybody else a kind word."""
    key = reminder_id_of(token)
    mine = Reminder.objects.filter(recipient=reader_of(request))
    found = mine.filter(pk=key).first() if key else None
    if found is None:
        return _page(request, HTTPStatus.NOT_FOUND)
    if is_over(found, read_clock()):
        return _page(request, HTTPStatus.GONE)
    return redirect(destination_of(found, reader_of(request)))


def _page(request: HttpRequest, status: HTTPStatus) -> HttpResponse:
    context = {"is_over": status == HTTPStatus.GONE}
    return render(request, "rems/old_link.html", context, status=status)
