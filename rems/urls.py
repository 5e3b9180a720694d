"""Addresses of treatments, records, and everything that is recorded. Keys only: no patient data."""

from django.urls import path
from django.views.generic import View

from rems.views import (
    agreement,
    calendars,
    clinical,
    credentials,
    people,
    pharmacist,
    preferences,
    prescriber,
    records,
    registration,
    reminders,
    versions,
    withdrawal,
)

app_name = "rems"


def _of_patient(address: str, view: type[View], name: str):  # type: ignore[no-untyped-def]
    return path(f"patients/<uuid:patient_id>/{address}", view.as_view(), name=name)


urlpatterns = [
    path("", records.my_treatment, name="my-treatment"),
    path("preferences/", preferences.PreferencesView.as_view(), name="preferences"),
    path("patients/", records.patients, name="patients"),
    path("patients/new/", registration.RegisterPatientView.as_view(), name="register-patient"),
    path("patients/<uuid:patient_id>/", records.patient, name="patient"),
    path("patients/<uuid:patient_id>/treatment/", records.treatment, name="treatment"),
    path("patients/<uuid:patient_id>/calendar/", calendars.calendar_page, name="calendar"),
    path("patients/<uuid:patient_id>/agreement/", agreement.agreement, name="agreement"),
    _of_patient("forms/start/", agreement.StartFormView, "start-form"),
    _of_patient("forms/<uuid:form_id>/sign/", agreement.SignFormView, "sign-form"),
    _of_patient("category/", prescriber.CategoryView, "category"),
    _of_patient("status/", prescriber.ReproductiveStatusView, "status"),
    _of_patient("tests/new/", prescriber.PregnancyTestView, "test"),
    _of_patient("tests/<uuid:test_id>/verify/", prescriber.VerifyTestView, "verify-test"),
    _of_patient("prescriptions/new/", prescriber.PrescriptionView, "prescription"),
    _of_patient(
        "prescriptions/<uuid:prescription_id>/authorization/",
        prescriber.AuthorizationView,
        "authorization",
    ),
    _of_patient(
        "prescriptions/<uuid:prescription_id>/confirmation/",
        pharmacist.ConfirmationView,
        "confirmation",
    ),
    _of_patient(
        "prescriptions/<uuid:prescription_id>/counseling/",
        pharmacist.CounselingView,
        "counseling",
    ),
    _of_patient("holds/<uuid:hold_id>/clear/", prescriber.ClearHoldView, "clear-hold"),
    _of_patient("stop/", prescriber.StopView, "stop"),
    _of_patient("restart/", prescriber.RestartView, "restart"),
    _of_patient("survey/", people.SurveyView, "survey"),
    _of_patient("changes/new/", people.ReportChangeView, "report-change"),
    _of_patient("supplies/new/", pharmacist.OutsideSupplyView, "outside-supply"),
    _of_patient("supplies/<uuid:supply_id>/start/", people.FirstDoseView, "first-dose"),
    _of_patient("supplies/<uuid:supply_id>/end/", pharmacist.EndSupplyView, "end-supply"),
    _of_patient("reports/<uuid:report_id>/file/", pharmacist.FileExposureView, "file-exposure"),
    _of_patient("reactions/new/", pharmacist.HypersensitivityView, "hypersensitivity"),
    _of_patient("factors/new/", clinical.ClinicalFactorView, "factor"),
    _of_patient("blood-counts/new/", clinical.BloodCountView, "blood-count"),
    _of_patient("entries/<slug:kind>/<uuid:row_id>/withdraw/", withdrawal.WithdrawView, "withdraw"),
    _of_patient("accounts/new/", registration.GrantAccessView, "grant-access"),
    _of_patient("accounts/<uuid:access_id>/end/", registration.EndAccessView, "end-access"),
    path("reminders/", reminders.reminders, name="reminders"),
    path("reminders/<uuid:reminder_id>/retry/", reminders.retry, name="retry-reminder"),
    path("reminders/<uuid:reminder_id>/resolve/", reminders.resolve, name="resolve-reminder"),
    path("credentials/", credentials.overview, name="credentials"),
    path(
        "credentials/prescribers/<uuid:subject_id>/",
        credentials.CertifyPrescriberView.as_view(),
        name="certify-prescriber",
    ),
    path(
        "credentials/pharmacies/<uuid:subject_id>/",
        credentials.CertifyPharmacyView.as_view(),
        name="certify-pharmacy",
    ),
    path(
        "credentials/pharmacists/<uuid:subject_id>/",
        credentials.TrainPharmacistView.as_view(),
        name="train-pharmacist",
    ),
    path(
        "credentials/licenses/<uuid:subject_id>/",
        credentials.LicenceView.as_view(),
        name="licence",
    ),
    path(
        "credentials/<slug:kind>/<uuid:credential_id>/revoke/",
        credentials.RevokeView.as_view(),
        name="revoke",
    ),
    path("program/versions/new/", versions.NewVersionView.as_view(), name="new-version"),
    path(
        "program/versions/<uuid:version_id>/sign-off/",
        versions.SignOffView.as_view(),
        name="sign-off-limits",
    ),
]
