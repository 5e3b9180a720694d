"""Pregnancy tests and their verification (rules R20 to R26)."""

from datetime import datetime
from uuid import UUID

from accounts.models import User
from accounts.roles import Role
from rems import core
from rems.errors import EntryRefused, NotAllowed
from rems.models import ExposureReport, Hold, Patient, PregnancyTest, Supply, TestVerification
from rems.selectors import current, of_patient, open_exposure_reports
from rems.services.authority import (
    as_it_stands,
    is_on_care_team,
    patient_for_update,
    require_signature,
    require_treating_prescriber,
    treats,
)
from rems.services.exposure import report_exposure
from rems.services.recording import Recorder, recording
from rems.signatures import Signature

MOST_SENSIBLE_LIMIT = 10_000  # mIU/mL; beyond any test on the market, so a slip of the finger


def record_pregnancy_test(
    *,
    patient_id: UUID,
    result: str,
    detection_limit: int,
    actor: User,
    collected_at: datetime | None = None,
    laboratory: str = "",
    signature: Signature | None = None,
) -> PregnancyTest:
    """Record a result; `detection_limit` is in mIU/mL.

    Signed by the treating prescriber it is verified; typed by anybody else it waits for that
    (R26). A result that is not negative opens a hold at once and, if the patient ever had
    capsules, an exposure report.
    """
    row = PregnancyTest(
        patient_id=patient_id,
        result=result,
        detection_limit=detection_limit,
        laboratory=laboratory.strip(),
        recorded_by=actor,
    )
    refuse_unknown_test(row)
    with recording("patient", patient_id) as recorder:
        patient = patient_for_update(patient_id)
        _require_enterer(actor, patient, recorder.at, signature)
        row.occurred_at = recorder.moment(collected_at, "collected_at")
        return add_test(recorder, row, signature)


def verify_pregnancy_test(
    *, test_id: UUID, actor: User, signature: Signature, verified_at: datetime | None = None
) -> TestVerification:
    """The treating prescriber verifies a result that somebody else typed, signed."""
    test = PregnancyTest.objects.get(pk=test_id)
    with recording("patient", test.patient_id) as recorder:
        prescriber = require_treating_prescriber(actor, patient_for_update(test.patient_id))
        require_signature(signature, actor, Role.PRESCRIBER)
        if not current(PregnancyTest).filter(pk=test.pk).exists():
            raise EntryRefused("test_id", "This result was corrected. Verify the corrected one.")
        return recorder.add(
            TestVerification(
                patient_id=test.patient_id,
                test=test,
                prescriber=prescriber,
                occurred_at=recorder.moment(verified_at, "verified_at"),
                recorded_by=actor,
            ),
            signature,
        )


def add_test(recorder: Recorder, row: PregnancyTest, signature: Signature | None) -> PregnancyTest:
    """Write the test and what follows from it, under the patient's lock."""
    test = recorder.add(row, signature)
    if test.result != core.TestResult.NEGATIVE:
        recorder.add(_hold_for(test))
    if test.result == core.TestResult.POSITIVE and _was_exposed(test):
        report_exposure(
            recorder,
            kind="pregnancy",
            note="A pregnancy test was positive.",
            actor=test.recorded_by,
            occurred_at=test.occurred_at,
        )
    return test


def refuse_unknown_test(row: PregnancyTest) -> None:
    """Raise EntryRefused for a result or a limit that means nothing."""
    if row.result not in set(core.TestResult):
        raise EntryRefused("result", "Choose negative, positive or unclear.")
    if not 0 < row.detection_limit <= MOST_SENSIBLE_LIMIT:
        raise EntryRefused("detection_limit", "Give the test's detection limit in mIU/mL.")


def _require_enterer(
    actor: User, patient: Patient, at: datetime, signature: Signature | None
) -> None:
    now = as_it_stands(actor)
    if not is_on_care_team(now, patient, at):
        raise NotAllowed("Only the patient's prescriber or the pharmacy can record a test.")
    if signature is None:
        return
    # A signed test counts as verified: nobody but the prescriber may sign one.
    if not treats(now, patient):
        raise NotAllowed("Only the prescriber who treats this patient can sign a result.")
    require_signature(signature, actor, Role.PRESCRIBER)


def _hold_for(test: PregnancyTest) -> Hold:
    """Opened as of the collection: a negative test taken after it can clear it (R23)."""
    return Hold(
        patient_id=test.patient_id,
        hold_type=core.HoldType.POSITIVE_TEST.value,
        note="Opened by a pregnancy test.",
        occurred_at=test.occurred_at,
        recorded_by=test.recorded_by,
    )


def _was_exposed(test: PregnancyTest) -> bool:
    """Whether the patient had capsules, and no report of the pregnancy is waiting already."""
    waiting: list[ExposureReport] = list(
        open_exposure_reports(test.patient_id).filter(kind="pregnancy")
    )
    return not waiting and of_patient(Supply, test.patient_id).exists()
