"""A stop lasts until capsules are given again: to stop once more does not begin the twelve months anew."""

from datetime import timedelta
from typing import Any

import pytest

from rems import core
from rems.errors import DomainError
from rems.models import Enrollment, Patient, Prescription
from rems.services import enrolling
from tests.builders import (
    a_prescription,
    a_survey,
    a_test,
    ago,
    an_outside_supply,
    authorize,
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


def test_twelve_months_count_from_the_day_on_which_the_last_capsule_was_taken(
    clock: VirtualClock,
) -> None:
    """28 days from their first dose: that they ran out early, or lasted, nobody knows."""
    patient = carl("checkout").patient
    an_outside_supply(patient, days_left=0)
    zone = core.zone_named("America/New_York")
    ran_out_on = core.local_date(now(), zone)
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
    clock.shift(timedelta(days=375))
    assert "R04" not in asked_of_a_new_prescription(patient)
    clock.shift(timedelta(days=40))
    assert "R04" in asked_of_a_new_prescription(patient)
