"""Who reads whose record: found or 404, allowed or 403, and every read logged."""

from typing import cast
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from accounts.models import User
from accounts.services import log_read
from rems.models import Patient
from rems.selectors import readable_patients


def reader_of(request: HttpRequest) -> User:
    """The signed-in reader. The page is behind `login_required`."""
    return cast(User, request.user)


def read_patient(request: HttpRequest, patient_id: UUID, purpose: str) -> Patient:
    """The patient, if the reader may see the record; the read is logged. Raises Http404."""
    reader = reader_of(request)
    patient = readable_patients(reader).filter(pk=patient_id).first()
    if patient is None:
        if Patient.objects.filter(pk=patient_id).exists():
            log_read(reader, patient_id, f"refused: {purpose}"[:60])
        raise Http404("no such patient")
    log_read(reader, patient.pk, purpose[:60])
    return patient


def refuse(request: HttpRequest, patient: Patient, purpose: str) -> None:
    """Record that the reader tried what the role does not include. Raises PermissionDenied."""
    log_read(reader_of(request), patient.pk, f"refused: {purpose}"[:60])
    raise PermissionDenied("Your role does not include this.")
