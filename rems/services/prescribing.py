"""Prescriptions, and the program's authorization number for each (rules R06, R10 to R16)."""

from datetime import datetime
from uuid import UUID

from django.core.files.base import File

from accounts.models import User
from accounts.roles import Role
from catalog.models import Product
from rems import core
from rems.canonical import digest_of_file
from rems.errors import DomainError, EntryRefused, NotAllowed
from rems.models import Authorization, Confirmation, Prescriber, Prescription, Program
from rems.selectors import category_of
from rems.services.authority import (
    as_it_stands,
    patient_for_update,
    require_pharmacist,
    require_prescriber_or_pharmacist,
    require_signature,
    require_treating_prescriber,
)
from rems.services.recording import Recorder, recording, signed_content, take_up
from rems.signatures import Signature, attest

IMAGED = frozenset({core.Channel.FAX, core.Channel.PAPER})
CHECKERS = frozenset({Role.PHARMACIST, Role.TECHNICIAN})


def write_prescription(
    *,
    patient_id: UUID,
    product_id: UUID,
    sig: str,
    days_supply: int,
    quantity: int,
    actor: User,
    signature: Signature,
    category: str | None = None,
    refills_authorized: int = 0,
    indication: str = "",
    authorization_number: str = "",
    written_at: datetime | None = None,
) -> Prescription:
    """The treating prescriber writes a prescription in the portal, signed.

    `days_supply` in days, `quantity` in capsules. Without a category it is the patient's own. An
    authorization number that is there already is recorded with it, issued now, or nothing is.
    """
    with recording("patient", patient_id) as recorder:
        prescriber = require_treating_prescriber(actor, patient_for_update(patient_id))
        require_signature(signature, actor, Role.PRESCRIBER)
        row = _row(recorder, prescriber, product_id, sig, days_supply, quantity, actor, category)
        row.channel = core.Channel.E_RX.value
        row.refills_authorized = refills_authorized
        row.indication = indication.strip()
        row.occurred_at = recorder.moment(written_at, "written_at")
        recorder.add(row, signature)
        if authorization_number:
            _authorize(recorder, row, authorization_number, signature, recorder.at)
        return row


def transcribe_prescription(
    *,
    patient_id: UUID,
    product_id: UUID,
    channel: str,
    sig: str,
    days_supply: int,
    quantity: int,
    category: str,
    written_at: datetime,
    actor: User,
    signature: Signature,
    checker: User,
    check_signature: Signature,
    image: "File[bytes] | None" = None,
    refills_authorized: int = 0,
    indication: str = "",
) -> Prescription:
    """A pharmacist types a prescription that came by e-Rx, fax or paper; a second person checks it.

    Both sign. `category` is the one written on it, never guessed (R06). One that was telephoned is
    kept too, so that R12 can refuse it by its record.
    """
    _refuse_unclear_origin(channel, image)
    with recording("patient", patient_id) as recorder:
        require_pharmacist(actor)
        _require_second_person(checker, actor)
        require_signature(signature, actor, Role.PHARMACIST)
        require_signature(check_signature, checker, {role.value for role in CHECKERS})
        patient = patient_for_update(patient_id)
        row = _row(
            recorder, patient.prescriber, product_id, sig, days_supply, quantity, actor, category
        )
        row.channel = channel
        row.refills_authorized = refills_authorized
        row.indication = indication.strip()
        row.occurred_at = recorder.moment(written_at, "written_at")
        row.transcription_checked_by = checker
        if image is not None:
            row.image.save(digest_of_file(image), image, save=False)
        return _add_checked(recorder, row, signature, check_signature)


def record_authorization(
    *,
    prescription_id: UUID,
    number: str,
    actor: User,
    signature: Signature,
    issued_at: datetime | None = None,
) -> Authorization:
    """The program's authorization number of one prescription; `issued_at` is its issue (R13 to R16).

    Signed by the treating prescriber, or by the pharmacist who copies it. Raises GuardRefused when
    the number, or the prescription, has another already, EntryRefused when the number was on record
    before it was issued.
    """
    prescription = Prescription.objects.get(pk=prescription_id)
    with recording("patient", prescription.patient_id) as recorder:
        patient = patient_for_update(prescription.patient_id)
        role = require_prescriber_or_pharmacist(actor, patient, recorder.at)
        require_signature(signature, actor, role)
        occurred_at = recorder.moment(issued_at, "issued_at")
        return _authorize(recorder, prescription, number, signature, occurred_at)


