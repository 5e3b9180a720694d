"""Whether a member stands where the table says, and how they are brought back there."""

from datetime import datetime, timedelta

from accounts.clock import read_clock
from accounts.roles import Role
from catalog.models import Product
from orders.loaders import fill_before_order
from orders.management.demo.cast import PRIYA, PRODUCT, PROGRAM, Member
from orders.management.demo.histories import history_of, record_test
from orders.management.demo.people import account_of, sign, user_of
from orders.models import Order
from orders.selectors import prescriptions_to_order
from orders.services import cancel, record_return, the_pharmacy
from orders.states import Status
from rems import core
from rems.locks import Parties
from rems.models import Hold, Patient, Prescription, Reminder
from rems.services import changes
from rems.services.evaluation import preview

OPEN = (Status.PLACED, Status.APPROVED, Status.DISPENSED, Status.ON_HOLD)
GONE = (Status.SHIPPED, Status.HANDED_OVER, Status.DELIVERED)
REASON = "The demonstration begins again."
# A permit that ends sooner would end during somebody's tour.
LEAST_LEFT = timedelta(hours=4)


def stands_as_documented(member: Member, patient: Patient) -> bool:
    """Whether the rules say of this patient what the cast's table says."""
    if Order.objects.filter(patient=patient, status__in=(*OPEN, *GONE)).exists():
        return False
    if member.person.key == "mara":
        return _test_is_due_tomorrow(patient)
    decision = _approval(patient)
    found = {finding.rule for finding in decision.findings if not finding.pending_at_pharmacy}
    return found == member.refused_by and _lasts(decision)


def bring_back(member: Member, patient: Patient) -> None:
    """Append what is needed, through the services, until the member stands as documented."""
    _close_orders(patient)
    if member.person.key != "iris":
        _clear_holds(patient)
    history_of(member)(member, patient, read_clock())


def findings_of(patient: Patient) -> list[str]:
    """The rules that would refuse approval now, for the command's messages."""
    return [f.rule for f in _approval(patient).findings if not f.pending_at_pharmacy]


def _approval(patient: Patient) -> core.Decision:
    prescription = _newest_prescription(patient)
    pharmacy = the_pharmacy()
    parties = Parties(
        program_code=PROGRAM,
        pharmacy_id=pharmacy.pk,
        prescriber_id=patient.prescriber_id,
        patient_id=patient.pk,
    )
    decisions = preview(
        parties=parties,
        prescription_id=prescription.pk if prescription else None,
        fill=fill_before_order(patient, pharmacy, prescription, "ship"),
        at=read_clock(),
    )
    return decisions[core.Gate.APPROVE]


def _newest_prescription(patient: Patient) -> Prescription | None:
    product = Product.objects.get(slug=PRODUCT)
    return next(iter(prescriptions_to_order([patient.pk], product.pk)[patient.pk]), None)


def _lasts(decision: core.Decision) -> bool:
    until = decision.permitted_until
    return until is None or until - decision.at >= LEAST_LEFT


def _test_is_due_tomorrow(patient: Patient) -> bool:
    zone = core.zone_named(the_pharmacy().time_zone)
    tomorrow = core.local_date(read_clock(), zone) + timedelta(days=1)
    return Reminder.objects.filter(
        patient=patient, due_on=tomorrow, status__in=("planned", "sent")
    ).exists()


def _close_orders(patient: Patient) -> None:
    """Cancel what has not left, and note as returned what has: both free the next fill."""
    pharmacist = user_of(PRIYA)
    for order in Order.objects.filter(patient=patient, status__in=(*OPEN, *GONE)):
        end = cancel if order.status in OPEN else record_return
        end(
            order_id=order.pk,
            actor=pharmacist,
            signature=sign(pharmacist, Role.PHARMACIST, "I end this demonstration order"),
            reason=REASON,
        )


def _clear_holds(patient: Patient) -> None:
    """Clear what a visitor reported, as the prescriber would: with a later negative test."""
    for hold in _open_holds(patient):
        _clear(hold, patient, read_clock())


def _open_holds(patient: Patient) -> list[Hold]:
    return [h for h in Hold.objects.filter(patient=patient) if not h.clearances.exists()]


def _clear(hold: Hold, patient: Patient, at: datetime) -> None:
    doctor = account_of(patient.prescriber)
    if hold.hold_type != core.HoldType.CATEGORY_REVIEW:
        record_test(patient, at)
    changes.clear_hold(
        hold_id=hold.pk,
        reason=REASON,
        actor=doctor,
        signature=sign(doctor, Role.PRESCRIBER, "I clear this hold"),
    )
