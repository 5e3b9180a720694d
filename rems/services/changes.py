"""Something changed: holds and exposure reports open at once; the prescriber alone clears a hold."""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from accounts.models import User
from accounts.roles import Role
from rems import core
from rems.errors import DomainError, EntryRefused
from rems.loaders import program_version
from rems.models import (
    ExposureReport,
    Hold,
    HoldClearance,
    PregnancyTest,
    ProgramVersion,
)
from rems.selectors import (
    active_enrollment,
    current,
    of_patient,
    open_exposure_reports,
    open_holds,
    unverified_tests,
)
from rems.services.authority import (
    patient_for_update,
    require_anyone_concerned,
    require_signature,
    require_treating_prescriber,
)
from rems.services.exposure import report_exposure
from rems.services.recording import Recorder, recording
from rems.signatures import Signature

# A double click is one report, not two.
SAME_REPORT = timedelta(minutes=1)


class Change(StrEnum):
    """What patients, guardians and staff can report."""

    MISSED_PERIOD = "missed_period"
    ABNORMAL_BLEEDING = "abnormal_bleeding"
    CONTRACEPTION_STOPPED = "contraception_stopped"
    PREGNANCY_SUSPECTED = "pregnancy_suspected"
    BLEEDING_AFTER_MENOPAUSE = "bleeding_after_menopause"
    FIRST_PERIOD = "first_period"
    PREGNANCY = "pregnancy"
    PARTNER_PREGNANCY = "partner_pregnancy"
    SUSPECTED_EXPOSURE = "suspected_exposure"


HOLDS: dict[Change, core.HoldType] = {
    Change.MISSED_PERIOD: core.HoldType.MISSED_PERIOD,
    Change.ABNORMAL_BLEEDING: core.HoldType.ABNORMAL_BLEEDING,
    Change.CONTRACEPTION_STOPPED: core.HoldType.CONTRACEPTION_STOPPED,
    Change.PREGNANCY_SUSPECTED: core.HoldType.PREGNANCY_SUSPECTED,
    Change.BLEEDING_AFTER_MENOPAUSE: core.HoldType.CATEGORY_REVIEW,
    Change.FIRST_PERIOD: core.HoldType.CATEGORY_REVIEW,
    # Beyond the report: an unreported exposure stops the approval alone, a pregnancy everything.
    Change.PREGNANCY: core.HoldType.PREGNANCY_SUSPECTED,
}
REPORTS = frozenset({Change.PREGNANCY, Change.PARTNER_PREGNANCY, Change.SUSPECTED_EXPOSURE})


def report_change(
    *,
    patient_id: UUID,
    change: str,
    actor: User,
    note: str = "",
    reported_at: datetime | None = None,
) -> tuple[Hold | None, ExposureReport | None]:
    """Open the hold, the exposure report, or both, that the change calls for.

    `reported_at` is when it was reported. The same report within a minute is taken as one.
    """
    kind = _known(change)
    with recording("patient", patient_id) as recorder:
        require_anyone_concerned(actor, patient_for_update(patient_id), recorder.at)
        occurred_at = recorder.moment(reported_at, "reported_at")
        return open_for(kind, recorder, note=note, actor=actor, occurred_at=occurred_at)


def open_for(
    kind: Change, recorder: Recorder, *, note: str, actor: User, occurred_at: datetime
) -> tuple[Hold | None, ExposureReport | None]:
    """What the change calls for, inside the recording of whatever told of it."""
    hold = report = None
    if kind in HOLDS:
        hold = _open_hold(recorder, HOLDS[kind], note, actor, occurred_at)
    if kind in REPORTS:
        report = _open_report(recorder, kind, note, actor, occurred_at)
    return hold, report


