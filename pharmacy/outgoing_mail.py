"""The demonstration's mails, which are kept in a folder instead of being sent, as an admin page.

There is no such page outside a demonstration: real mail is nobody's to read here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

from django.conf import settings
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

MAILS_SHOWN = 100
# What Django's file backend writes after each message; a mail may hold such a line of its own.
_SEPARATOR = re.compile(rb"^-{79}\n(?=Content-Type:|\Z)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail as it would have been sent. `name` says which file and which message in it."""

    name: str
    subject: str
    to: str
    date: str
    text: str
    has_html: bool


def kept_mails() -> Iterator[Mail]:
    """Every kept mail, newest first."""
    folder = Path(settings.OUTGOING_MAIL_DIR)
    for file in sorted(folder.glob("*.log"), key=_written_at, reverse=True):
        messages = [part for part in _SEPARATOR.split(file.read_bytes()) if part.strip()]
        for number, message in reversed(list(enumerate(messages, start=1))):
            yield _mail(f"{file.stem}-{number}", message)


def _written_at(file: Path) -> tuple[int, str]:
    return file.stat().st_mtime_ns, file.name


def _mail(name: str, content: bytes) -> Mail:
    message = BytesParser(policy=policy.default).parsebytes(content)
    assert isinstance(message, EmailMessage)
    text = message.get_body(("plain",))
    return Mail(
        name=name,
        subject=str(message["Subject"] or "(no subject)"),
        to=str(message["To"] or ""),
        date=str(message["Date"] or ""),
        text=str(text.get_content()) if text else "",
        has_html=message.get_body(("html",)) is not None,
    )


@never_cache
@require_safe
def mail_list(request: HttpRequest) -> HttpResponse:
    """The newest mails. 404 outside a demonstration."""
    _only_in_a_demonstration()
    mails = [mail for mail, _ in zip(kept_mails(), range(MAILS_SHOWN), strict=False)]
    return _page(request, {"title": "Outgoing mail", "mails": mails, "most": MAILS_SHOWN})


@never_cache
@require_safe
def mail_page(request: HttpRequest, name: str) -> HttpResponse:
    """One mail. 404 for an unknown one, and outside a demonstration."""
    _only_in_a_demonstration()
    mail = next((mail for mail in kept_mails() if mail.name == name), None)
    if mail is None:
        raise Http404
    return _page(request, {"title": mail.subject, "mail": mail})


def _page(request: HttpRequest, context: dict[str, object]) -> HttpResponse:
    shown = {**admin.site.each_context(request), **context}
    return render(request, "pharmacy/outgoing_mail.html", shown)


def _only_in_a_demonstration() -> None:
    if not settings.DEMONSTRATION:
        raise Http404


# `admin_view` lets staff in, and sends everybody else to sign in.
urlpatterns = [
    path("", admin.site.admin_view(mail_list), name="outgoing_mail"),
    path("<slug:name>/", admin.site.admin_view(mail_page), name="outgoing_mail_page"),
]
