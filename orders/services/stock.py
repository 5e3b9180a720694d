"""What the shelf asks for: a lot that expires is told in time, while something is left of it."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists

from accounts.clock import read_clock
from catalog.models import Lot
from rems.core import Kind
from rems.models import Reminder
from rems.outbox import plan_for_subjects
from rems.transactions import Change


def untold_once_empty(lot_id: UUID) -> Change:
    """Of a lot whose last package is taken in the same statement, nobody need be told any more that
    it expires. The lot is locked."""
    its_last = Lot.objects.filter(pk=lot_id, quantity_on_hand__lte=1)
    planned = Reminder.objects.filter(
        Exists(its_last),
        subject_id=lot_id,
        kind=Kind.LOT_EXPIRING,
        status=Reminder.Status.PLANNED,
    )
    return planned, {"status": Reminder.Status.CANCELLED}


def plan_for_saved_lot(instance: Lot, **signal: Any) -> None:
    """Plan the reminders of a lot that was recorded or changed, in the same transaction.

    `catalog` knows nothing of reminders, so its signal calls. The saved row is locked already.
    """
    with transaction.atomic():
        plan_for_subjects(Kind.LOT_EXPIRING, [instance.pk], read_clock())
