"""What people may see of patients, and what stands in a patient's record now.

"Current" is a row that nothing supersedes and that is itself no retraction.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, Min, OuterRef, Q, QuerySet

from accounts.clock import PharmacyClock
from accounts.models import User
from accounts.roles import Role
from catalog.models import Product
from rems import core
from rems.models import (
    AgreementForm,
    AgreementSignature,
    CalendarFeed,
    CategoryAssignment,
    ContactPreference,
    Enrollment,
    EnrollmentEnd,
    Evidence,
    ExposureReport,
    ExposureReportFiling,
    FirstDose,
    Hold,
    HoldClearance,
    Patient,
    PatientAccess,
    Pharmacy,
    PregnancyTest,
    Prescriber,
    PrescriberDelegate,
    Prescription,
    Reminder,
    Supply,
    SupplyEnd,
    TestVerification,
)

E = TypeVar("E", bound=Evidence)
# Before a pharmacy is set up.
FALLBACK_ZONE = "America/New_York"
# The condition of the index `rems_reminder_due`, word for word.
_TO_SEND = Q(status=Reminder.Status.PLANNED) & ~Q(channel=Reminder.Channel.TASK)
RECENT = 6
# A reminder that went out, or still waits, for longer than this after its moment is late.
LATE_AFTER = timedelta(minutes=15)

# Which prescriptions still wait for a fill, and which supplies have left, is known to those who fill
# them; they say so here.
PrescriptionFilter = Callable[[QuerySet[Prescription]], QuerySet[Prescription]]
SupplyFilter = Callable[[QuerySet[Supply]], QuerySet[Supply]]
_open_prescription_filters: list[PrescriptionFilter] = []
_left_supply_filters: list[SupplyFilter] = []


def register_open_prescriptions(narrow: PrescriptionFilter) -> None:
    """Tell the program how to leave out prescriptions that are used. Called from AppConfig.ready."""
    _open_prescription_filters.append(narrow)


def register_supplies_that_left(narrow: SupplyFilter) -> None:
    """Tell the program how to leave out what is still in the pharmacy. Called from AppConfig.ready."""
    _left_supply_filters.append(narrow)


def current(model: type[E]) -> QuerySet[E]:
    """The rows of this kind of evidence that still stand."""
    later = model._default_manager.filter(supersedes=OuterRef("pk"))
    return model._default_manager.filter(~Exists(later), retracts=False)


def of_patient(model: type[E], patient_id: UUID) -> QuerySet[E]:
    """A patient's rows that still stand, newest first."""
    return current(model).filter(patient_id=patient_id).order_by("-occurred_at", "-id")


def the_pharmacy() -> Pharmacy | None:
    """The pharmacy of this store, whose local day counts; None when none is set up."""
    return Pharmacy.objects.order_by("pk").first()


def pharmacy_zone() -> ZoneInfo:
    """The pharmacy's wall clock: times are typed, shown and told by it (decision D10)."""
    pharmacy = the_pharmacy()
    return core.zone_named(pharmacy.time_zone if pharmacy else FALLBACK_ZONE)


def category_of(patient_id: UUID) -> CategoryAssignment | None:
    """The assignment that holds: the newest one."""
    return of_patient(CategoryAssignment, patient_id).first()


def active_enrollment(patient_id: UUID) -> Enrollment | None:
    """The patient's enrolment that has not ended."""
    ended = current(EnrollmentEnd).filter(enrollment=OuterRef("pk"))
    return of_patient(Enrollment, patient_id).filter(~Exists(ended)).select_related("form").first()


def open_holds(patient_id: UUID) -> QuerySet[Hold]:
    """Holds that nobody has cleared, newest first.

    A clearance whose negative test was taken back since clears nothing (R23, R25); a review of the
    category wants no test.
    """
    tested = current(PregnancyTest).filter(
        patient=OuterRef("patient"),
        result=core.TestResult.NEGATIVE.value,
        occurred_at__gt=OuterRef("hold__occurred_at"),
        occurred_at__lte=OuterRef("occurred_at"),
    )
    review = Q(hold__hold_type=core.HoldType.CATEGORY_REVIEW.value)
    cleared = current(HoldClearance).filter(review | Exists(tested), hold=OuterRef("pk"))
    return of_patient(Hold, patient_id).filter(~Exists(cleared))


