"""No refusal without a cure: for each rule the refusal, and the act that cures it, through the real
services and the database. What only an order meets (R16, R47, R48) is in tests/orders/test_cures.py.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from accounts.roles import Role
from rems import core
from rems.models import (
    Credential,
    ExposureReport,
    Hold,
    Hypersensitivity,
    Patient,
    PregnancyTest,
    Prescription,
    StateLicence,
)
from rems.services import (
    changes,
    corrections,
    credentials,
    enrolling,
    exposure,
    prescribing,
    registration,
    testing,
)
from tests import builders as b
from tests.cast import ana, beth, carl, ella, pat
from tests.database import VirtualClock
from tests.rems.asking import denying

pytestmark = pytest.mark.django_db(transaction=True)
CHECKOUT, APPROVE, DISPENSE = core.Gate.CHECKOUT, core.Gate.APPROVE, core.Gate.DISPENSE


@dataclass
class Asked:
    """A patient and the prescription that the rules are asked about; a cure may replace it."""

    patient: Patient
    prescription: Prescription
    gate: core.Gate = DISPENSE

    def denying(self) -> tuple[str, ...]:
        return denying(self.patient, self.prescription, self.gate)

    def new_prescription(self, authorized: bool = True, told: bool = True, **more: Any) -> None:
        """Another prescription, written now, with all that a fill wants unless left out."""
        self.prescription = b.a_prescription(self.patient, written_at=b.now(), **more)
        if authorized:
            b.authorize(self.prescription, issued_at=b.now())
        if told:
            b.counsel(self.prescription)
            b.confirm(self.prescription)


def asked(cleared: b.Cleared, gate: core.Gate = DISPENSE) -> Asked:
    return Asked(cleared.patient, cleared.prescription, gate)


def by_pat() -> dict[str, Any]:
    return {"actor": pat().user, "signature": b.sign(pat().user, Role.PHARMACIST)}


def by_prescriber(patient: Patient) -> dict[str, Any]:
    user = b.prescriber_user(patient)
    return {"actor": user, "signature": b.sign(user, Role.PRESCRIBER)}


def entered_in_error(row: Any, replacement: Any = None) -> None:
    corrections.correct_evidence(
        row=row, replacement=replacement, reason="A slip.", **by_prescriber(row.patient)
    )


# Credentials: revoked, then recorded anew ---------------------------------------------------------

CREDENTIALS: dict[str, tuple[Callable[[Asked], Credential], Callable[[Asked], None]]] = {
    "R01": (
        lambda one: one.patient.prescriber.certifications.get(),
        lambda one: b.certify(one.patient.prescriber),
    ),
    "R02": (
        lambda one: b.the_store().pharmacy.certifications.get(),
        lambda one: b.certify_pharmacy(b.the_store().pharmacy),
    ),
    "R53": (
        lambda one: StateLicence.objects.get(),
        lambda one: _licence(),
    ),
    "R05": (lambda one: pat().trainings.get(), lambda one: b.train(pat())),
}


def _licence() -> None:
    credentials.record_state_licence(
        pharmacy_id=b.the_store().pharmacy.pk, state="NY", proof="Renewed", **by_pat()
    )


def test_a_lost_credential_refuses_until_it_is_recorded_anew() -> None:
    one = asked(carl())
    for rule, (credential, renew) in CREDENTIALS.items():
        credentials.revoke_credential(credential=credential(one), reason="Lapsed.", **by_pat())
        assert one.denying() == (rule,)
        renew(one)
        assert one.denying() == ()


# What a person reports or records, and what takes it away ----------------------------------------


def test_r52_a_severe_reaction_refuses_until_the_prescriber_says_it_was_an_error() -> None:
    one = asked(carl())
    exposure.record_hypersensitivity(
        patient_id=one.patient.pk, description="Angioedema", actor=pat().user
    )
    assert one.denying() == ("R52",)
    entered_in_error(Hypersensitivity.objects.get())
    assert one.denying() == ()


def test_r51_a_suspected_exposure_refuses_until_a_pharmacist_reported_it() -> None:
    one = asked(carl())
    changes.report_change(
        patient_id=one.patient.pk, change="partner_pregnancy", actor=b.acting_user(one.patient)
    )
    assert one.denying() == ("R51",)
    exposure.file_exposure_report(
        report_id=ExposureReport.objects.get().pk,
        case_number="REMS-1",
        medwatch_reference="MW-1",
        actor=pat().user,
    )
    assert one.denying() == ()


def test_r23_and_r25_stop_ana_until_a_negative_test_and_the_prescriber() -> None:
    one = asked(ana())
    b.a_positive_test(one.patient)
    assert one.denying() == ("R23",)
    _cleared_after_a_test(one.patient)
    assert one.denying() == ()
    for change in ("missed_period", "abnormal_bleeding", "contraception_stopped"):
        b.a_hold(one.patient, change)
        assert one.denying() == ("R25",)
        _cleared_after_a_test(one.patient)
        assert one.denying() == ()


def _cleared_after_a_test(patient: Patient) -> None:
    b.a_test(patient)
    b.clear(Hold.objects.order_by("-recorded_at")[0])


def test_r22_and_r26_a_dull_and_an_unverified_test_are_cured_by_the_prescriber() -> None:
    one = asked(ana())
    dull = b.a_test(one.patient, detection_limit=100)
    assert one.denying() == ("R22",)
    right = PregnancyTest.objects.get(pk=dull.pk)
    right.detection_limit = 25
    entered_in_error(dull, right)
    assert one.denying() == ()
    faxed = b.a_test(one.patient, verified=False)
    assert one.denying() == ("R26",)
    testing.verify_pregnancy_test(test_id=faxed.pk, **by_prescriber(one.patient))
    assert one.denying() == ()


# The enrolment -----------------------------------------------------------------------------------


def test_r03_a_patient_without_a_form_signs_one_and_gets_a_new_prescription() -> None:
    patient = b.a_patient("MALE_ADULT", "Hal Own", enrolled=False)
    cleared = b.clear_for(patient)
    one = asked(cleared)
    assert one.denying() == ("R03",)
    b.enroll(patient)
    assert one.denying() == ("R03",), "signed after the prescription was written"
    one.new_prescription()
    assert one.denying() == ()


def test_r06_a_prescription_for_another_category_is_written_again() -> None:
    one = asked(carl())
    one.new_prescription(category="FNRP_ADULT")
    assert one.denying() == ("R06",)
    one.new_prescription()
    assert one.denying() == ()


def test_r07_a_category_review_ends_with_the_prescriber_s_word() -> None:
    one = asked(ella())
    b.a_hold(one.patient, "first_period")
    assert one.denying() == ("R07",)
    b.clear(Hold.objects.get())
    assert one.denying() == ()


def test_r08_a_proof_that_does_not_qualify_is_followed_by_one_that_does() -> None:
    one = asked(beth())
    b.prove(one.patient, "tubal_ligation")
    assert one.denying() == ("R08",)
    b.prove(one.patient, "hysterectomy")
    assert one.denying() == ()


def test_r04_a_year_without_treatment_wants_a_new_form(clock: VirtualClock) -> None:
    one = asked(carl(), CHECKOUT)
    enrolling.discontinue_treatment(
        patient_id=one.patient.pk, reason="Side effects.", actor=b.prescriber_user(one.patient)
    )
    clock.shift(timedelta(days=367))
    one.new_prescription(told=False)
    assert one.denying() == ("R03", "R04")
    b.enroll(one.patient)
    one.new_prescription(told=False)
    assert one.denying() == ()


# The prescription and its number -----------------------------------------------------------------

WRONGLY_WRITTEN: dict[str, dict[str, Any]] = {
    "R10": {"days_supply": 29, "quantity": 21},
    "R11": {"refills_authorized": 1},
    "R46": {"days_supply": 20, "quantity": 21},
    "R13": {"authorized": False},
}


def test_a_wrong_prescription_is_cured_by_a_right_one() -> None:
    one = asked(carl())
    for rule, wrong in WRONGLY_WRITTEN.items():
        one.new_prescription(**wrong)
        assert one.denying() == (rule,)
        one.new_prescription()
        assert one.denying() == ()


def test_r12_a_telephoned_prescription_is_cured_by_a_written_one() -> None:
    one = asked(carl())
    tess = b.a_technician()
    one.prescription = _telephoned(one, tess)
    b.authorize(one.prescription, issued_at=b.now())
    b.counsel(one.prescription)
    b.confirm(one.prescription)
    assert one.denying() == ("R12",)
    one.new_prescription()
    assert one.denying() == ()


def _telephoned(one: Asked, checker: Any) -> Prescription:
    return prescribing.transcribe_prescription(
        patient_id=one.patient.pk,
        product_id=b.the_store().product.pk,
        channel="phone",
        sig="One daily",
        days_supply=28,
        quantity=21,
        category="MALE_ADULT",
        written_at=b.now(),
        checker=checker,
        check_signature=b.sign(checker, Role.TECHNICIAN),
        **by_pat(),
    )


def test_r15_an_authorization_of_more_than_thirty_days_is_cured_by_a_new_one(
    clock: VirtualClock,
) -> None:
    one = asked(carl(), CHECKOUT)
    clock.shift(timedelta(days=30))
    assert one.denying() == ("R15",)
    one.new_prescription(told=False)
    assert one.denying() == ()


# Starting, and going on --------------------------------------------------------------------------


def test_r20_a_start_without_its_first_test_is_begun_again_ten_days_later(
    clock: VirtualClock,
) -> None:
    patient = b.a_patient("FRP_ADULT", "Gina Vale")
    b.a_test(patient)
    one = Asked(patient, b.a_prescription(patient, written_at=b.now()))
    one.new_prescription()
    assert one.denying() == ("R20",)
    clock.shift(timedelta(days=10))
    b.a_test(patient)
    one.new_prescription()
    assert one.denying() == ()


def test_r21_a_start_without_its_second_test_is_cured_by_one_and_a_new_prescription() -> None:
    patient = b.a_patient("FRP_ADULT", "Gina Vale")
    b.a_test(patient, b.ago(days=12))
    b.a_test(patient, b.ago(days=2))
    one = Asked(patient, b.a_prescription(patient, written_at=b.now()))
    one.new_prescription()
    assert one.denying() == ("R21",)
    b.a_test(patient)
    one.new_prescription()
    assert one.denying() == ()


def test_r14_a_test_of_more_than_a_week_ago_is_cured_by_a_new_one_and_a_new_number(
    clock: VirtualClock,
) -> None:
    one = asked(ana(), CHECKOUT)
    b.an_outside_supply(one.patient, days_left=5)
    b.a_survey(one.patient)
    assert one.denying() == ()
    clock.shift(timedelta(days=7))
    assert one.denying() == ("R14",)
    b.a_test(one.patient)
    one.new_prescription(told=False)
    assert one.denying() == ()


def test_r30_an_overdue_survey_refuses_until_it_is_done() -> None:
    one = asked(carl())
    b.an_outside_supply(one.patient, days_left=2)
    assert one.denying() == ("R30",)
    b.a_survey(one.patient)
    assert one.denying() == ()


def test_r45_eight_days_left_are_too_many_until_a_day_has_passed(clock: VirtualClock) -> None:
    one = asked(carl(), APPROVE)
    b.an_outside_supply(one.patient, days_left=8)
    b.a_survey(one.patient)
    assert one.denying() == ("R45",)
    clock.shift(timedelta(days=1))
    assert one.denying() == ()


# At the counter ----------------------------------------------------------------------------------


def test_r40_r43_r44_are_cured_by_the_number_the_talk_and_the_guide() -> None:
    one = asked(carl())
    one.new_prescription(told=False)
    assert one.denying() == ("R43", "R44", "R40")
    b.confirm(one.prescription)
    assert one.denying() == ("R43", "R44")
    b.counsel(one.prescription, complete=False)
    assert one.denying() == ("R43",)
    b.counsel(one.prescription, with_guide=False)
    assert one.denying() == ("R44",)
    b.counsel(one.prescription)
    assert one.denying() == ()


def test_r41_and_r42_are_cured_by_a_confirmation_of_today(clock: VirtualClock) -> None:
    one = asked(ana())
    clock.shift(timedelta(hours=24, seconds=1))
    assert one.denying() == ("R41", "R42")
    b.confirm(one.prescription, number="C-NEW")
    assert one.denying() == ()


def test_r09_a_child_who_came_of_age_goes_on_as_an_adult(clock: VirtualClock) -> None:
    birthday = (b.now() + timedelta(days=10)).date()
    born_on = birthday.replace(year=birthday.year - 18, day=min(birthday.day, 28))
    patient = b.a_patient("MALE_CHILD", "Finn Gray", born_on=born_on)
    one = asked(b.clear_for(patient, "checkout"), CHECKOUT)
    clock.set(patient.accesses.get().ends_at)  # type: ignore[arg-type]
    assert one.denying() == ("R09",)
    login = b.a_user(Role.PATIENT, "Finn Gray")
    registration.grant_access(patient_id=patient.pk, user=login, relation="self", actor=pat().user)
    b.assign(patient, "MALE_ADULT", reason="Turned 18.")
    form = enrolling.start_agreement_form(
        patient_id=patient.pk, program_code=b.PROGRAM, actor=b.prescriber_user(patient)
    )
    for user, role in ((b.prescriber_user(patient), "prescriber"), (login, "patient")):
        enrolling.sign_agreement_form(
            form_id=form.pk, role=role, actor=user, signature=b.sign(user, role)
        )
    one.new_prescription(told=False)
    assert one.denying() == ()
