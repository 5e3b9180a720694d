"""A stop lasts until capsules are given again: to stop once more does not begin the twelve months anew."""

from datetime import timedelta
from typing import Any

import pytest

from rems import core
from rems.errors import DomainError, EntryRefused
from rems.models import Enrollment, FirstDose, Patient, Prescription
from rems.selectors import active_enrollment
from rems.services import enrolling
from rems.services.corrections import correct_evidence
from rems.services.supplies import record_first_dose
from tests.builders import (
    a_prescription,
    a_survey,
    a_test,
    acting_user,
    ago,
    an_outside_supply,
    authorize,
    by_prescriber,
    enroll,
    now,
    prescriber_user,
)
from tests.cast import ana, carl
from tests.database import VirtualClock
from tests.rems.asking import decided, denying, nothing_recorded

pytestmark = pytest.mark.django_db(transaction=True)

CHECKOUT = core.Gate.CHECKOUT
A_START = {"R20", "R21"}


def stop(patient: Patient, **when: Any) -> None:
    enrolling.discontinue_treatment(
        patient_id=patient.pk, reason="A pause.", actor=prescriber_user(patient), **when
    )


def restart(patient: Patient) -> Enrollment:
    return enrolling.restart_treatment(patient_id=patient.pk, actor=prescriber_user(patient))


def asked_of_a_new_prescription(patient: Patient) -> set[str]:
    """What refuses a prescription of an hour ago, after one test and a survey."""
    a_test(patient, ago(days=2))
    a_survey(patient)
    prescription = a_prescription(patient, written_at=ago(hours=1))
    authorize(prescription)
    return set(denying(patient, prescription, CHECKOUT))


def stopped_for(patient: Patient, clock: VirtualClock, days: int) -> None:
    """The last capsules ran out, treatment stopped, and so many days passed."""
    an_outside_supply(patient, days_left=0)
    stop(patient)
    clock.shift(timedelta(days=days))


def test_after_thirteen_months_a_stop_and_a_restart_in_one_morning_spare_ana_no_starting_test(
    clock: VirtualClock,
) -> None:
    patient = ana("checkout").patient
    stopped_for(patient, clock, 400)
    enroll(patient, signed_at=ago(days=1))
    assert asked_of_a_new_prescription(patient) == A_START
    stop(patient)
    restart(patient)
    assert asked_of_a_new_prescription(patient) == A_START


def test_a_stop_and_a_restart_in_one_morning_make_no_old_form_good(clock: VirtualClock) -> None:
    patient = carl("checkout").patient
    stopped_for(patient, clock, 330)
    restart(patient)
    clock.shift(timedelta(days=60))
    assert asked_of_a_new_prescription(patient) == {"R04"}
    stop(patient)
    with nothing_recorded(), pytest.raises(DomainError, match="too long ago"):
        restart(patient)


def test_two_pauses_without_capsules_between_them_are_one(clock: VirtualClock) -> None:
    patient = ana("checkout").patient
    stopped_for(patient, clock, 300)
    restart(patient)
    clock.shift(timedelta(days=20))
    stop(patient)
    clock.shift(timedelta(days=100))
    with nothing_recorded(), pytest.raises(DomainError, match="too long ago"):
        restart(patient)
    enroll(patient, signed_at=ago(days=1))
    assert asked_of_a_new_prescription(patient) == A_START


def test_a_form_that_was_signed_after_the_twelve_months_may_be_restarted(
    clock: VirtualClock,
) -> None:
    patient = carl("checkout").patient
    stopped_for(patient, clock, 400)
    enroll(patient, signed_at=ago(days=1))
    stop(patient)
    assert restart(patient).occurred_at <= now()
    assert asked_of_a_new_prescription(patient) == set()


