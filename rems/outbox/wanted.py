"""Which reminders should stand: every step of every obligation, for each person and channel."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from rems import core
from rems.models import Reminder
from rems.obligations import Contact, Standing

TASK = Reminder.Channel.TASK.value


@dataclass(frozen=True, slots=True)
class Key:
    """What a reminder says to whom; the constraint `rems_reminder_once` allows each key once."""

    subject_id: UUID
    program_code: str | None
    kind: str
    due_on: date
    step: int
    recipient_id: UUID | None
    channel: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """A reminder that should stand: not sent before `send_at`."""

    key: Key
    patient_id: UUID | None
    send_at: datetime


# What falls due, of whom and when; each of its reminders has the three in its key.
Thing = tuple[UUID, str, date]


def key_of(reminder: Reminder) -> Key:
    """The key of a row."""
    return Key(
        reminder.subject_id,
        reminder.program_id,
        reminder.kind,
        reminder.due_on,
        reminder.step,
        reminder.recipient_id,
        reminder.channel,
    )


def wanted_of(
    standings: Mapping[UUID, Standing], at: datetime, among: Collection[Thing] | None = None
) -> dict[Key, Wanted]:
    """Every reminder that these subjects' facts ask for at this instant; those of the things
    `among` which one asks, where that is given."""
    found: dict[Key, Wanted] = {}
    for subject_id, standing in standings.items():
        for obligation in standing.obligations:
            about = UUID(obligation.about) if obligation.about else subject_id
            if among is not None and (about, obligation.kind, obligation.due_on) not in among:
                continue
            for step, recipient_id, channel, send_at in _told(standing, obligation, at):
                key = _key(about, obligation, step, recipient_id, channel)
                one = Wanted(key, standing.patient_id, send_at)
                # Two things of one kind on one day are told once, when the first one is due.
                if key not in found or send_at < found[key].send_at:
                    found[key] = one
    return found


Told = tuple[int, UUID | None, str, datetime]


def _told(standing: Standing, obligation: core.Obligation, at: datetime) -> Iterator[Told]:
    """To each person by each of their channels. A step that would reach nobody is a task, as those
    for the pharmacists are: a person calls."""
    tasks: set[int] = set()
    for number, step in enumerate(core.STEPS[obligation.kind], start=1):
        reached = _reached(standing, step, obligation, at)
        for contact in reached:
            yield from _messages(contact, number, step.audience, obligation, at)
        if not reached and (
            step.audience is core.Audience.PHARMACISTS or obligation.kind not in core.ADVISORY
        ):
            tasks.add(number)
    for number, send_at in core.steps_to_tell(
        obligation, tasks, standing.zone, core.NEVER_QUIET, at
    ):
        yield number, None, TASK, send_at


def _reached(
    standing: Standing, step: core.Step, obligation: core.Obligation, at: datetime
) -> list[Contact]:
    """Those whom the step is for, and who still act for the patient when its time comes."""
    return [
        contact
        for contact in standing.contacts.get(step.audience, ())
        if contact.may_act(max(core.moment_of(step, obligation, contact.zone), at))
    ]


def _messages(
    contact: Contact,
    number: int,
    audience: core.Audience,
    obligation: core.Obligation,
    at: datetime,
) -> Iterator[Told]:
    if not contact.is_told(obligation):
        return
    numbers = core.numbers_for(obligation.kind, audience)
    for one, send_at in core.steps_to_tell(obligation, numbers, contact.zone, contact.quiet, at):
        if one == number:
            for channel in contact.channels:
                yield number, contact.user_id, channel, send_at


def _key(
    subject_id: UUID,
    obligation: core.Obligation,
    step: int,
    recipient_id: UUID | None,
    channel: str,
) -> Key:
    return Key(
        subject_id,
        obligation.program_code,
        obligation.kind.value,
        obligation.due_on,
        step,
        recipient_id,
        channel,
    )
