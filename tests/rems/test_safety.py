"""Tests, holds and exposures: what stops treatment, and who lets it go on."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.roles import Role
from rems import core
from rems.errors import DomainError, EntryRefused, NotAllowed, SignatureRefused
from rems.models import ExposureReport, Hold, PregnancyTest
from rems.selectors import open_exposure_reports, open_holds, unverified_tests
from rems.services import changes, exposure, testing
from tests.builders import (
    a_delegate,
    a_hold,
    a_patient,
    a_positive_test,
    a_prescriber,
    a_prescription,
    a_technician,
    a_test,
    a_user,
    acting_user,
    ago,
    an_outside_supply,
    authorize,
    clear,
    clear_for,
    prescriber_user,
    sign,
    the_store,
)
from tests.cast import ana, beth, carl
from tests.database import VirtualClock
from tests.rems.asking import denying, nothing_recorded

pytestmark = pytest.mark.django_db(transaction=True)


def test_anas_positive_test_stops_everything_until_a_later_negative_one_is_cleared() -> None:
    cleared = ana()
    a_positive_test(cleared.patient, ago(minutes=30))
    assert "R23" in denying(cleared.patient, cleared.prescription, core.Gate.CHECKOUT)
    hold = open_holds(cleared.patient.pk).get()
    assert hold.hold_type == "positive_test"
    with nothing_recorded(), pytest.raises(DomainError, match="negative pregnancy test"):
        clear(hold)
    a_test(cleared.patient, ago(minutes=5))
    clear(hold)
    assert denying(cleared.patient, cleared.prescription) == ()


def test_an_unclear_test_stops_too() -> None:
    cleared = ana()
    a_test(cleared.patient, result="ind")
    assert "R23" in denying(cleared.patient, cleared.prescription, core.Gate.CHECKOUT)
    assert not ExposureReport.objects.exists()


def test_a_hold_is_not_cleared_by_an_earlier_an_unverified_or_a_dull_test() -> None:
    patient = ana().patient
    hold = a_hold(patient, reported_at=ago(hours=2))
    a_test(patient, ago(hours=3))
    with nothing_recorded(), pytest.raises(DomainError, match="taken after this hold began"):
        clear(hold)
    a_test(patient, ago(hours=1), detection_limit=100)
    with nothing_recorded(), pytest.raises(DomainError, match="not sensitive enough"):
        clear(hold)
    waiting = a_test(patient, ago(minutes=30), verified=False)
    with nothing_recorded(), pytest.raises(DomainError, match="not verified"):
        clear(hold)
    user = prescriber_user(patient)
    testing.verify_pregnancy_test(
        test_id=waiting.pk, actor=user, signature=sign(user, Role.PRESCRIBER)
    )
    clear(hold)
    assert not open_holds(patient.pk).exists()
    with nothing_recorded(), pytest.raises(DomainError, match="not open any more"):
        clear(hold)


@pytest.mark.parametrize(
    "change", ["missed_period", "abnormal_bleeding", "contraception_stopped", "pregnancy_suspected"]
)
def test_each_of_the_four_reports_holds_at_once_and_is_cured_by_test_and_clearance(
    change: str,
) -> None:
    cleared = ana()
    hold = a_hold(cleared.patient, change, reported_at=ago(minutes=10))
    assert denying(cleared.patient, cleared.prescription) == ("R25",)
    a_test(cleared.patient, ago(minutes=1))
    clear(hold)
    assert denying(cleared.patient, cleared.prescription) == ()


def test_bleeding_after_menopause_reviews_beths_category_and_needs_no_test() -> None:
    cleared = beth()
    hold = a_hold(cleared.patient, "bleeding_after_menopause")
    assert hold.hold_type == "category_review"
    assert denying(cleared.patient, cleared.prescription) == ("R07",)
    clear(hold)
    assert denying(cleared.patient, cleared.prescription) == ()


@pytest.mark.parametrize("change", ["partner_pregnancy", "suspected_exposure"])
def test_an_exposure_is_reported_by_the_pharmacist_before_the_order_is_approved(
    change: str,
) -> None:
    cleared = carl()
    store = the_store()
    hold, report = changes.report_change(
        patient_id=cleared.patient.pk, change=change, actor=acting_user(cleared.patient)
    )
    assert hold is None
    assert report is not None
    assert denying(cleared.patient, cleared.prescription) == ("R51",)
    with nothing_recorded(), pytest.raises(EntryRefused) as refusal:
        exposure.file_exposure_report(
            report_id=report.pk, case_number="R-1", medwatch_reference=" ", actor=store.user
        )
    assert refusal.value.field == "medwatch_reference"
    with nothing_recorded(), pytest.raises(NotAllowed):
        exposure.file_exposure_report(
            report_id=report.pk,
            case_number="R-1",
            medwatch_reference="M-1",
            actor=acting_user(cleared.patient),
        )
    exposure.file_exposure_report(
        report_id=report.pk, case_number="R-1", medwatch_reference="M-1", actor=store.user
    )
    assert denying(cleared.patient, cleared.prescription) == ()


def test_a_pregnancy_is_both_reported_and_held() -> None:
    cleared = ana()
    hold, report = changes.report_change(
        patient_id=cleared.patient.pk, change="pregnancy", actor=acting_user(cleared.patient)
    )
    assert hold is not None
    assert report is not None
    assert "R25" in denying(cleared.patient, cleared.prescription, core.Gate.CHECKOUT)


def test_a_positive_test_of_somebody_who_had_capsules_is_an_exposure_reported_once() -> None:
    patient = ana().patient
    an_outside_supply(patient)
    a_positive_test(patient, ago(hours=2))
    a_positive_test(patient, ago(hours=1))
    assert [report.kind for report in open_exposure_reports(patient.pk)] == ["pregnancy"]
    assert open_holds(patient.pk).count() == 2


@pytest.mark.parametrize(
    ("received", "due"),
    [
        (datetime(2026, 10, 7, 15, 0, tzinfo=UTC), "2026-10-07 23:59:59"),
        (datetime(2026, 10, 8, 3, 30, tzinfo=UTC), "2026-10-07 23:59:59"),
        (datetime(2026, 10, 10, 15, 0, tzinfo=UTC), "2026-10-12 23:59:59"),
        (datetime(2026, 10, 11, 15, 0, tzinfo=UTC), "2026-10-12 23:59:59"),
    ],
)
def test_an_exposure_is_due_by_the_end_of_the_pharmacys_business_day(
    clock: VirtualClock, received: datetime, due: str
) -> None:
    clock.set(received - timedelta(hours=1))
    patient = a_patient()
    clock.set(received)
    _, report = changes.report_change(
        patient_id=patient.pk, change="suspected_exposure", actor=acting_user(patient)
    )
    assert report is not None
    zone = core.zone_named("America/New_York")
    assert f"{report.due_at.astimezone(zone):%Y-%m-%d %H:%M:%S}" == due


def test_a_double_click_is_one_report() -> None:
    patient = ana().patient
    assert a_hold(patient) == a_hold(patient)
    assert Hold.objects.count() == 1


def test_a_report_by_somebody_else_a_minute_later_is_another_hold() -> None:
    patient = ana().patient
    a_hold(patient)
    changes.report_change(patient_id=patient.pk, change="abnormal_bleeding", actor=a_technician())
    assert Hold.objects.count() == 2


def test_a_stranger_can_neither_report_nor_record() -> None:
    patient = ana().patient
    stranger = a_user(Role.PATIENT, "Some Stranger")
    with nothing_recorded(), pytest.raises(NotAllowed):
        changes.report_change(patient_id=patient.pk, change="missed_period", actor=stranger)
    with nothing_recorded(), pytest.raises(NotAllowed):
        testing.record_pregnancy_test(
            patient_id=patient.pk, result="neg", detection_limit=25, actor=stranger
        )


def test_the_patient_cannot_record_her_own_test() -> None:
    patient = ana().patient
    with nothing_recorded(), pytest.raises(NotAllowed):
        testing.record_pregnancy_test(
            patient_id=patient.pk, result="neg", detection_limit=25, actor=acting_user(patient)
        )


def test_a_delegate_or_a_pharmacist_cannot_make_a_test_verified_by_signing() -> None:
    patient = ana().patient
    for user in (a_delegate(patient.prescriber), the_store().user):
        with nothing_recorded(), pytest.raises(NotAllowed):
            testing.record_pregnancy_test(
                patient_id=patient.pk,
                result="neg",
                detection_limit=25,
                actor=user,
                signature=sign(user, Role.PRESCRIBER),
            )


def test_another_prescriber_neither_verifies_nor_clears() -> None:
    patient = ana().patient
    waiting = a_test(patient, verified=False)
    hold = a_hold(patient)
    other = a_prescriber("Dr. Other Person").user
    assert other is not None
    signature = sign(other, Role.PRESCRIBER)
    with nothing_recorded(), pytest.raises(NotAllowed):
        testing.verify_pregnancy_test(test_id=waiting.pk, actor=other, signature=signature)
    with nothing_recorded(), pytest.raises(NotAllowed):
        changes.clear_hold(hold_id=hold.pk, reason="Fine.", actor=other, signature=signature)


def test_nobody_signs_for_somebody_else() -> None:
    patient = ana().patient
    doctor, pharmacist = prescriber_user(patient), the_store().user
    with nothing_recorded(), pytest.raises(SignatureRefused):
        testing.record_pregnancy_test(
            patient_id=patient.pk,
            result="neg",
            detection_limit=25,
            actor=doctor,
            signature=sign(pharmacist, Role.PRESCRIBER),
        )


def test_a_signature_needs_a_fresh_password_and_the_printed_name() -> None:
    patient = ana().patient
    doctor = prescriber_user(patient)
    for signature in (
        sign(doctor, Role.PRESCRIBER, age=timedelta(seconds=301)),
        sign(doctor, Role.PRESCRIBER, age=timedelta(seconds=-1)),
    ):
        with nothing_recorded(), pytest.raises(SignatureRefused):
            testing.record_pregnancy_test(
                patient_id=patient.pk,
                result="neg",
                detection_limit=25,
                actor=doctor,
                signature=signature,
            )


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        ({"result": "maybe"}, "result"),
        ({"detection_limit": 0}, "detection_limit"),
        ({"detection_limit": 10_001}, "detection_limit"),
        ({"collected_at": datetime(2999, 1, 1, tzinfo=UTC)}, "collected_at"),
        ({"collected_at": datetime(2026, 1, 1)}, "collected_at"),  # noqa: DTZ001
        ({"collected_at": datetime(1776, 7, 4, tzinfo=UTC)}, "collected_at"),
    ],
)
def test_a_senseless_entry_is_refused_beside_its_field(
    entry: dict[str, object], field: str
) -> None:
    patient = ana().patient
    good: dict[str, object] = {"result": "neg", "detection_limit": 25, "collected_at": None}
    with nothing_recorded(), pytest.raises(EntryRefused) as refusal:
        testing.record_pregnancy_test(
            patient_id=patient.pk,
            actor=the_store().user,
            **{**good, **entry},  # type: ignore[arg-type]
        )
    assert refusal.value.field == field


def test_an_unverified_and_a_dull_test_refuse_until_verified_or_repeated() -> None:
    cleared = ana()
    waiting = a_test(cleared.patient, ago(hours=2), verified=False)
    assert denying(cleared.patient, cleared.prescription) == ("R26",)
    assert list(unverified_tests(cleared.patient.pk)) == [waiting]
    doctor = prescriber_user(cleared.patient)
    testing.verify_pregnancy_test(
        test_id=waiting.pk, actor=doctor, signature=sign(doctor, Role.PRESCRIBER)
    )
    assert denying(cleared.patient, cleared.prescription) == ()


def test_late_entry_keeps_both_times() -> None:
    patient = a_patient("FRP_ADULT", "Ana Ruiz")
    a_test(patient, ago(days=7))
    test = PregnancyTest.objects.get(patient=patient)
    assert test.recorded_at - test.occurred_at >= timedelta(days=7)


def test_a_reaction_refuses_until_the_prescriber_corrects_the_record() -> None:
    from rems.services.corrections import correct_evidence

    cleared = carl()
    reaction = exposure.record_hypersensitivity(
        patient_id=cleared.patient.pk, description="Anaphylaxis", actor=the_store().user
    )
    assert denying(cleared.patient, cleared.prescription) == ("R52",)
    doctor = prescriber_user(cleared.patient)
    correct_evidence(
        row=reaction,
        replacement=None,
        reason="It was another drug.",
        actor=doctor,
        signature=sign(doctor, Role.PRESCRIBER),
    )
    assert denying(cleared.patient, cleared.prescription) == ()


def test_a_dull_test_refuses_until_it_is_repeated_and_taken_off_the_record() -> None:
    from rems.services.corrections import correct_evidence

    cleared = ana()
    dull = a_test(cleared.patient, ago(minutes=40), detection_limit=100)
    assert denying(cleared.patient, cleared.prescription) == ("R22",)
    a_test(cleared.patient, ago(minutes=20))
    doctor = prescriber_user(cleared.patient)
    correct_evidence(
        row=dull,
        replacement=None,
        reason="Not sensitive enough; repeated.",
        actor=doctor,
        signature=sign(doctor, Role.PRESCRIBER),
    )
    assert denying(cleared.patient, cleared.prescription) == ()


@pytest.mark.parametrize(("days", "hours", "rule"), [(9, 3, "R20"), (12, 27, "R21")])
def test_a_missing_starting_test_refuses_until_both_are_in_time(
    days: int, hours: int, rule: str
) -> None:
    patient = a_patient("FRP_ADULT", "Ana Ruiz")
    a_test(patient, ago(days=days))
    a_test(patient, ago(hours=hours))
    early = a_prescription(patient)
    authorize(early)
    assert rule in denying(patient, early, core.Gate.CHECKOUT)
    right = clear_for(patient)
    assert denying(patient, right.prescription) == ()
