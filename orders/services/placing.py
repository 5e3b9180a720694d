"""Checkout: the one door by which an order comes to exist."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from uuid6 import uuid7

from accounts.clock import read_clock
from accounts.models import User
from catalog.models import Package
from orders.loaders import fill_before_order
from orders.locks import lock_for_placing
from orders.models import Basket, Order, OrderEvent
from orders.services.steps import StepResult
from orders.states import BEGINNING, Status
from rems import core, selectors
from rems.errors import DomainError, EntryRefused, NotAllowed
from rems.locks import Parties
from rems.models import Patient, PatientAccess, Pharmacy, Prescription
from rems.seals import seal
from rems.services.evaluation import Verdict, evaluate
from rems.transactions import mutation


def place(
    *, patient_id: UUID, prescription_id: UUID | None, package_id: UUID, mode: str, actor: User
) -> StepResult:
    """Order one fill of one prescription for the patient, if the checkout gate permits it.

    A refusal is recorded and returned with its findings. Raises NotAllowed when the actor may not
    act for the patient, DomainError when the package cannot be ordered, GuardRefused.
    """
    if mode not in set(core.ReleaseMode):
        raise EntryRefused("mode", "Choose how you want to get the capsules.")
    order_id = uuid7()
    patient = _patient(patient_id)
    package = _package(package_id)
    pharmacy = the_pharmacy()
    prescription = _prescription(prescription_id, patient, package)
    parties = _parties(patient, prescription, pharmacy, package)
    with mutation():
        lock_for_placing(parties)
        at = read_clock()
        _require_orderer(actor, patient, at)
        verdict = _ask(
            parties=parties,
            prescription_id=prescription.pk if prescription else None,
            gate=core.Gate.CHECKOUT,
            fill=fill_before_order(patient, pharmacy, prescription, mode),
            at=at,
            actor=actor,
            subject_id=order_id,
        )
        if not verdict.is_permit or prescription is None:
            seal(patient.pk, [verdict.record])
            return StepResult(None, verdict.decision)
        order = _create(order_id, patient, prescription, package, pharmacy, mode, actor, verdict)
        seal(patient.pk, [verdict.record, _placed(order, actor, verdict)])
        Basket.objects.filter(user=actor).delete()
        return StepResult(order, verdict.decision)


def _ask(**asked: Any) -> Verdict:
    """The checkout gate's answer. Raises DomainError when no rules are in force for the drug."""
    try:
        return evaluate(**asked)
    except core.UnknownProgram:
        raise DomainError("We cannot sell this medicine at the moment. Please call us.") from None


def the_pharmacy() -> Pharmacy:
    """The pharmacy that fills this store's orders. Raises DomainError when none is set up."""
    pharmacy = selectors.the_pharmacy()
    if pharmacy is None:
        raise DomainError("No pharmacy is set up, so nothing can be ordered.")
    return pharmacy


def acts_for(user: User, patient: Patient, at: object, *relations: str) -> bool:
    """Whether the active user may act for the patient at this instant, in whatever capacity or in
    one of those named."""
    return PatientAccess.objects.filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=at),
        user=user,
        user__is_active=True,
        patient=patient,
        starts_at__lte=at,
        relation__in=relations or PatientAccess.Relation.values,
    ).exists()


def _require_orderer(user: User, patient: Patient, at: datetime) -> None:
    """Whoever acts for the patient; for a child's category the guardian (rule sheet 1.3.5)."""
    if not acts_for(user, patient, at):
        raise NotAllowed("You cannot order for this patient.")
    assigned = selectors.category_of(patient.pk)
    if assigned is None or not core.RiskCategory(assigned.category).is_child:
        return
    if not acts_for(user, patient, at, PatientAccess.Relation.GUARDIAN):
        raise NotAllowed("A parent or guardian has to order.")


def _patient(patient_id: UUID) -> Patient:
    patient = Patient.objects.filter(pk=patient_id).first()
    if patient is None:
        raise NotAllowed("You cannot order for this patient.")
    return patient


def _package(package_id: UUID) -> Package:
    package = (
        Package.objects.select_related("product")
        .filter(pk=package_id, on_sale=True, product__on_sale=True)
        .first()
    )
    if package is None:
        raise DomainError("This package is not on sale.")
    return package


def _prescription(
    prescription_id: UUID | None, patient: Patient, package: Package
) -> Prescription | None:
    """The prescription, if it is this patient's and for this product; else there is none."""
    if prescription_id is None:
        return None
    return Prescription.objects.filter(
        pk=prescription_id, patient=patient, product=package.product
    ).first()


def _parties(
    patient: Patient, prescription: Prescription | None, pharmacy: Pharmacy, package: Package
) -> Parties:
    return Parties(
        program_code=package.product.program_code,
        pharmacy_id=pharmacy.pk,
        prescriber_id=prescription.prescriber_id if prescription else patient.prescriber_id,
        patient_id=patient.pk,
    )


def _create(
    order_id: UUID,
    patient: Patient,
    prescription: Prescription,
    package: Package,
    pharmacy: Pharmacy,
    mode: str,
    actor: User,
    verdict: Verdict,
) -> Order:
    authorization_id = verdict.loaded.authorization_id
    assert authorization_id is not None, "R13 permits nothing without one"
    return Order.objects.create(
        id=order_id,
        revision=1,
        number=order_id.hex[-8:].upper(),
        patient=patient,
        pharmacy=pharmacy,
        prescription=prescription,
        authorization_id=authorization_id,
        package=package,
        quantity=prescription.quantity,
        days_supply=prescription.days_supply,
        days_supply_cap=verdict.loaded.program.terms.max_days_supply,
        mode=mode,
        price=package.price,
        ship_to_name=patient.name,
        ship_to_street=patient.street,
        ship_to_city=patient.city,
        ship_to_state=patient.state,
        ship_to_zip_code=patient.zip_code,
        status=Status.PLACED,
        placed_by=actor,
    )


def _placed(order: Order, actor: User, verdict: Verdict) -> OrderEvent:
    return OrderEvent.objects.create(
        order=order,
        seq=1,
        from_status=BEGINNING,
        to_status=Status.PLACED,
        actor=actor,
        decision=verdict.record,
    )
