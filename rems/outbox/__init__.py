"""The outbox of reminders (design, section 6): the row is the guarantee, the queue is speed.

Rows are planned in the transaction of the fact that causes them. Planning may run at any time and
any number of times: it makes the planned rows equal to what the facts now ask for.
"""

from rems.outbox.nudging import NUDGE_PATIENCE, SEND_DUE_REMINDERS, nudge_after_commit
from rems.outbox.planning import (
    plan_for_failures,
    plan_for_holders,
    plan_for_new_failure,
    plan_for_new_order,
    plan_for_patient,
    plan_for_patients,
    plan_for_people,
    plan_for_subjects,
    still_needed,
)
from rems.outbox.reconciling import Difference
from rems.outbox.wanted import Key, key_of

__all__ = [
    "NUDGE_PATIENCE",
    "SEND_DUE_REMINDERS",
    "Difference",
    "Key",
    "key_of",
    "nudge_after_commit",
    "plan_for_failures",
    "plan_for_holders",
    "plan_for_new_failure",
    "plan_for_new_order",
    "plan_for_patient",
    "plan_for_patients",
    "plan_for_people",
    "plan_for_subjects",
    "still_needed",
]
