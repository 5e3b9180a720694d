"""The reminders as the pharmacy's people see them: how sending goes, calls to make, failures."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.clock import read_clock
from accounts.services import log_reads
from rems.errors import DomainError
from rems.models import Reminder
from rems.pages.reminders import SHOWN, sending_at
from rems.selectors import pharmacy_zone
from rems.services.reminder_desk import resolve_reminder, retry_reminder
from rems.views.reading import reader_of


@never_cache
@require_safe
@login_required
@permission_required("rems.view_reminder", raise_exception=True)
def reminders(request: HttpRequest) -> HttpResponse:
    """Due, sent, late, failed and retried by the hour; tasks and failures, the oldest first."""
    reader = reader_of(request)
    with timezone.override(pharmacy_zone()):
        sending = sending_at(read_clock())
        log_reads(reader, sending.patient_ids, "reminders")
        context = {
            "sending": sending,
            "limit": SHOWN,
            "may_attend": reader.has_perm("rems.attend_reminder"),
        }
        return render(request, "rems/reminders.html", context)


@require_POST
@login_required
@permission_required("rems.attend_reminder", raise_exception=True)
def retry(request: HttpRequest, reminder_id: UUID) -> HttpResponse:
    """Try a failed reminder again. 404 for an unknown one."""
    return _attend(request, reminder_id, retry_reminder, "It will be tried again now.")


@require_POST
@login_required
@permission_required("rems.attend_reminder", raise_exception=True)
def resolve(request: HttpRequest, reminder_id: UUID) -> HttpResponse:
    """Settle a task, or a failure. 404 for an unknown one."""
    return _attend(request, reminder_id, resolve_reminder, "Noted as done.")


def _attend(
    request: HttpRequest, reminder_id: UUID, service: Callable[..., None], done: str
) -> HttpResponse:
    try:
        service(reminder_id=reminder_id, actor=reader_of(request))
    except Reminder.DoesNotExist as error:
        raise Http404("no such reminder") from error
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect("rems:reminders")
