"""How each member comes to stand where the cast's table says. Times are counted back from `at`."""

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta

from accounts.roles import Role
from catalog.models import Product
from orders.management.demo.cast import PRIYA, PRODUCT, PROGRAM, Member
from orders.management.demo.people import account_of, sign, user_of
from rems import checklists, core
from rems.models import Patient, Supply
from rems.services import prescribing, supplies, surveying, testing
from rems.services.preferences import save_preferences

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MIDNIGHT = time(0)

History = Callable[[Member, Patient, datetime], None]


def record_test(patient: Patient, collected_at: datetime, result: str = "neg") -> None:
    """A sensitive test, signed by the treating prescriber."""
    doctor = account_of(patient.prescriber)
    testing.record_pregnancy_test(
        patient_id=patient.pk,
        result=result,
        detection_limit=25,
        actor=doctor,
        collected_at=collected_at,
        laboratory="Harbor Laboratory",
        signature=sign(doctor, Role.PRESCRIBER, "I verify this result"),
    )


def prescribe(patient: Patient, written_at: datetime) -> None:
    """A prescription for one 28-day cycle with an authorization number issued soon after."""
    doctor = account_of(patient.prescriber)
    prescription = prescribing.write_prescription(
        patient_id=patient.pk,
        product_id=Product.objects.get(slug=PRODUCT).pk,
        sig="Take 1 capsule by mouth once a day on days 1 to 21 of 28.",
        days_supply=28,
        quantity=21,
        actor=doctor,
        signature=sign(doctor, Role.PRESCRIBER, "I prescribe this"),
        indication=core.Indication.MULTIPLE_MYELOMA,
        written_at=written_at,
    )
    prescribing.record_authorization(
        prescription_id=prescription.pk,
        number=f"AUTH-{secrets.token_hex(4).upper()}",
        actor=doctor,
        signature=sign(doctor, Role.PRESCRIBER, "The program gave this number"),
        issued_at=written_at + timedelta(minutes=5),
    )


def survey(member: Member, patient: Patient, completed_at: datetime) -> None:
    """The survey of somebody to whom nothing happened."""
    user = user_of(member.acting)
    surveying.record_survey(
        patient_id=patient.pk,
        answers=checklists.quiet_answers(core.RiskCategory(member.category)),
        actor=user,
        signature=sign(user, "guardian" if member.guardian else "patient", "My answers are true"),
        completed_at=completed_at,
    )


def supply_elsewhere(
    patient: Patient, at: datetime, days_ago: int, *, first_dose_known: bool = True
) -> None:
    """28 days of capsules from another pharmacy, the first taken `days_ago` local days ago."""
    pharmacist = user_of(PRIYA)
    today = core.local_date(at, core.zone_named("America/New_York"))
    supplies.record_outside_supply(
        patient_id=patient.pk,
        program_code=PROGRAM,
        days_supply=28,
        quantity=21,
        actor=pharmacist,
        signature=sign(pharmacist, Role.PHARMACIST, "The other pharmacy told us"),
        dispensed_at=at - (days_ago + 1) * DAY,
        started_on=today - days_ago * DAY if first_dose_known else None,
    )


def _ready(member: Member, patient: Patient, at: datetime) -> None:
    """Tests where the category wants them, a survey where there was a fill, a fresh prescription."""
    if core.RiskCategory(member.category).is_frp:
        record_test(patient, at - 12 * DAY)
        record_test(patient, at - 3 * HOUR)
    if Supply.objects.filter(patient=patient).exists():
        survey(member, patient, at - timedelta(minutes=90))
    prescribe(patient, at - HOUR)


def _second_test_missing(member: Member, patient: Patient, at: datetime) -> None:
    record_test(patient, at - 12 * DAY)
    prescribe(patient, at - HOUR)


def _authorization_expired(member: Member, patient: Patient, at: datetime) -> None:
    prescribe(patient, at - 35 * DAY)


def _positive_test(member: Member, patient: Patient, at: datetime) -> None:
    record_test(patient, at - 12 * DAY)
    record_test(patient, at - 3 * HOUR, "pos")
    prescribe(patient, at - HOUR)


def _survey_overdue(member: Member, patient: Patient, at: datetime) -> None:
    if not Supply.objects.filter(patient=patient).exists():
        supply_elsewhere(patient, at, 34)
        survey(member, patient, at - 33 * DAY)
    prescribe(patient, at - HOUR)


def _supply_left(member: Member, patient: Patient, at: datetime) -> None:
    supply_elsewhere(patient, at, 20)
    survey(member, patient, at - timedelta(minutes=90))
    prescribe(patient, at - HOUR)


def _test_due_tomorrow(member: Member, patient: Patient, at: datetime) -> None:
    """In the first four weeks, when tests are weekly: earlier capsules never arrived. Mara lets us
    write at any hour, so that her mail is there whenever the tour is taken."""
    save_preferences(
        actor=user_of(member.acting),
        email_on=True,
        language="en",
        time_zone="",
        quiet_from=MIDNIGHT,
        quiet_until=MIDNIGHT,
    )
    _forget_supplies(patient)
    supply_elsewhere(patient, at, 7, first_dose_known=False)
    record_test(patient, at - 6 * DAY)


def _forget_supplies(patient: Patient) -> None:
    pharmacist = user_of(PRIYA)
    for supply in Supply.objects.filter(patient=patient, ends__isnull=True):
        supplies.end_outside_supply(
            supply_id=supply.pk,
            cause="lost",
            note="The parcel never arrived.",
            actor=pharmacist,
            signature=sign(pharmacist, Role.PHARMACIST, "The other pharmacy told us"),
        )


_OTHERS: Mapping[str, History] = {
    "gina": _second_test_missing,
    "hana": _authorization_expired,
    "iris": _positive_test,
    "jack": _survey_overdue,
    "kurt": _supply_left,
    "mara": _test_due_tomorrow,
}


def history_of(member: Member) -> History:
    """What brings this member into the documented state."""
    return _OTHERS.get(member.person.key, _ready)
