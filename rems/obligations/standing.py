"""Whose obligations they are, and how each person who is told is reached."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from rems import core
from rems.models import Reminder
from rems.models.contact import QUIET_FROM, QUIET_UNTIL

Row = dict[str, Any]

# How a user is reached, as JSON: the row of accounts_user is `u`, its preference `k` or absent.
CONTACT = """jsonb_build_object('user', u.id, 'email_on', k.email_on, 'sms_on', k.sms_on,
  'advisory_on', k.advisory_on, 'time_zone', k.time_zone,
  'quiet_from', k.quiet_from, 'quiet_until', k.quiet_until)"""


@dataclass(frozen=True, slots=True)
class Contact:
    """One user who is told, by which channels, on whose wall clock. `until`: the end of their
    right to act for the patient."""

    user_id: UUID
    channels: tuple[str, ...]
    zone: ZoneInfo
    quiet: core.Quiet
    is_advised: bool = True
    until: datetime | None = None

    def is_told(self, obligation: core.Obligation) -> bool:
        """Whether they want to hear of it; what keeps somebody safe they hear in any case."""
        return self.is_advised or obligation.kind not in core.ADVISORY

    def may_act(self, at: datetime) -> bool:
        """Whether they act for the patient at that time."""
        return self.until is None or at < self.until


@dataclass(frozen=True, slots=True)
class Standing:
    """What one subject's facts ask for, and who is told. `zone` is the pharmacy's wall clock;
    `patient_id` is None for a subject that is no patient."""

    zone: ZoneInfo
    obligations: tuple[core.Obligation, ...]
    patient_id: UUID | None = None
    contacts: Mapping[core.Audience, tuple[Contact, ...]] = field(default_factory=dict)


def contact_from(row: Row, zone: ZoneInfo) -> Contact:
    """The contact that CONTACT describes; `zone` where the user named none."""
    on = {Reminder.Channel.EMAIL: row["email_on"] is not False, Reminder.Channel.SMS: row["sms_on"]}
    return Contact(
        user_id=UUID(row["user"]),
        channels=tuple(channel.value for channel, is_on in on.items() if is_on),
        zone=_zone(row["time_zone"], zone),
        quiet=core.Quiet(
            _hour(row["quiet_from"], QUIET_FROM), _hour(row["quiet_until"], QUIET_UNTIL)
        ),
        is_advised=row["advisory_on"] is not False,
        until=time_or_none(row.get("until")),
    )


def time_or_none(value: str | None) -> datetime | None:
    """An instant as the statements tell it."""
    return None if value is None else datetime.fromisoformat(value)


def _hour(text: str | None, otherwise: time) -> time:
    return otherwise if text is None else time.fromisoformat(text)


def _zone(name: str | None, otherwise: ZoneInfo) -> ZoneInfo:
    """A name that is not known is as good as none: somebody has to be told."""
    try:
        return core.zone_named(name) if name else otherwise
    except ValueError:
        return otherwise
