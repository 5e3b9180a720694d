"""Checkout: the one door by which an order comes to exist."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, Q, QuerySet, Subquery
from uuid6 import uuid7

from accounts.clock import read_clock
from accounts.models import User
from catalog.models import Package
from orders.loaders import fill_for_checkout, orders_using
from orders.locks import lock_for_placing
from orders.models import Basket, Order, OrderEvent
from orders.selectors import times_ordered
from orders.services.steps import StepResult
from orders.states import BEGINNING, Status
from rems import core, selectors
from rems.errors import MESSAGES, DomainError, EntryRefused, NotAllowed, StaleForm
from rems.locks import Parties
from rems.models import CategoryAssignment, Patient, PatientAccess, Pharmacy, Prescription
from rems.outbox import plan_for_new_order
from rems.seals import seal
from rems.services.evaluation import Verdict, evaluate
from rems.transactions import mutation, write_together


def place(
    *,
    patient_id: UUID,
    prescription_id: UUID | None,
    package_id: UUID,
    mode: str,
    actor: User,
    seen: int | None = None,
) -> StepResult:
    """Order one fill of one prescription for the patient, if the checkout gate permits it.

    A refusal is recorded and returned with its findings. `seen` is how many orders the prescription
    had when the actor's page was drawn; None where nobody read a page. Raises NotAllowed when the
    actor may not act for the patient, StaleForm when an order came and ended since, DomainError when
    the package cannot be ordered or does not hold what was prescribed, GuardRefused.
    """
    if mode not in set(core.ReleaseMode):
        raise EntryRefused("mode", "Choose how you want to get the capsules.")
    order_id = uuid7()
    package = _package(package_id)
    prescription = _prescription(prescription_id, patient_id, package)
    patient = prescription.patient if prescription else _patient(patient_id)
    pharmacy = the_pharmacy()
    parties = _parties(patient, prescription, pharmacy, package)
    with mutation():
        lock_for_placing(parties)
        at = read_clock()
        used, had = _require_orderer(actor, patient, prescription, at)
        if prescription is not None and not used:
            _refuse_unseen(seen, had)
        verdict = _ask(
            parties=parties,
            prescription_id=prescription.pk if prescription else None,
            gate=core.Gate.CHECKOUT,
            fill=fill_for_checkout(patient, pharmacy, mode, authorization_used=used),
            at=at,
            actor=actor,
            subject_id=order_id,
        )
        verdict.record.save(force_insert=True)
        if not verdict.is_permit or prescription is None:
            seal(patient.pk, [verdict.record], verdict.loaded.chain_end)
            return StepResult(None, verdict.decision)
        _refuse_small_package(package, prescription)
        order = _create(order_id, patient, prescription, package, pharmacy, mode, actor, verdict)
        event = _placed(order, actor, verdict)
        write_together([event], [(Basket.objects.filter(user=actor), None)])
        seal(patient.pk, [verdict.record, event], verdict.loaded.chain_end)
        plan_for_new_order(patient.pk, _course(order, event, verdict), at)
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


def acts_for(user: User, patient: Patient, at: object) -> bool:
    """Whether the active user may act for the patient at this instant, in whatever capacity."""
    return _accesses(user, patient, at).exists()


def _accesses(user: User, patient: Patient, at: object) -> QuerySet[PatientAccess]:
    return PatientAccess.objects.filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=at),
        user=user,
        user__is_active=True,
        patient=patient,
        starts_at__lte=at,
    )


def _require_orderer(
    user: User, patient: Patient, prescription: Prescription | None, at: datetime
) -> tuple[bool, int]:
    """Whoever acts for the patient; for a child's category the guardian (rule sheet 1.3.5).

    Asked along with it, to spare a query: whether another order binds the prescription (R16), and
    how many orders it has had.
    """
    category = selectors.of_patient(CategoryAssignment, patient.pk).values("category")[:1]
    rows = _accesses(user, patient, at).annotate(
        category=Subquery(category),
        used=Exists(orders_using(prescription, None)),
        had=times_ordered(prescription),
    )
    found = list(rows.values_list("relation", "category", "used", "had"))
    if not found:
        raise NotAllowed("You cannot order for this patient.")
    relations, categories = {row[0] for row in found}, {row[1] for row in found}
    is_child = any(core.RiskCategory(category).is_child for category in categories if category)
    if is_child and PatientAccess.Relation.GUARDIAN not in relations:
        raise NotAllowed("A parent or guardian has to order.")
    return found[0][2:]


def _refuse_unseen(seen: int | None, had: int) -> None:
    """A checkout that is sent again, after what it placed was cancelled, would order once more what
    nobody asked for: the page has to know of that order."""
    if seen not in {None, had}:
        raise StaleForm(
            "This page is not up to date. If you placed an order on this prescription meanwhile, it "
            "was cancelled or declined. Nothing is ordered now. If you want it, check everything "
            "here again and place the order."
        )


def _refuse_small_package(package: Package, prescription: Prescription) -> None:
    """One package is scanned for a fill (R47), and holds all of it."""
    capsules, days = prescription.quantity, prescription.days_supply
    if capsules > days:
        raise DomainError(MESSAGES["orders_order_quantity_within_days"])
    if capsules > package.capsules:
        raise DomainError(
            f"The prescription is for {capsules} capsules, and this package holds {package.capsules}. "
            "Choose another package, or ask the prescriber for a new prescription."
        )
    if days > package.days_supply_max:
        raise DomainError(
            f"The prescription is for {days} days, and this package may be given for "
            f"{package.days_supply_max}. Choose another package, or ask the prescriber for a new one."
        )


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
    prescription_id: UUID | None, patient_id: UUID, package: Package
) -> Prescription | None:
    """The prescription with its patient, if it is theirs and for this product; else none."""
    if prescription_id is None:
        return None
    return (
        Prescription.objects.select_related("patient")
        .filter(pk=prescription_id, patient=patient_id, product=package.product)
        .first()
    )


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


def _course(order: Order, event: OrderEvent, verdict: Verdict) -> core.Course:
    """The order as the schedule sees it: nothing else about the patient has changed."""
    facts = verdict.loaded.facts
    return core.Course(
        program=verdict.loaded.program,
        zone=core.zone_named(facts.time_zone),
        category=facts.category,
        orders=(
            core.OpenOrder(
                key=str(order.pk),
                since=event.recorded_at,
                is_shipped=order.mode == core.ReleaseMode.SHIP,
                confirmed_at=facts.confirmation.obtained_at if facts.confirmation else None,
            ),
        ),
    )


def _placed(order: Order, actor: User, verdict: Verdict) -> OrderEvent:
    return OrderEvent(
        order=order,
        seq=1,
        from_status=BEGINNING,
        to_status=Status.PLACED,
        actor=actor,
        decision=verdict.record,
    )
