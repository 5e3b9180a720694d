"""A patient's calendar feed: the page that makes and revokes its address, and the feed itself."""

from http import HTTPStatus
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from rems.channels.message import language_of
from rems.errors import NotAllowed
from rems.models import Patient
from rems.pages.calendar import MIMETYPE, as_icalendar
from rems.selectors import open_calendar_feed, patients_acted_for, pharmacy_zone
from rems.services import calendars
from rems.views.reading import read_patient, reader_of, refuse

PAGE = "calendar page"
A_QUARTER_HOUR = 15 * 60


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def calendar_page(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Where the patient or the guardian makes a feed's address, sees it once, and revokes it."""
    patient = read_patient(request, patient_id, PAGE)
    if not patients_acted_for(reader_of(request)).filter(pk=patient.pk).exists():
        refuse(request, patient, PAGE)
    if request.method != "POST":
        return _show(request, patient)
    try:
        return _change(request, patient)
    except NotAllowed:
        refuse(request, patient, PAGE)
        raise


@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """The feed at a secret address. The token is in the query, which no log of ours keeps."""
    try:
        found = calendars.read_feed(request.GET.get("key", ""))
    except calendars.TooManyReads:
        return HttpResponse(status=HTTPStatus.TOO_MANY_REQUESTS, headers={"Retry-After": "3600"})
    if found is None:
        raise Http404("no such calendar")
    language = language_of(found.feed.user_id)
    answer = HttpResponse(as_icalendar(found, language), content_type=f"{MIMETYPE}; charset=utf-8")
    patch_cache_control(answer, private=True, max_age=A_QUARTER_HOUR)
    answer["Referrer-Policy"] = "no-referrer"
    answer["X-Robots-Tag"] = "noindex"
    return answer


def _change(request: HttpRequest, patient: Patient) -> HttpResponse:
    """The new address is shown in this very answer and never again: nothing keeps it."""
    if request.POST.get("action") == "revoke":
        calendars.close_feed(patient_id=patient.pk, actor=reader_of(request))
        messages.success(request, "The calendar address is off. It shows nothing any more.")
        return redirect("rems:calendar", patient.pk)
    token = calendars.open_feed(patient_id=patient.pk, actor=reader_of(request))
    return _show(request, patient, address=_address(token))


def _show(request: HttpRequest, patient: Patient, address: str = "") -> HttpResponse:
    with timezone.override(pharmacy_zone()):
        existing = open_calendar_feed(patient.pk, reader_of(request))
        context = {"patient": patient, "feed": existing, "address": address}
        answer = render(request, "rems/calendar.html", context)
    answer["Referrer-Policy"] = "no-referrer"
    return answer


def _address(token: str) -> str:
    path = reverse("calendar-feed")
    return f"{settings.SITE_URL.rstrip('/')}{path}?{urlencode({'key': token})}"
