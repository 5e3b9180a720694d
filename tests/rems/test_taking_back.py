"""What is taken back or corrected opens no gate, and shuts none for ever."""

from datetime import timedelta

import pytest

from accounts.models import User
from accounts.roles import Role
from rems import core
from rems.errors import DomainError
from rems.models import CounselingRecord, FirstDose, PatientEvidence, Survey
from rems.selectors import open_holds
from rems.services import supplies
from rems.services.corrections import correct_evidence
from tests.builders import (
    PROGRAM,
    a_delegate,
    a_hold,
    a_prescription,
    a_survey,
    a_test,
    ago,
    an_outside_supply,
    authorize,
    clear,
    confirm,
    counsel,
    now,
    prescriber_user,
    sign,
    the_store,
)
from tests.cast import ana, beth, carl
from tests.rems.asking import denying, nothing_recorded

pytestmark = pytest.mark.django_db(transaction=True)


def correct(
    row: PatientEvidence,
    actor: User,
    replacement: PatientEvidence | None = None,
    role: Role | None = None,
) -> None:
    signature = sign(actor, role) if role else None
    correct_evidence(
        row=row, replacement=replacement, reason="Wrong.", actor=actor, signature=signature
    )


def test_a_delegate_does_not_freshen_carls_survey() -> None:
    cleared = carl()
    a_survey(cleared.patient, ago(days=40))
    an_outside_supply(cleared.patient, days_left=5)
    newer = Survey(category="MALE_ADULT", answers={}, occurred_at=ago(minutes=1))
    with nothing_recorded(), pytest.raises(DomainError, match="record it again"):
        correct(Survey.objects.get(), a_delegate(cleared.patient.prescriber), newer)
    assert denying(cleared.patient, cleared.prescription) == ("R30",)


def test_a_first_dose_is_not_moved_to_before_the_capsules_were_dispensed() -> None:
    cleared = carl()
    supply = an_outside_supply(cleared.patient, days_left=20)
    a_survey(cleared.patient)
    long_ago = supply.occurred_at.date() - timedelta(days=40)
    with nothing_recorded(), pytest.raises(DomainError, match="record it again"):
        correct(
            FirstDose.objects.get(),
            a_delegate(cleared.patient.prescriber),
            FirstDose(started_on=long_ago),
        )
    assert denying(cleared.patient, cleared.prescription) == ("R45",)


def test_an_unfinished_checklist_is_not_corrected_into_a_complete_one() -> None:
    cleared = carl("checkout")
    row = counsel(cleared.prescription, complete=False)
    confirm(cleared.prescription)
    done = CounselingRecord(checklist_complete=True, medication_guide_id=row.medication_guide_id)
    with nothing_recorded(), pytest.raises(DomainError, match="record it again"):
        correct(row, the_store().user, done, Role.PHARMACIST)
    assert denying(cleared.patient, cleared.prescription) == ("R43",)


def test_a_first_dose_that_was_taken_back_is_recorded_again() -> None:
    cleared = carl()
    supply = an_outside_supply(cleared.patient, days_left=5)
    a_survey(cleared.patient)
    doctor = prescriber_user(cleared.patient)
    for _ in range(2):
        started_on = supplies_first_dose(supply.pk).started_on
        correct(supplies_first_dose(supply.pk), doctor)
        assert "R45" in denying(cleared.patient, cleared.prescription)
        supplies.record_first_dose(supply_id=supply.pk, started_on=started_on, actor=doctor)
        assert denying(cleared.patient, cleared.prescription) == ()


def supplies_first_dose(supply_id: object) -> FirstDose:
    rows = FirstDose.objects.filter(supply_id=supply_id, retracts=False)
    return rows.order_by("-id")[0]


def test_an_authorization_that_was_taken_back_is_recorded_again() -> None:
    cleared = carl()
    correct(cleared.authorization, prescriber_user(cleared.patient), role=Role.PRESCRIBER)
    assert "R13" in denying(cleared.patient, cleared.prescription)
    authorize(cleared.prescription, "A-RIGHT")
    assert denying(cleared.patient, cleared.prescription) == ()


def test_a_hold_opens_again_when_the_test_that_cleared_it_is_taken_back() -> None:
    cleared = ana()
    hold = a_hold(cleared.patient, reported_at=ago(minutes=50))
    test = a_test(cleared.patient, ago(minutes=40))
    clear(hold)
    correct(test, prescriber_user(cleared.patient), role=Role.PRESCRIBER)
    assert denying(cleared.patient, cleared.prescription) == ("R25",)
    assert list(open_holds(cleared.patient.pk)) == [hold]
    with nothing_recorded(), pytest.raises(DomainError, match="negative pregnancy test"):
        clear(hold)
    a_test(cleared.patient)
    clear(hold)
    assert denying(cleared.patient, cleared.prescription) == ()
    assert not open_holds(cleared.patient.pk).exists()


def test_a_review_of_beths_category_is_cleared_without_a_test_and_stays_cleared() -> None:
    cleared = beth()
    clear(a_hold(cleared.patient, "bleeding_after_menopause"))
    assert not open_holds(cleared.patient.pk).exists()


def test_a_dull_test_beside_the_one_that_cleared_a_hold_does_not_refuse_for_ever() -> None:
    patient = ana().patient
    hold = a_hold(patient, reported_at=ago(minutes=50))
    a_test(patient, ago(minutes=40))
    a_test(patient, ago(minutes=30), detection_limit=200)
    clear(hold)
    user = the_store().user
    supplies.record_outside_supply(
        patient_id=patient.pk,
        program_code=PROGRAM,
        days_supply=1,
        quantity=1,
        actor=user,
        signature=sign(user, Role.PHARMACIST),
    )
    a_test(patient)
    a_survey(patient)
    prescription = a_prescription(patient, written_at=now())
    authorize(prescription, issued_at=now())
    assert denying(patient, prescription, core.Gate.APPROVE) == ()