def open_exposure_reports(patient_id: UUID) -> QuerySet[ExposureReport]:
    """Exposure reports that are not filed yet, newest first."""
    filed = current(ExposureReportFiling).filter(report=OuterRef("pk"))
    return of_patient(ExposureReport, patient_id).filter(~Exists(filed))


def unverified_tests(patient_id: UUID) -> QuerySet[PregnancyTest]:
    """Results that the prescriber has not verified, newest first."""
    verified = current(TestVerification).filter(test=OuterRef("pk"))
    return of_patient(PregnancyTest, patient_id).filter(~Exists(verified), attestation__isnull=True)


def forms_awaiting_signature(patient_id: UUID) -> QuerySet[AgreementForm]:
    """Agreement forms that no enrolment rests on yet, newest first.

    Not those from before the category was changed: they cannot be signed any more.
    """
    enrolled = current(Enrollment).filter(form=OuterRef("pk"))
    changed = current(CategoryAssignment).filter(
        patient=OuterRef("patient"), recorded_at__gt=OuterRef("recorded_at")
    )
    return of_patient(AgreementForm, patient_id).filter(~Exists(enrolled), ~Exists(changed))


def signed_roles(form_id: UUID) -> frozenset[str]:
    """In which roles the form is signed so far."""
    signatures = current(AgreementSignature).filter(form_id=form_id)
    return frozenset(signatures.values_list("role", flat=True))


def open_prescriptions(patient_id: UUID) -> QuerySet[Prescription]:
    """Prescriptions that still stand and are not used, newest first."""
    found = of_patient(Prescription, patient_id)
    for narrow in _open_prescription_filters:
        found = narrow(found)
    return found


def recent_prescriptions(patient_id: UUID) -> QuerySet[Prescription]:
    """The newest prescriptions that stand, used or not, with their authorizations."""
    found = of_patient(Prescription, patient_id).select_related("product")
    return found.prefetch_related("authorizations")[:RECENT]


def newest_open_prescriptions(patient_ids: list[UUID]) -> dict[UUID, Prescription]:
    """By patient: the newest prescription that stands and is not used. One query."""
    found = current(Prescription).filter(patient_id__in=patient_ids)
    for narrow in _open_prescription_filters:
        found = narrow(found)
    rows = found.order_by("patient_id", "-occurred_at", "-id").distinct("patient_id")
    return {row.patient_id: row for row in rows}


def supplies_without_first_dose(patient_id: UUID) -> QuerySet[Supply]:
    """Supplies of which nobody has said when the first capsules were taken, newest first."""
    started = current(FirstDose).filter(supply=OuterRef("pk"))
    return supplies_that_left(of_patient(Supply, patient_id)).filter(
        ~Exists(started), ~Exists(_ends())
    )


def supplies_that_left(supplies: QuerySet[Supply]) -> QuerySet[Supply]:
    """Of these supplies, those that a pharmacy has let go; `left_at` is when."""
    for narrow in _left_supply_filters:
        supplies = narrow(supplies)
    return supplies


def end_of(supply: Supply) -> SupplyEnd | None:
    """The record that the supply was lost, returned or not released, if there is one."""
    return current(SupplyEnd).filter(supply=supply).first()


def outside_supplies(patient_id: UUID) -> QuerySet[Supply]:
    """Supplies from elsewhere that were not lost or returned, newest first."""
    return of_patient(Supply, patient_id).filter(~Exists(_ends()), source="elsewhere")


def _ends() -> QuerySet[SupplyEnd]:
    return current(SupplyEnd).filter(supply=OuterRef("pk"))


def medicine_on_sale() -> Product | None:
    """The medicine that patients order here; None when none is on sale."""
    return Product.objects.filter(on_sale=True).order_by("name").first()


def access_of(user: User, patient_id: UUID, at: datetime) -> PatientAccess | None:
    """In what capacity the user may act for the patient at this instant, if at all."""
    rows = PatientAccess.objects.filter(user=user, user__is_active=True, patient_id=patient_id)
    return _in_force(rows, at).first()


def open_calendar_feed(patient_id: UUID, user: User) -> CalendarFeed | None:
    """The user's calendar feed of this patient that is not revoked."""
    return CalendarFeed.objects.filter(patient_id=patient_id, user=user, revoked_at=None).first()


def contact_of(user_id: UUID | None) -> ContactPreference | None:
    """How this user wants to be reached; None for who never chose."""
    return ContactPreference.objects.filter(user_id=user_id).first() if user_id else None


