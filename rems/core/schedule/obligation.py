"""Something that somebody has to do or to know by a certain day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Kind(StrEnum):
    """What falls due. The words stand in rows and texts: never changed, only added to."""

    PREGNANCY_TEST_DUE = "pregnancy_test_due"
    BLOOD_COUNT_DUE = "blood_count_due"
    TREATMENT_START = "treatment_start"
    TREATMENT_DAYS = "treatment_days"
    SURVEY_DUE = "survey_due"
    AUTHORIZATION_LAPSING = "authorization_lapsing"
    REFILL_WINDOW = "refill_window"
    PRECAUTIONS = "precautions"
    PRECAUTIONS_IN_FORCE = "precautions_in_force"
    AGREEMENT_LAPSING = "agreement_lapsing"
    ORDER_WAITING = "order_waiting"
    CONFIRMATION_LAPSING = "confirmation_lapsing"
    TEST_OVERDUE = "test_overdue"
    CREDENTIAL_EXPIRING = "credential_expiring"
    EXPOSURE_REPORT_OPEN = "exposure_report_open"
    LOT_EXPIRING = "lot_expiring"
    REMINDER_FAILED = "reminder_failed"


@dataclass(frozen=True, slots=True)
class Obligation:
    """One thing that falls due, for one subject.

    `due_on` is the pharmacy's local date. `due_at` is the instant, where one counts. `at_once`:
    there is nothing to wait for. After `until` nobody need be told any more. `about` is the key of
    an order or the like, where the subject is not the one whose obligations were asked for.
    """

    program_code: str | None
    kind: Kind
    due_on: date
    at_once: bool = False
    due_at: datetime | None = None
    until: datetime | None = None
    about: str | None = None

    def is_open(self, at: datetime) -> bool:
        """Whether telling of it at this instant still makes sense."""
        return self.until is None or at <= self.until
