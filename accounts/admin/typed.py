"""Pages of the admin site that may have been open for hours: a save changes what was typed, and no more."""

from typing import Any, TypeVar

from django.contrib.admin.options import BaseModelAdmin
from django.db import transaction
from django.db.models import Field, Model, QuerySet
from django.forms import Field as FormField
from django.forms import ModelForm, MultipleHiddenInput
from django.http import HttpRequest

M = TypeVar("M", bound=Model)


def taken_to_save(request: HttpRequest, rows: QuerySet[M]) -> QuerySet[M]:
    """The rows of a page: while it is saved, as they stand now, and nobody else's until it is.

    A save writes every column. New rows that refer to these need not wait: the log of the site
    refers to the administrator, whose own page another one may be saving.
    """
    is_saved = request.method == "POST" and transaction.get_connection().in_atomic_block
    return rows.select_for_update(no_key=True, of=("self",)) if is_saved else rows


class TypedForm(ModelForm[M]):
    """Changes what was typed, and no more: what nobody touched stays as it is in the row by now."""

    def clean(self) -> dict[str, Any] | None:
        """Put what stands in the place of what the page only repeats.

        A page that does not tell what it was drawn with is refused.
        """
        cleaned = super().clean() or self.cleaned_data
        row = self.instance
        columns = {field.name for field in row._meta.concrete_fields if not field.primary_key}
        if not row._state.adding:
            if any(self._is_silent(name) for name in columns & set(self.fields)):
                self.add_error(None, "This page is from an older version. Open it again.")
            for name in (columns & set(cleaned)) - set(self.changed_data):
                cleaned[name] = getattr(row, name)
        return cleaned

    def _is_silent(self, name: str) -> bool:
        field = self.fields[name]
        return field.show_hidden_initial and field.hidden_widget().value_omitted_from_data(
            self.data, self.files, self[name].html_initial_name
        )


class ToldIfNone(MultipleHiddenInput):
    """Tells that nothing was chosen too: a page that is drawn again would else tell what was typed."""

    def format_value(self, value: Any) -> list[Any]:
        """One that is empty before the others."""
        return ["", *(value or [])]

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Any]:
        """The others."""
        return [one for one in super().value_from_datadict(data, files, name) or [] if one]


class SavesWhatWasTyped(BaseModelAdmin[M]):
    """A page that may have been open for hours when it is saved."""

    form: type[ModelForm[M]] = TypedForm[Any]

    def formfield_for_dbfield(
        self, db_field: Field[Any, Any], request: HttpRequest, **how: Any
    ) -> FormField | None:
        """Each field tells what it was drawn with, so that what was typed can be told from it."""
        field = super().formfield_for_dbfield(db_field, request, show_hidden_initial=True, **how)
        if field is not None and field.hidden_widget is MultipleHiddenInput:
            field.hidden_widget = ToldIfNone
        return field

    def get_queryset(self, request: HttpRequest) -> QuerySet[M]:
        """What a save starts from still stands when it ends."""
        rows = super().get_queryset(request)
        return taken_to_save(request, rows) if self.has_change_permission(request) else rows


def has_moved(form: ModelForm[Any], name: str) -> bool:
    """Whether a field of the row is no longer what the page was drawn with, which it sends along."""
    field, shown = form.fields[name], form[name]
    drawn_with = field.hidden_widget().value_from_datadict(
        form.data, form.files, shown.html_initial_name
    )
    return field.has_changed(shown.initial, drawn_with)
