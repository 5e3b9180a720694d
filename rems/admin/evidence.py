"""Every kind of evidence, and the numbers."""

from typing import Any

from django.contrib import admin

from rems import models
from rems.admin.reading import PatientRowAdmin, ReadOnlyAdmin

PATIENT_EVIDENCE: tuple[type[models.PatientEvidence], ...] = (
    models.AgreementForm,
    models.AgreementSignature,
    models.Authorization,
    models.BloodCount,
    models.CategoryAssignment,
    models.ClinicalFactor,
    models.Confirmation,
    models.CounselingRecord,
    models.Enrollment,
    models.EnrollmentEnd,
    models.ExposureReport,
    models.ExposureReportFiling,
    models.FirstDose,
    models.Hold,
    models.HoldClearance,
    models.Hypersensitivity,
    models.PregnancyTest,
    models.Prescription,
    models.ReproductiveStatusProof,
    models.Supply,
    models.SupplyDelivery,
    models.SupplyEnd,
    models.Survey,
    models.TestVerification,
)
CREDENTIALS: tuple[type[models.Credential], ...] = (
    models.PharmacistTraining,
    models.PharmacyCertification,
    models.PrescriberCertification,
    models.StateLicence,
)


class PatientEvidenceAdmin(PatientRowAdmin[models.PatientEvidence]):
    """Evidence about patients, newest first; both times, and what it corrects."""

    list_display = ("id", "patient_number", "occurred_at", "recorded_at", "recorded_by", "retracts")
    list_select_related = ("patient", "recorded_by")
    ordering = ("-recorded_at", "-id")
    list_filter = ("retracts",)

    @admin.display(description="patient")
    def patient_number(self, row: Any) -> str:
        """The number that people read out."""
        return str(row.patient.number)


class CredentialAdmin(ReadOnlyAdmin[models.Credential]):
    """Dated credentials, newest first."""

    list_display = ("id", "valid_from", "valid_until", "proof", "recorded_at", "recorded_by")
    list_select_related = ("recorded_by",)
    ordering = ("-recorded_at", "-id")


admin.site.register(PATIENT_EVIDENCE, PatientEvidenceAdmin)
admin.site.register(CREDENTIALS, CredentialAdmin)
