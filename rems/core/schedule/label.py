"""Figures of the label that reminders lean on and no gate does, with where they were read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import takewhile

from rems.core.programs import Limit
from rems.core.vocabulary import Confidence, Indication

_C = Confidence.READ_IN_SOURCE

LABEL_FIGURES: tuple[Limit, ...] = (
    Limit("precautions_before_first_dose", 28, "days", "S13, S34: rule sheet 6.1", _C),
    Limit("precautions_after_last_dose", 28, "days", "S13, S34: rule sheet 6.1, 6.7, 6.9", _C),
    Limit("cycle", 28, "days", "S15: days 1 to 21 of 28, rule sheet 8.6", _C),
    Limit("myeloma_count_interval", 7, "days", "S13, S27: rule sheet 8.20", _C),
    Limit("myeloma_count_weeks", 8, "weeks", "S13, S27: rule sheet 8.20", _C),
    Limit("kaposi_count_interval", 14, "days", "S19: rule sheet 8.20", _C),
    Limit("kaposi_count_weeks", 12, "weeks", "S19: rule sheet 8.20", _C),
    Limit("later_count_interval", 28, "days", "S13, S19: monthly; read as once a cycle", _C),
)

_VALUE = {figure.key: figure.value for figure in LABEL_FIGURES}

PRECAUTIONS_BEFORE = timedelta(days=_VALUE["precautions_before_first_dose"])
PRECAUTIONS = timedelta(days=_VALUE["precautions_after_last_dose"])
CYCLE = timedelta(days=_VALUE["cycle"])
_LATER = _VALUE["later_count_interval"]
# Days between two blood counts, and up to which day of treatment; then once a cycle.
_MYELOMA = ((_VALUE["myeloma_count_interval"], _VALUE["myeloma_count_weeks"] * 7),)
_KAPOSI = ((_VALUE["kaposi_count_interval"], _VALUE["kaposi_count_weeks"] * 7),)
_PHASES = {
    Indication.MULTIPLE_MYELOMA: _MYELOMA,
    Indication.KAPOSI_SARCOMA: _KAPOSI,
    # Not on record: never later than either of the two would ask.
    None: (*_MYELOMA, *_KAPOSI),
}


def count_days(indication: Indication | None) -> Iterator[timedelta]:
    """How long after the first dose each blood count is due, without end."""
    day = 0
    for interval, last_day in _PHASES[indication]:
        while day + interval <= last_day:
            day += interval
            yield timedelta(days=day)
    while True:
        day += _LATER
        yield timedelta(days=day)


def is_count_overdue(
    indication: Indication | None, started_on: date, counted_on: date, today: date
) -> bool:
    """Whether a blood count was due before `today` and none was taken since the one before was due.

    `counted_on` is the newest count. All are local days.
    """
    days = (started_on + after for after in count_days(indication))
    due = [started_on, *takewhile(lambda on: on < today, days)]
    return len(due) > 1 and counted_on <= due[-2]
