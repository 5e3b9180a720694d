"""Program versions with every limit, its source, how well it is known, and who verified it."""

from django.contrib import admin
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from rems import core
from rems.admin.reading import ReadOnlyAdmin
from rems.loaders import program_version
from rems.models import ProgramVersion

CONFIDENCE = {
    core.Confidence.READ_IN_SOURCE: "read in the source itself",
    core.Confidence.SEEN_ONCE: "seen once, or only in an old or secondary source",
    core.Confidence.SISTER_PROGRAM: "read for the sister program; assumed to match",
    core.Confidence.NOT_VERIFIED: "general knowledge",
}


@admin.register(ProgramVersion)
class ProgramVersionAdmin(ReadOnlyAdmin[ProgramVersion]):
    """The limits that decisions are judged by. A version is never changed."""

    list_display = ("program", "number", "in_force_from", "not_verified")
    list_select_related = ("program",)
    ordering = ("program", "-number")
    fields = ("program", "number", "in_force_from", "not_verified", "limits", "decisions")
    readonly_fields = ("not_verified", "limits", "decisions")

    @admin.display(description="verification")
    def not_verified(self, row: ProgramVersion) -> str:
        """How many limits no pharmacist has signed off."""
        version = program_version(row.pk)
        waiting = len(version.unverified)
        return f"{waiting} of {len(version.limits)} limits not verified" if waiting else "verified"

    @admin.display(description="limits")
    def limits(self, row: ProgramVersion) -> SafeString:
        """Each limit with its unit, source, confidence and who verified it."""
        lines = format_html_join(
            "",
            "<tr><td>{}</td><td>{} {}</td><td>{}</td><td>{}: {}</td><td>{}</td></tr>",
            (_cells(limit) for limit in program_version(row.pk).limits),
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


def _cells(limit: core.Limit) -> tuple[str, ...]:
    return (
        limit.key,
        str(limit.value),
        limit.unit,
        limit.source,
        limit.confidence.value,
        CONFIDENCE[limit.confidence],
        limit.verified_by or "not verified",
    )
