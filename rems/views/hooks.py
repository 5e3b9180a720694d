"""Where providers tell what became of a message. Nobody signs in here: they prove who they are."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from anymail.signals import AnymailTrackingEvent, tracking
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts.clock import read_clock
from rems.channels.notices import is_from_sms_provider, mail_notice, sms_notice
from rems.models import Reminder
from rems.services.deliveries import note_outcome


@csrf_exempt
@require_POST
def sms_hook(request: HttpRequest, reminder_id: UUID | None = None) -> HttpResponse:
    """A signed notice about an SMS: noted, or of no interest, but taken; unsigned: refused.

    `reminder_id` is there where the message was sent with an address of its own.
    """
    if not is_from_sms_provider(request.body, request.headers, read_clock()):
        return HttpResponse(status=HTTPStatus.FORBIDDEN)
    notice = sms_notice(request.body, reminder_id)
    if notice is not None:
        note_outcome(Reminder.Channel.SMS, notice)
    return HttpResponse()


@receiver(tracking)
def mail_hook(sender: object, event: AnymailTrackingEvent, **_: Any) -> None:
    """A notice about a mail, after anymail's own view has seen its secret."""
    notice = mail_notice(event)
    if notice is not None:
        note_outcome(Reminder.Channel.EMAIL, notice)
