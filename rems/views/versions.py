"""The program's limits: a pharmacist signs them off, or begins a new version. Linked in the admin."""

from typing import Any
from uuid import UUID

from django import forms
from django.urls import reverse

from accounts.roles import Role
from rems.forms.versions import NewVersionForm, SignOffForm
from rems.loaders import program_version
from rems.models import ProgramVersion
from rems.pages import meanings
from rems.services.versions import (
    LimitEntry,
    begin_version,
    newest_version,
    sign_off_limits,
    verified,
)
from rems.views.credentials import the_program
from rems.views.forms import ServiceFormView


class OfVersions(ServiceFormView):
    """For pharmacists; back to the version's page in the admin."""

    version: ProgramVersion

    def is_allowed(self) -> bool:
        """One who may sign off a program's limits."""
        return self.reader.has_perm("rems.verify_program")

    def context(self, form: forms.Form) -> dict[str, Any]:
        """Which version."""
        version = program_version(self.version.pk)
        facts = [("Version", f"{version.name}, version {version.version}")]
        return {**super().context(form), "facts": facts}

    def next_url(self) -> str:
        """The version in the admin."""
        return reverse("admin:rems_programversion_change", args=[self.version.pk])


class SignOffView(OfVersions):
    """Sign off limits that were compared with the program's own document."""

    form_class = SignOffForm
    title = "Sign off limits"
    intro = "Tick only what you compared yourself. A signed limit is shown with your name."
    button = "Sign off"
    done = "The limits are signed off."
    meaning = meanings.SIGN_OFF

    def prepare(self, **keys: UUID) -> None:
        """The version. Raises DoesNotExist."""
        self.version = ProgramVersion.objects.get(pk=keys["version_id"])

    def form_arguments(self) -> dict[str, Any]:
        """The limits that wait."""
        return {"version": verified(self.version.pk)}

    def save(self, form: forms.Form) -> None:
        """Sign them off."""
        sign_off_limits(
            version_id=self.version.pk,
            keys=form.cleaned_data["keys"],
            seen_in=form.cleaned_data["seen_in"],
            actor=self.reader,
            signature=self.signature(form, Role.PHARMACIST),
        )


class NewVersionView(OfVersions):
    """Change the program from a time on; what was decided before stays judged as it was."""

    form_class = NewVersionForm
    title = "Begin a new version"
    intro = (
        "Change what differs. Orders are judged by the version in force when the rules are asked; "
        "nothing that was decided before changes."
    )
    button = "Sign and begin"
    done = "The new version is on file. It comes into force at its time."
    meaning = meanings.NEW_VERSION

    def prepare(self, **keys: UUID) -> None:
        """The newest version: the one in force, or one that waits to come into force."""
        self.version = ProgramVersion.objects.get(pk=newest_version(the_program()))

    def form_arguments(self) -> dict[str, Any]:
        """What stands now."""
        initial = {"base": self.version.pk}
        return {"version": program_version(self.version.pk), "initial": initial}

    def save(self, form: forms.Form) -> None:
        """Begin it."""
        assert isinstance(form, NewVersionForm)
        data = form.cleaned_data
        begin_version(
            program_code=self.version.program_id,
            base_id=data["base"],
            in_force_from=data["in_force_from"],
            limits={
                limit.key: LimitEntry(
                    data[limit.key], data[f"{limit.key}_source"], data[f"{limit.key}_confidence"]
                )
                for limit in form.version.limits
            },
            decisions={setting.key: data[setting.key] for setting in form.version.decisions},
            reason=data["reason"],
            actor=self.reader,
            signature=self.signature(form, Role.PHARMACIST),
        )
