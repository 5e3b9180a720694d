"""What the shelf asks for: a lot that expires is told in time, while something is left of it."""

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.clock import read_clock
from catalog.models import Lot
from rems.core import Kind
from rems.outbox import plan_for_subjects


def plan_for_emptied_lot(lot: Lot, at: datetime) -> None:
    """Once the last package is taken nobody need be told that the lot expires.

    `lot` as it stood under its lock, before the package was taken. In the step's transaction.
    """
    if lot.quantity_on_hand <= 1:
        plan_for_subjects(Kind.LOT_EXPIRING, [lot.pk], at)


def plan_for_saved_lot(instance: Lot, **signal: Any) -> None:
    """Plan the reminders of a lot that was recorded or changed, in the same transaction.

    `catalog` knows nothing of reminders, so its signal calls. The saved row is locked already.
    """
    with transaction.atomic():
        plan_for_subjects(Kind.LOT_EXPIRING, [instance.pk], read_clock())
