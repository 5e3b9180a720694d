"""What the pharmacy's people see of the reminders: how sending goes, and what waits for a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db.models import Count, F, Min, Q, QuerySet
from django.db.models.functions import TruncHour

from rems.models import Reminder
from rems.selectors import LATE_AFTER, failed_reminders, open_tasks, unsent_reminders

SHOWN = 50
SPAN = timedelta(hours=24)

_STILL_PLANNED = Q(status=Reminder.Status.PLANNED)


@dataclass(frozen=True, slots=True)
class Hour:
    """The reminders whose moment fell into one hour; `late` ones left late, or wait still."""

    began_at: datetime
    due: int
    sent: int
    late: int
    failed: int
    retried: int
    maybe_twice: int


@dataclass(frozen=True, slots=True)
class Line:
    """A reminder that waits for a person."""

    reminder: Reminder
    what: str
    reason: str


@dataclass(frozen=True, slots=True)
class Sending:
    """The page. `waiting` are due now and unsent; `oldest_at` is the first of them."""

    waiting: int
    oldest_at: datetime | None
    is_late: bool
    hours: Sequence[Hour]
    tasks: Sequence[Line]
    failures: Sequence[Line]

    @property
    def patient_ids(self) -> list[UUID]:
        """Whose names stand on the page."""
        lines = [*self.tasks, *self.failures]
        return [line.reminder.patient_id for line in lines if line.reminder.patient_id]


def sending_at(at: datetime) -> Sending:
    """How it stands now; four questions, however many reminders there are."""
    waiting = unsent_reminders(at).aggregate(number=Count("pk"), oldest=Min("send_at"))
    oldest = waiting["oldest"]
    return Sending(
        waiting=waiting["number"],
        oldest_at=oldest,
        is_late=oldest is not None and at - oldest > LATE_AFTER,
        hours=_hours(at),
        tasks=_lines(open_tasks(at)),
        failures=_lines(failed_reminders()),
    )


def kind_in_words(kind: str) -> str:
    """`pregnancy_test_due` as "Pregnancy test due"."""
    return kind.replace("_", " ").capitalize()


def _lines(rows: QuerySet[Reminder]) -> list[Line]:
    found = rows.select_related("patient", "recipient")[:SHOWN]
    return [Line(row, kind_in_words(row.kind), row.failure) for row in found]


def _hours(at: datetime) -> list[Hour]:
    rows = Reminder.objects.filter(send_at__gt=at - SPAN, send_at__lte=at)
    told = rows.exclude(channel=Reminder.Channel.TASK).exclude(status=Reminder.Status.CANCELLED)
    waits_late = _STILL_PLANNED & Q(send_at__lt=at - LATE_AFTER)
    figures = (
        told.annotate(began_at=TruncHour("send_at", tzinfo=UTC))
        .values("began_at")
        .annotate(
            due=Count("pk"),
            sent=Count("pk", filter=Q(sent_at__isnull=False)),
            late=Count("pk", filter=Q(sent_at__gt=F("send_at") + LATE_AFTER) | waits_late),
            failed=Count("pk", filter=Q(status=Reminder.Status.FAILED)),
            retried=Count("pk", filter=Q(attempts__gt=1)),
            maybe_twice=Count("pk", filter=Q(possible_duplicates__gt=0)),
        )
    )
    return [Hour(**row) for row in figures.order_by("-began_at")]