def accesses_in_force(patient_id: UUID) -> QuerySet[PatientAccess]:
    """Who may act for the patient now."""
    found = PatientAccess.objects.filter(patient_id=patient_id).select_related("user")
    return _in_force(found, PharmacyClock()).order_by("starts_at", "id")


def prescriber_entered_for(user: User, at: datetime) -> Prescriber | None:
    """The prescriber that the user is, or enters for as a delegate; None for anybody else."""
    if user.has_role(Role.PRESCRIBER):
        return Prescriber.objects.filter(user=user).first()
    rows = PrescriberDelegate.objects.filter(user=user).select_related("prescriber")
    row = _in_force_delegates(rows, at).order_by("starts_at").first()
    return row.prescriber if row is not None and user.has_role(Role.DELEGATE) else None


def is_delegate_of(user: User, prescriber_id: UUID, at: datetime) -> bool:
    """Whether the user enters for the prescriber at this instant."""
    rows = PrescriberDelegate.objects.filter(user=user, prescriber_id=prescriber_id)
    return user.has_role(Role.DELEGATE) and _in_force_delegates(rows, at).exists()


def patients_acted_for(user: User) -> QuerySet[Patient]:
    """The patients for whom the user acts now, as the patient or as the guardian."""
    accesses = _in_force(PatientAccess.objects.filter(user=user), PharmacyClock())
    return (
        Patient.objects.filter(accesses__in=accesses)
        .select_related("prescriber")
        .order_by("name", "id")
    )


def own_patients(user: User) -> QuerySet[Patient]:
    """The patients whom the user treats, or enters for as a delegate, now."""
    rows = PrescriberDelegate.objects.filter(user=user)
    delegated = _in_force_delegates(rows, PharmacyClock()).values("prescriber_id")
    treated = Q(pk__in=[])
    if user.has_role(Role.PRESCRIBER):
        treated |= Q(prescriber__user=user)
    if user.has_role(Role.DELEGATE):
        treated |= Q(prescriber_id__in=delegated)
    return Patient.objects.filter(treated).select_related("prescriber").order_by("name", "id")


def readable_patients(user: User) -> QuerySet[Patient]:
    """Every patient whose record the user may read: staff all, others their own."""
    if user.has_perm("rems.view_any_patient"):
        return Patient.objects.select_related("prescriber").order_by("name", "id")
    keys = own_patients(user).values_list("pk", flat=True)
    acted_for = patients_acted_for(user).values_list("pk", flat=True)
    return (
        Patient.objects.filter(Q(pk__in=keys) | Q(pk__in=acted_for))
        .select_related("prescriber")
        .order_by("name", "id")
    )


def _in_force(
    rows: QuerySet[PatientAccess], at: datetime | PharmacyClock
) -> QuerySet[PatientAccess]:
    return rows.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at), starts_at__lte=at)


def _in_force_delegates(
    rows: QuerySet[PrescriberDelegate], at: datetime | PharmacyClock
) -> QuerySet[PrescriberDelegate]:
    return rows.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at), starts_at__lte=at)


def unsent_reminders(at: datetime) -> QuerySet[Reminder]:
    """Those that should have gone out by now and have not, held by a worker or not."""
    return Reminder.objects.filter(_TO_SEND, send_at__lte=at)


def oldest_unsent(at: datetime) -> datetime | None:
    """The moment at which the oldest reminder that should have gone out by now fell due."""
    oldest: datetime | None = unsent_reminders(at).aggregate(oldest=Min("send_at"))["oldest"]
    return oldest


def open_tasks(at: datetime) -> QuerySet[Reminder]:
    """What a person has to do by now, the oldest first; `failed_reminders` are told apart."""
    tasks = Reminder.objects.filter(status=Reminder.Status.PLANNED, channel=Reminder.Channel.TASK)
    told_apart = failed_reminders().filter(pk=OuterRef("subject_id"))
    return tasks.filter(~Exists(told_apart), send_at__lte=at).order_by("send_at", "pk")


def failed_reminders() -> QuerySet[Reminder]:
    """What could not be sent, or came back, and nobody has seen to yet, the oldest first."""
    came_back = Q(delivery=Reminder.Delivery.BOUNCED, resolved_at__isnull=True)
    failed = Q(status=Reminder.Status.FAILED) | came_back
    return Reminder.objects.filter(failed).order_by("send_at", "pk")