def test_capsules_between_two_stops_end_the_first(clock: VirtualClock) -> None:
    patient = ana("checkout").patient
    stopped_for(patient, clock, 300)
    restart(patient)
    clock.shift(timedelta(days=60))
    an_outside_supply(patient, days_left=0)
    stop(patient)
    clock.shift(timedelta(days=90))
    restart(patient)
    assert asked_of_a_new_prescription(patient) == set()


def test_who_comes_back_after_two_years_begins_anew_though_nobody_recorded_a_stop(
    clock: VirtualClock,
) -> None:
    patient = ana("checkout").patient
    an_outside_supply(patient, days_left=0)
    clock.shift(timedelta(days=730))
    assert asked_of_a_new_prescription(patient) == {"R04", *A_START}
    enroll(patient, signed_at=ago(days=1))
    assert asked_of_a_new_prescription(patient) == A_START


def test_twelve_months_count_from_the_day_on_which_the_last_capsule_can_have_been_taken(
    clock: VirtualClock,
) -> None:
    """28 days from when they came, the day before their first dose: that they lasted, nobody knows."""
    patient = carl("checkout").patient
    an_outside_supply(patient, days_left=0)
    zone = core.zone_named("America/New_York")
    ran_out_on = core.local_date(now(), zone) - timedelta(days=1)
    lapsed_at = core.start_of_birthday(ran_out_on, 12, zone)
    clock.set(lapsed_at - timedelta(minutes=5))
    assert asked_of_a_new_prescription(patient) == set()
    told = decided(patient, Prescription.objects.latest("pk"), CHECKOUT).permitted_until
    assert told == lapsed_at - timedelta(microseconds=1)
    clock.set(lapsed_at)
    assert asked_of_a_new_prescription(patient) == {"R04"}


def test_capsules_on_top_of_others_are_counted_to_their_end(clock: VirtualClock) -> None:
    patient = carl("checkout").patient
    an_outside_supply(patient, days_left=20)
    an_outside_supply(patient, days_left=20)
    clock.shift(timedelta(days=395))
    assert "R04" not in asked_of_a_new_prescription(patient)
    clock.shift(timedelta(days=25))
    assert "R04" in asked_of_a_new_prescription(patient)


def test_a_first_dose_that_is_told_a_year_late_makes_no_pause_a_treatment(
    clock: VirtualClock,
) -> None:
    patient = ana("checkout").patient
    supply = an_outside_supply(patient, days_left=0)
    correct_evidence(
        row=FirstDose.objects.get(supply=supply),
        replacement=None,
        reason="She never said so.",
        **by_prescriber(patient),
    )
    clock.shift(timedelta(days=400))
    refused = {"R04", *A_START}
    assert refused <= asked_of_a_new_prescription(patient)
    today = core.local_date(now(), core.zone_named("America/New_York"))
    for started_on in (today - timedelta(days=20), today - timedelta(days=40)):
        dose = record_first_dose(
            supply_id=supply.pk, started_on=started_on, actor=acting_user(patient)
        )
        assert refused <= asked_of_a_new_prescription(patient)
        correct_evidence(row=dose, replacement=None, reason="Misread", **by_prescriber(patient))


def test_a_stop_is_not_told_of_a_day_before_the_enrolment() -> None:
    patient = carl("checkout").patient
    began = active_enrollment(patient.pk)
    assert began is not None
    with nothing_recorded(), pytest.raises(EntryRefused, match="began later") as refusal:
        stop(patient, stopped_at=began.occurred_at - timedelta(seconds=1))
    assert refusal.value.field == "stopped_at"
    stop(patient, stopped_at=began.occurred_at)


def test_a_stop_while_capsules_that_came_after_it_are_in_hand_is_restarted(
    clock: VirtualClock,
) -> None:
    """It was told with last year's date by mistake: the capsules since say otherwise."""
    patient = carl("checkout").patient
    clock.shift(timedelta(days=400))
    an_outside_supply(patient, days_left=20)
    stop(patient, stopped_at=now() - timedelta(days=380))
    assert restart(patient).number == 2