def clear_hold(*, hold_id: UUID, reason: str, actor: User, signature: Signature) -> HoldClearance:
    """The treating prescriber, alone, clears a hold now, signed (decision D9).

    Raises DomainError, saying what is missing, when the hold wants a later negative test.
    """
    if not reason.strip():
        raise EntryRefused("reason", "Say why the hold can be cleared.")
    hold = Hold.objects.get(pk=hold_id)
    with recording("patient", hold.patient_id) as recorder:
        prescriber = require_treating_prescriber(actor, patient_for_update(hold.patient_id))
        require_signature(signature, actor, Role.PRESCRIBER)
        if not open_holds(hold.patient_id).filter(pk=hold.pk).exists():
            raise DomainError("This hold is not open any more.")
        if hold.hold_type != core.HoldType.CATEGORY_REVIEW:
            _require_negative_test_since(hold, recorder.at)
        before = current(HoldClearance).filter(hold=hold).first()
        return recorder.add(
            HoldClearance(
                patient_id=hold.patient_id,
                hold=hold,
                prescriber=prescriber,
                reason=reason.strip(),
                occurred_at=recorder.at,
                recorded_by=actor,
                supersedes=before,
                correction_reason="Its negative test was taken back." if before else "",
            ),
            signature,
        )


def missing_for_clearance(hold: Hold, at: datetime) -> str:
    """What is missing before the hold can be cleared, in a sentence; empty when nothing is."""
    since = of_patient(PregnancyTest, hold.patient_id).filter(occurred_at__gt=hold.occurred_at)
    negative = since.filter(result=core.TestResult.NEGATIVE.value)
    if not negative.exists():
        return "A negative pregnancy test taken after this hold began is missing."
    limit = _detection_limit(hold.patient_id, at)
    if not negative.filter(detection_limit__lte=limit).exists():
        return f"The later test is not sensitive enough: it has to detect {limit} mIU/mL or less."
    waiting = unverified_tests(hold.patient_id).values("pk")
    if not negative.filter(detection_limit__lte=limit).exclude(pk__in=waiting).exists():
        return "The later negative test is not verified yet. Verify it first."
    return ""


def _known(change: str) -> Change:
    try:
        return Change(change)
    except ValueError:
        raise EntryRefused("change", "Choose what changed.") from None


def _open_hold(
    recorder: Recorder, hold_type: core.HoldType, note: str, actor: User, occurred_at: datetime
) -> Hold:
    same = open_holds(recorder.subject_id).filter(
        hold_type=hold_type.value,
        recorded_by=actor,
        occurred_at__gte=occurred_at - SAME_REPORT,
        occurred_at__lte=occurred_at,
    )
    return same.first() or recorder.add(
        Hold(
            patient_id=recorder.subject_id,
            hold_type=hold_type.value,
            note=note.strip(),
            occurred_at=occurred_at,
            recorded_by=actor,
        )
    )


def _open_report(
    recorder: Recorder, kind: Change, note: str, actor: User, occurred_at: datetime
) -> ExposureReport:
    same = open_exposure_reports(recorder.subject_id).filter(
        kind=kind.value,
        recorded_by=actor,
        occurred_at__gte=occurred_at - SAME_REPORT,
        occurred_at__lte=occurred_at,
    )
    return same.first() or report_exposure(
        recorder, kind=kind.value, note=note.strip(), actor=actor, occurred_at=occurred_at
    )


def _require_negative_test_since(hold: Hold, at: datetime) -> None:
    missing = missing_for_clearance(hold, at)
    if missing:
        raise DomainError(missing)


def _detection_limit(patient_id: UUID, at: datetime) -> int:
    """The program's limit in mIU/mL; the strictest in force where the patient has no enrolment."""
    versions = ProgramVersion.objects.filter(in_force_from__lte=at).order_by("in_force_from")
    enrolled = active_enrollment(patient_id)
    if enrolled is not None:
        versions = versions.filter(program_id=enrolled.program_id)
    in_force = {row.program_id: row.pk for row in versions}
    if not in_force:
        raise DomainError("No rules are in force for this program.")
    return min(program_version(pk).terms.max_detection_limit for pk in in_force.values())