def _authorize(
    recorder: Recorder,
    prescription: Prescription,
    number: str,
    signature: Signature,
    at: datetime,
) -> Authorization:
    row = Authorization(
        patient_id=recorder.subject_id,
        prescription=prescription,
        number=plain_number(number, "number"),
        occurred_at=at,
        recorded_by=signature.signer,
    )
    refuse_renewal(row, "issued_at")
    return recorder.add(take_up(row, prescription=prescription), signature)


def refuse_renewal(row: Authorization | Confirmation, field: str) -> None:
    """Raise EntryRefused where the number was on record before the time at which it was given."""
    before = type(row)._default_manager.filter(
        prescription_id=row.prescription_id, recorded_at__lt=row.occurred_at
    )
    numbers = before.values_list("number", flat=True)
    if row.number.replace("-", "") in {number.replace("-", "") for number in numbers}:
        raise EntryRefused(
            field,
            "We had this number before that time. Enter when the program gave it to you, or ask the "
            "program for a new one.",
        )


def plain_number(text: str, field: str) -> str:
    """A number as it is kept: without spaces around it, in capitals. Raises EntryRefused."""
    number = "".join(text.split())
    if not number:
        raise EntryRefused(field, "Enter the number that the program gave you.")
    # Before the capitals are made: those of other letters can be plain ones, and more of them.
    if not number.isascii() or not number.replace("-", "").isalnum():
        raise EntryRefused(field, "Use letters, digits and hyphens only.")
    return number.upper()


def _row(
    recorder: Recorder,
    prescriber: Prescriber,
    product_id: UUID,
    sig: str,
    days_supply: int,
    quantity: int,
    actor: User,
    category: str | None,
) -> Prescription:
    if not sig.strip():
        raise EntryRefused("sig", "Write how the medicine is to be taken.")
    for field, figure in (("days_supply", days_supply), ("quantity", quantity)):
        if figure < 1:
            raise EntryRefused(field, "Enter a whole number from 1 up.")
    product = _product(product_id)
    return Prescription(
        patient_id=recorder.subject_id,
        prescriber=prescriber,
        program_id=product.program_code,
        product=product,
        category=_category(recorder.subject_id, category),
        sig=sig.strip(),
        days_supply=days_supply,
        quantity=quantity,
        recorded_by=actor,
    )


def _product(product_id: UUID) -> Product:
    product = Product.objects.filter(pk=product_id).first()
    if product is None or not Program.objects.filter(code=product.program_code).exists():
        raise EntryRefused("product_id", "There are no rules for this medicine.")
    return product


def _category(patient_id: UUID, stated: str | None) -> str:
    if stated is not None and stated not in set(core.RiskCategory):
        raise EntryRefused("category", "There is no such category.")
    if stated is not None:
        return stated
    assigned = category_of(patient_id)
    if assigned is None:
        raise DomainError("The prescriber has to choose the risk category first.")
    return assigned.category


def _require_second_person(checker: User, actor: User) -> None:
    now = as_it_stands(checker)
    if checker.pk == actor.pk or not any(now.has_role(role) for role in CHECKERS):
        raise NotAllowed("A second person of the pharmacy has to check the transcription.")


def _refuse_unclear_origin(channel: str, image: object) -> None:
    if channel not in set(core.Channel):
        raise EntryRefused("channel", "Choose how the prescription came.")
    if channel in IMAGED and image is None:
        raise EntryRefused("image", "Add the image of the prescription.")


def _add_checked(
    recorder: Recorder, row: Prescription, signature: Signature, check_signature: Signature
) -> Prescription:
    added = recorder.add(row, signature)
    recorder.rows.append(
        attest(
            check_signature,
            subject_id=recorder.subject_id,
            table=row._meta.db_table,
            row_id=row.pk,
            content=signed_content(row),
            at=recorder.at,
        )
    )
    return added
