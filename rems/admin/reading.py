"""Admin pages that only read, for those who may read every record; each read is logged."""

from typing import Any, TypeVar

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from accounts.admin import ShownOnly
from accounts.services import log_read

M = TypeVar("M", bound=models.Model)


class ReadOnlyAdmin(ShownOnly[M]):
    """Nobody adds, changes or deletes here: evidence is recorded on its own pages, by services."""

    actions = None
    list_per_page = 50
    permission = "rems.view_any_patient"

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Those who may read every patient's record."""
        return bool(request.user.is_active and request.user.has_perm(self.permission))

    def has_module_permission(self, request: HttpRequest) -> bool:
        """The section is shown to those who may read it."""
        return self.has_view_permission(request)


class PatientRowAdmin(ReadOnlyAdmin[M]):
    """Rows about patients: whoever sees them in a list or alone has read those records."""

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The list; a read of every patient on it."""
        response = super().changelist_view(request, extra_context)
        if isinstance(response, TemplateResponse) and response.context_data:
            shown = response.context_data.get("cl")
            self.log_reads(request, shown.result_list if shown else [])
        return response

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """One row; a read of its patient."""
        row = self.get_object(request, object_id)
        if row is not None and self.has_view_permission(request, row):
            self.log_reads(request, [row])
        return super().change_view(request, object_id, form_url, extra_context)

    def log_reads(self, request: HttpRequest, rows: Any) -> None:
        """One line in the access log for each patient."""
        purpose = f"admin: {self.opts.verbose_name}"[:60]
        for key in {self.patient_id_of(row) for row in rows} - {None}:
            log_read(request.user, key, purpose)  # type: ignore[arg-type]

    def patient_id_of(self, row: Any) -> Any:
        """Whose record the row belongs to."""
        return row.patient_id
