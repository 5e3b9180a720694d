"""The participants: programs, pharmacies, prescribers, pharmacists, patients, who acts for whom."""

from typing import Any

from django.contrib import admin

from rems.admin.reading import PatientRowAdmin, ReadOnlyAdmin
from rems.models import (
    Patient,
    PatientAccess,
    Pharmacist,
    Pharmacy,
    Prescriber,
    PrescriberDelegate,
)


@admin.register(Patient)
class PatientAdmin(PatientRowAdmin[Patient]):
    """Patients."""

    list_display = ("number", "name", "born_on", "prescriber")
    list_select_related = ("prescriber",)
    ordering = ("name", "id")

    def patient_id_of(self, row: Any) -> Any:
        """The patient is the row."""
        return row.pk


@admin.register(PatientAccess)
class PatientAccessAdmin(PatientRowAdmin[PatientAccess]):
    """Who may act for whom, and until when."""

    list_display = ("user", "relation", "patient", "starts_at", "ends_at")
    list_select_related = ("user", "patient")
    ordering = ("-starts_at", "-id")


@admin.register(Prescriber)
class PrescriberAdmin(ReadOnlyAdmin[Prescriber]):
    """Prescribers."""

    list_display = ("name", "npi", "phone")
    ordering = ("name", "id")


@admin.register(PrescriberDelegate)
class PrescriberDelegateAdmin(ReadOnlyAdmin[PrescriberDelegate]):
    """Who enters for which prescriber."""

    list_display = ("user", "prescriber", "starts_at", "ends_at")
    list_select_related = ("user", "prescriber")
    ordering = ("-starts_at", "-id")


@admin.register(Pharmacy)
class PharmacyAdmin(ReadOnlyAdmin[Pharmacy]):
    """Pharmacies."""

    list_display = ("name", "state", "time_zone")
    ordering = ("name", "id")


@admin.register(Pharmacist)
class PharmacistAdmin(ReadOnlyAdmin[Pharmacist]):
    """Pharmacists."""

    list_display = ("name", "license_number", "pharmacy")
    list_select_related = ("pharmacy",)
    ordering = ("name", "id")
