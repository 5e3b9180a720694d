"""Who is told how long before: the steps of each kind, as data. docs/reminders.md shows the table.

Of several steps that have passed, only the last one for the same person stands: after an outage
nobody gets the first reminder and the second together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from enum import StrEnum

from rems.core.schedule.obligation import Kind


class Audience(StrEnum):
    """Whom a step is for."""

    PATIENT = "patient"  # everybody who acts for the patient
    PRESCRIBER = "prescriber"  # who treats the patient
    HOLDER = "holder"  # whose certificate it is
    PHARMACISTS = "pharmacists"  # a task on their screen: a person looks, and calls


@dataclass(frozen=True, slots=True)
class Step:
    """One reminder of an obligation: `days` after the due day (before it, if negative) at
    `local_time`; or, where `after` is set, so long after the instant at which it falls due."""

    audience: Audience
    days: int = 0
    local_time: time = time(9)
    after: timedelta | None = None


_MINUTES = timedelta(minutes=1)
_HOURS = timedelta(hours=1)
_PATIENT, _PRESCRIBER = Audience.PATIENT, Audience.PRESCRIBER
_HOLDER, _PHARMACISTS = Audience.HOLDER, Audience.PHARMACISTS

STEPS: Mapping[Kind, tuple[Step, ...]] = {
    # Two days: a laboratory visit has to be arranged, and the result has to be signed.
    Kind.PREGNANCY_TEST_DUE: (Step(_PATIENT, -2), Step(_PATIENT, 0), Step(_PATIENT, 1)),
    Kind.TEST_OVERDUE: (Step(_PRESCRIBER, 1), Step(_PHARMACISTS, 2)),
    Kind.BLOOD_COUNT_DUE: (Step(_PATIENT, -2),),
    Kind.TREATMENT_START: (Step(_PATIENT, 0),),
    Kind.TREATMENT_DAYS: (Step(_PATIENT, -1),),
    Kind.SURVEY_DUE: (Step(_PATIENT, -3), Step(_PATIENT, 1), Step(_PHARMACISTS, 4)),
    Kind.AUTHORIZATION_LAPSING: (Step(_PATIENT, -2), Step(_PATIENT, -1)),
    Kind.REFILL_WINDOW: (Step(_PATIENT, 0), Step(_PATIENT, 4)),
    Kind.PRECAUTIONS: (Step(_PATIENT, -28), Step(_PATIENT, -14), Step(_PATIENT, 0)),
    Kind.PRECAUTIONS_IN_FORCE: (Step(_PATIENT, 0),),
    Kind.AGREEMENT_LAPSING: (Step(_PATIENT, -30), Step(_PATIENT, -7)),
    Kind.ORDER_WAITING: (
        Step(_PHARMACISTS, after=24 * _HOURS),
        Step(_PHARMACISTS, after=72 * _HOURS),
    ),
    Kind.CONFIRMATION_LAPSING: (
        Step(_PHARMACISTS, after=-4 * _HOURS),
        Step(_PHARMACISTS, after=-1 * _HOURS),
    ),
    Kind.CREDENTIAL_EXPIRING: (
        Step(_HOLDER, -30),
        Step(_HOLDER, -7),
        Step(_PHARMACISTS, -30),
        Step(_PHARMACISTS, -7),
    ),
    # The first one at once: the report is due on the same business day.
    Kind.EXPOSURE_REPORT_OPEN: (
        Step(_PHARMACISTS),
        Step(_PHARMACISTS, after=-2 * _HOURS),
        Step(_PHARMACISTS, after=_MINUTES),
    ),
    Kind.LOT_EXPIRING: (Step(_PHARMACISTS, -30), Step(_PHARMACISTS, 1)),
    Kind.REMINDER_FAILED: (Step(_PHARMACISTS),),
}

# What the recipient may switch off. Everything else keeps somebody safe, or the next fill in time.
ADVISORY = frozenset(
    {Kind.BLOOD_COUNT_DUE, Kind.TREATMENT_START, Kind.TREATMENT_DAYS, Kind.AGREEMENT_LAPSING}
)


def numbers_for(kind: Kind, audience: Audience) -> frozenset[int]:
    """The numbers, counted from 1, of the steps of this kind for this audience."""
    steps = enumerate(STEPS[kind], start=1)
    return frozenset(number for number, step in steps if step.audience is audience)
