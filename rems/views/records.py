"""Pages that show where patients stand: the patient's own, the list, the record."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.clock import read_clock
from accounts.models import User
from accounts.services import log_read
from rems import core
from rems.models import Patient
from rems.pages.record import timeline
from rems.pages.standing import standing_of, standings
from rems.pages.treatment import stops, treatment_steps
from rems.pages.words import EXPOSURE_NAMES, HOLD_NAMES, RESULT_NAMES
from rems.selectors import (
    accesses_in_force,
    forms_awaiting_signature,
    medicine_on_sale,
    open_exposure_reports,
    open_holds,
    open_prescriptions,
    outside_supplies,
    own_patients,
    patients_acted_for,
    pharmacy_zone,
    prescriber_entered_for,
    readable_patients,
    recent_prescriptions,
    supplies_without_first_dose,
    unverified_tests,
)
from rems.services.authority import is_on_care_team, treats, works_for_prescriber
from rems.services.corrections import CORRECTORS, may_correct
from rems.services.enrolling import awaits_signature_of
from rems.views.reading import read_patient, reader_of

PATIENTS_A_PAGE = 50


@require_safe
@login_required
def my_treatment(request: HttpRequest) -> HttpResponse:
    """The treatment of the one patient whom the reader acts for, or the choice among several."""
    patients = list(patients_acted_for(reader_of(request)))
    if len(patients) == 1:
        return redirect("rems:treatment", patients[0].pk)
    return render(request, "rems/my_treatment.html", {"patients": patients})


@require_safe
@login_required
def treatment(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """What is done, what comes next and who does it, for the patient or the guardian."""
    reader = reader_of(request)
    patient = patients_acted_for(reader).filter(pk=patient_id).first()
    if patient is None:
        if Patient.objects.filter(pk=patient_id).exists():
            log_read(reader, patient_id, "refused: treatment")
        raise Http404("no such patient")
    log_read(reader, patient.pk, "treatment")
    with timezone.override(pharmacy_zone()):
        return render(request, "rems/treatment.html", _treatment(patient, reader))


def _treatment(patient: Patient, reader: User) -> dict[str, Any]:
    at = read_clock()
    standing = standing_of(patient, reader, at)
    form = forms_awaiting_signature(patient.pk).first()
    product = medicine_on_sale()
    order_url = product.get_absolute_url() if product else "/"
    return {
        "patient": patient,
        "standing": standing,
        "group": core.RiskCategory(standing.category) if standing and standing.category else None,
        "stops": stops(standing) if standing else [],
        "steps": treatment_steps(standing, order_url) if standing else [],
        "unstarted": list(supplies_without_first_dose(patient.pk)),
        "unsigned": form if form and awaits_signature_of(form, reader, patient, at) else None,
    }


@require_safe
@login_required
def patients(request: HttpRequest) -> HttpResponse:
    """The prescriber's own patients, or for the pharmacy all, each with its state at a glance."""
    reader = reader_of(request)
    if reader.has_perm("rems.view_any_patient"):
        found = readable_patients(reader)
    elif reader.has_perm("rems.view_own_patients"):
        found = own_patients(reader)
    else:
        raise PermissionDenied
    page = Paginator(found, PATIENTS_A_PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    for patient in shown:
        log_read(reader, patient.pk, "list of patients")
    with timezone.override(pharmacy_zone()):
        at = read_clock()
        lines = standings(shown, reader, at)
        may_add = prescriber_entered_for(reader, at) is not None
        return render(
            request, "rems/patients.html", {"page": page, "standings": lines, "may_add": may_add}
        )


@require_safe
@login_required
def patient(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """The whole record of a patient, for those who care for them and for the auditor."""
    reader = reader_of(request)
    if not (reader.has_perm("rems.view_any_patient") or reader.has_perm("rems.view_own_patients")):
        return redirect("rems:treatment", patient_id)
    found = read_patient(request, patient_id, "record")
    with timezone.override(pharmacy_zone()):
        return render(request, "rems/patient.html", _record(found, reader))


def _record(patient: Patient, reader: User) -> dict[str, Any]:
    at = read_clock()
    return {
        "patient": patient,
        "standing": standing_of(patient, reader, at),
        "holds": [(hold, HOLD_NAMES[hold.hold_type]) for hold in open_holds(patient.pk)],
        "reports": [
            (report, EXPOSURE_NAMES[report.kind], report.due_at < at)
            for report in open_exposure_reports(patient.pk)
        ],
        "unverified": [(test, RESULT_NAMES[test.result]) for test in unverified_tests(patient.pk)],
        "forms": list(forms_awaiting_signature(patient.pk)),
        "prescriptions": list(recent_prescriptions(patient.pk)),
        "unused": set(open_prescriptions(patient.pk).values_list("pk", flat=True)),
        "outside_supplies": list(outside_supplies(patient.pk)),
        "unstarted": list(supplies_without_first_dose(patient.pk)),
        "accesses": list(accesses_in_force(patient.pk)),
        "entries": timeline(patient.pk),
        "may": _may(patient, reader, at),
        "withdrawable": _withdrawable(patient, reader, at),
    }


def _may(patient: Patient, reader: User, at: datetime) -> dict[str, bool]:
    """What this reader's role includes, for showing links; each page asks again."""
    return {
        "sign": treats(reader, patient),
        "office": works_for_prescriber(reader, patient, at),
        "care": is_on_care_team(reader, patient, at),
        "pharmacist": reader.has_perm("rems.record_confirmation"),
        "report": reader.has_perm("rems.report_change"),
    }


def _withdrawable(patient: Patient, reader: User, at: datetime) -> set[str]:
    """The kinds of rows that this reader may say were entered in error."""
    return {
        model._meta.model_name or ""
        for model in CORRECTORS
        if may_correct(model, reader, patient, at)
    }
