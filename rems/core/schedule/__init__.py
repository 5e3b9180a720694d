"""What falls due when, who is told how long ahead, and at which hour. Pure; told, never asked by
a gate."""

from rems.core.schedule.course import Capsules, Course, OpenAuthorization, OpenOrder
from rems.core.schedule.falling_due import (
    MET_BY_AN_ORDER,
    exposure_report_due,
    obligations_of,
    obligations_of_orders,
)
from rems.core.schedule.house import credential_expiring, lot_expiring, reminder_failed
from rems.core.schedule.label import is_count_overdue
from rems.core.schedule.leads import ADVISORY, STEPS, Audience, Step, numbers_for
from rems.core.schedule.moments import NEVER_QUIET, Quiet, moment_of, sendable, steps_to_tell
from rems.core.schedule.obligation import Kind, Obligation
from rems.core.schedule.testing import TEST_AT_ONCE, NextTest, next_test_due

__all__ = [
    "ADVISORY",
    "MET_BY_AN_ORDER",
    "NEVER_QUIET",
    "STEPS",
    "TEST_AT_ONCE",
    "Audience",
    "Capsules",
    "Course",
    "Kind",
    "NextTest",
    "Obligation",
    "OpenAuthorization",
    "OpenOrder",
    "Quiet",
    "Step",
    "credential_expiring",
    "exposure_report_due",
    "is_count_overdue",
    "lot_expiring",
    "moment_of",
    "next_test_due",
    "numbers_for",
    "obligations_of",
    "obligations_of_orders",
    "reminder_failed",
    "sendable",
    "steps_to_tell",
]
