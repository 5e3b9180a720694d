"""Program versions with every limit, its source, how well it is known, and who verified it."""

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from rems import core
from rems.admin.reading import ReadOnlyAdmin
from rems.loaders import program_version
from rems.models import LimitSignOff, ProgramVersion
from rems.pages.words import CONFIDENCE_NAMES
from rems.services.versions import sign_offs_of, verified


@admin.register(ProgramVersion)
class ProgramVersionAdmin(ReadOnlyAdmin[ProgramVersion]):
    """The limits that decisions are judged by. A version is never changed: a new one begins."""

    list_display = ("program", "number", "in_force_from", "not_verified")
    list_select_related = ("program",)
    ordering = ("program", "-number")
    fields = (
        "program",
        "number",
        "in_force_from",
        "change_reason",
        "attestation",
        "not_verified",
        "limits",
        "decisions",
    )
    readonly_fields = ("not_verified", "limits", "decisions", "what_you_can_do")

    def get_fields(
        self, request: HttpRequest, obj: ProgramVersion | None = None
    ) -> tuple[str, ...]:
        """With the way to sign off, for those who may."""
        may_verify = request.user.has_perm("rems.verify_program")
        return ("what_you_can_do", *self.fields) if may_verify else self.fields

    @admin.display(description="what you can do")
    def what_you_can_do(self, row: ProgramVersion) -> SafeString:
        """Sign off limits of this version, or begin a new one from the one in force."""
        return format_html(
            '<a href="{}">Sign off limits</a> &middot; <a href="{}">Begin a new version</a>',
            reverse("rems:sign-off-limits", args=[row.pk]),
            reverse("rems:new-version"),
        )

    @admin.display(description="verification")
    def not_verified(self, row: ProgramVersion) -> str:
        """How many limits no pharmacist has signed off."""
        version = verified(row.pk)
        waiting = len(version.unverified)
        return f"{waiting} of {len(version.limits)} limits not verified" if waiting else "verified"

    @admin.display(description="limits")
    def limits(self, row: ProgramVersion) -> SafeString:
        """Each limit with its unit, source, confidence and who verified it."""
        version = program_version(row.pk)
        signed = sign_offs_of(version)
        lines = format_html_join(
            "",
            "<tr><td>{}</td><td>{} {}</td><td>{}</td><td>{}: {}</td><td>{}</td></tr>",
            (_cells(limit, signed.get(limit.key)) for limit in version.limits),
        )
        return format_html(
            "<table><thead><tr><th>Limit</th><th>Value</th><th>Source</th><th>Confidence</th>"
            "<th>Verified by</th></tr></thead><tbody>{}</tbody></table>",
            lines,
        )

    @admin.display(description="owner's decisions")
    def decisions(self, row: ProgramVersion) -> SafeString:
        """How the owner decided what the sources leave open."""
        lines = format_html_join(
            "",
            "<tr><td>{}</td><td>{}</td><td>{}</td></tr>",
            ((d.key, d.value, d.question) for d in program_version(row.pk).decisions),
        )
        return format_html("<table><tbody>{}</tbody></table>", lines)


@admin.register(LimitSignOff)
class LimitSignOffAdmin(ReadOnlyAdmin[LimitSignOff]):
    """Who signed off which limit, when, and by which document."""

    list_display = ("limit_key", "program_version", "attestation", "seen_in", "recorded_at")
    list_select_related = ("program_version", "attestation")
    ordering = ("-recorded_at", "-id")


def _cells(limit: core.Limit, signed: LimitSignOff | None) -> tuple[str, ...]:
    return (
        limit.key,
        str(limit.value),
        limit.unit,
        limit.source,
        limit.confidence.value,
        CONFIDENCE_NAMES[limit.confidence.value],
        _verified_by(signed),
    )


def _verified_by(signed: LimitSignOff | None) -> str:
    if signed is None:
        return "not verified"
    on = signed.recorded_at.date().isoformat()
    return f"{signed.attestation.printed_name}, {on}, by {signed.seen_in}"
