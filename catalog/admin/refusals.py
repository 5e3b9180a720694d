"""A refusal in the admin is a sentence on the page, never an error page."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from accounts.admin import SavesWhatWasTyped
from accounts.models import User
from catalog.errors import CatalogError

REFUSED = "The database refused this change, and nothing was saved. Load the page again."


def signed_in(request: HttpRequest) -> User:
    """The user of an admin request. Raises PermissionDenied for a stranger."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def each_of(
    request: HttpRequest, rows: Iterable[Model], act: Callable[[Any, User], object], done: str
) -> None:
    """Do one thing to each chosen row, and say for each what happened."""
    actor = signed_in(request)
    for row in rows:
        try:
            act(row, actor)
        except (CatalogError, PermissionDenied) as error:
            messages.error(request, f"{row}: {error}")
        except IntegrityError:
            messages.error(request, f"{row}: {REFUSED}")
        else:
            messages.success(request, f"{row}: {done}")


class TellsRefusals(SavesWhatWasTyped[Any], admin.ModelAdmin[Any]):
    """Turns a guard's refusal while saving or deleting into a message, and saves what was typed alone."""

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Save in a transaction of its own, so that a refusal leaves nothing behind."""
        try:
            with transaction.atomic():
                return super().changeform_view(request, object_id, form_url, extra_context)
        except IntegrityError:
            messages.error(request, REFUSED)
        except CatalogError as error:
            messages.error(request, str(error))
        return HttpResponseRedirect(request.path)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Delete in a transaction of its own, so that a refusal leaves nothing behind."""
        try:
            with transaction.atomic():
                return super().delete_view(request, object_id, extra_context)
        except IntegrityError:
            messages.error(request, REFUSED)
            return HttpResponseRedirect(request.path)
