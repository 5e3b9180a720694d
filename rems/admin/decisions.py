"""Decisions, signatures, seals and reminders."""

from typing import Any

from django.contrib import admin

from rems.admin.reading import PatientRowAdmin, ReadOnlyAdmin
from rems.models import Attestation, DecisionRecord, Reminder, Seal


@admin.register(DecisionRecord)
class DecisionRecordAdmin(PatientRowAdmin[DecisionRecord]):
    """Why each gate opened or stayed shut. The facts replay through `manage.py rems_decide`."""

    list_display = ("id", "at", "gate", "outcome", "rules", "permitted_until", "actor")
    list_select_related = ("actor",)
    list_filter = ("gate", "outcome")
    ordering = ("-at", "-id")

    @admin.display(description="refused by")
    def rules(self, row: DecisionRecord) -> str:
        """The rules that refused."""
        return ", ".join(finding["rule"] for finding in row.findings)


@admin.register(Reminder)
class ReminderAdmin(PatientRowAdmin[Reminder]):
    """The outbox: what was planned, sent, given up."""

    list_display = ("kind", "due_on", "send_at", "status", "attempts", "sent_at", "failure")
    list_select_related = ("patient",)
    list_filter = ("status", "kind")
    ordering = ("-send_at", "-id")


@admin.register(Attestation)
class AttestationAdmin(ReadOnlyAdmin[Attestation]):
    """Signatures: who, printed name, when, meaning, and the digest of what was signed."""

    list_display = ("recorded_at", "printed_name", "role", "meaning", "signed_table")
    list_filter = ("role", "signed_table")
    ordering = ("-recorded_at", "-id")


@admin.register(Seal)
class SealAdmin(ReadOnlyAdmin[Seal]):
    """The chains. `manage.py verify_records` checks them."""

    list_display = ("subject_id", "seq", "table", "row_id", "short_digest")
    list_filter = ("table",)
    ordering = ("-id",)

    @admin.display(description="digest")
    def short_digest(self, row: Any) -> str:
        """Its beginning."""
        return f"{row.digest[:12]}..."
