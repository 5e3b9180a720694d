"""From the rows of a patient's supplies to what the rules ask about them (R04, R20, R21, R30, R45).

The rules know one previous supply (rule sheet, section 16); a patient may hold several at once.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from rems import core

Row = dict[str, Any]


class SuppliesInHand:
    """The supplies that reached a patient, or may have: not this fill's, not the unreleased."""

    def __init__(
        self, rows: list[Row], own_order_id: UUID | None, zone: ZoneInfo, at: datetime
    ) -> None:
        own = None if own_order_id is None else str(own_order_id)
        self._rows = [
            row
            for row in rows
            if row["end"] != "not_released" and (own is None or row["order_id"] != own)
        ]
        self._arrived = [row for row in self._rows if not _never_arrived(row)]
        self._zone, self._at = zone, at

    def stopped_at(self, stops: list[str], most_days_left: int) -> datetime | None:
        """When treatment stopped: the first stop after which no capsules were given, or the start of
        the local day on which the last ran out, if that was sooner (docs/adr/0011).

        Capsules end a stop; a restart without them, and another stop, do not.
        """
        given = [_time(row["at"]) for row in self._arrived]
        still = [at for at in map(_time, stops) if not any(later > at for later in given)]
        if given:
            held = self._in_hand(self._soonest_start, most_days_left)
            ends = [core.start_of_day(held[1], self._zone)] if held else []
            still.append(max([*given, *ends]))
        return min((at for at in still if at <= self._at), default=None)

    def is_first(
        self, category: core.RiskCategory | None, stopped_at: datetime | None, restart_months: int
    ) -> bool:
        """No supply on record, or none since a stop of the program's restart period.

        A parcel that was lost on its way is on record; but it started nothing: where a start wants
        two tests (R20, R21) it does not count.
        """
        counted = self._arrived if category is not None and category.is_frp else self._rows
        if not counted:
            return True
        if stopped_at is None:
            return False
        return self._at >= core.months_later(stopped_at, restart_months, self._zone)

    @property
    def last_dispensed_at(self) -> datetime | None:
        """When capsules were last given."""
        return max((_time(row["at"]) for row in self._rows), default=None)

    @property
    def therapy_started_on(self) -> date | None:
        """The first recorded dose."""
        doses = [date.fromisoformat(row["first_dose"]) for row in self._rows if row["first_dose"]]
        return min(doses, default=None)

    def previous(self, most_days_left: int) -> core.PreviousSupply | None:
        """What is in the patient's hands, as one supply; none when all was lost or returned.

        Each supply lasts from its own start. But one that began while more than `most_days_left`
        of another were left (one from elsewhere, say) comes on top of it.
        """
        held = self._in_hand(self._start, most_days_left)
        if held is None:
            return None
        start, end = held
        return core.PreviousSupply(
            dispensed_at=max(_time(row["at"]) for row in self._rows if row["end"] is None),
            first_dose_on=start,
            days_supply=(end - start).days,
        )

    def _in_hand(
        self, start_of: Callable[[Row], date], most_days_left: int
    ) -> tuple[date, date] | None:
        """When the last of what was neither lost nor returned began, and the day on which all is gone."""
        kept = [row for row in self._rows if row["end"] is None]
        if not kept:
            return None
        start = end = date.min
        for start, days in sorted((start_of(row), row["days"]) for row in kept):
            left = (end - start).days
            own_end = start + timedelta(days=days)
            end = end + timedelta(days=days) if left > most_days_left else max(end, own_end)
        return start, end

    def _soonest_start(self, row: Row) -> date:
        """The first day on which they can have been taken: that a dose is told of, or not, a year later
        makes no pause a treatment."""
        came = core.local_date(_time(row["delivered_at"] or row["at"]), self._zone)
        told = row["first_dose"]
        return min(came, date.fromisoformat(told)) if told else came

    def _start(self, row: Row) -> date:
        """The recorded first dose, else the local day of delivery; today while neither is known."""
        if row["first_dose"] is not None:
            return date.fromisoformat(row["first_dose"])
        if row["delivered_at"] is not None:
            return core.local_date(_time(row["delivered_at"]), self._zone)
        return core.local_date(self._at, self._zone)


def _never_arrived(row: Row) -> bool:
    """A parcel that was sent back had arrived where a first dose is on record. One that was lost had
    not, whatever was clicked: the pharmacist signed the loss."""
    is_parcel = row["order_id"] is not None
    was_seen = row["delivered_at"] is not None
    was_used = row["end"] == "returned" and row["first_dose"] is not None
    return is_parcel and row["end"] in {"lost", "returned"} and not (was_seen or was_used)


def _time(value: str) -> datetime:
    return datetime.fromisoformat(value)
