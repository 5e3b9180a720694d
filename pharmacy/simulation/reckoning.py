"""What is asked of the whole record: replay, seals, an audit in SQL, and the reminders."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path

from pharmacy.simulation.audit import Auditor, Connection
from pharmacy.simulation.ledger import (
    AUDIT,
    BROKEN_SEAL,
    DISAGREEMENT,
    LATE,
    NO_REPLAY,
    REMINDER,
    Ledger,
)
from pharmacy.simulation.memory import Memory
from pharmacy.simulation.postbox import copies
from pharmacy.simulation.replay import DECISIONS, NOBODY, disagreement
from rems.services.verify import faults

GRACE = timedelta(minutes=15)
AT_ONCE = 500
KEY = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
Outages = list[tuple[datetime, datetime]]


class Reckoning:
    """Asks the tables as their superuser, and writes what is wrong into the ledger."""

    def __init__(self, superuser: Connection, ledger: Ledger) -> None:
        self._superuser, self._ledger = superuser, ledger
        self._replayed = NOBODY

    def replay(self) -> None:
        """Put each decision that was not replayed yet to `rems_decide`'s function."""
        while True:
            found = self._superuser.execute(
                f"{DECISIONS} LIMIT {AT_ONCE}", [self._replayed]
            ).fetchall()
            for record in found:
                answer = disagreement(*record)
                if answer:
                    self._ledger.violation(NO_REPLAY, answer)
                self._replayed = record[0]
            self._ledger.checks["decisions replayed"] += len(found)
            if len(found) < AT_ONCE:
                return

    def audit(self, notes: Memory) -> None:
        """Every question of the audit, and whether orders stand where the notebook has them."""
        auditor = Auditor(self._superuser)
        for question, rows in auditor.violations().items():
            for row in rows:
                self._ledger.violation(AUDIT, f"{question}: {' '.join(map(str, row))}")
        self._ledger.checks["questions of the audit"] += len(auditor.questions)
        stored = dict(auditor.rows("SELECT id, status FROM orders_order"))
        noted = {order.key: order.status for order in notes.orders}
        for key in sorted(stored.keys() | noted.keys(), key=str):
            if stored.get(key) != noted.get(key):
                what = f"order {key} is {stored.get(key)}, in the notebook {noted.get(key)}"
                self._ledger.violation(DISAGREEMENT, what)
        self._ledger.checks["orders compared with the notebook"] += len(stored)

    def verify(self) -> None:
        """Every chain of seals."""
        for fault in faults():
            self._ledger.violation(BROKEN_SEAL, str(fault))
        for sql, name in (
            ("SELECT count(*) FROM rems_seal", "seals verified"),
            ("SELECT count(DISTINCT subject_id) FROM rems_seal", "chains of seals verified"),
        ):
            self._ledger.checks[name] += self._count(sql)

    def _count(self, sql: str) -> int:
        ((number,),) = self._superuser.execute(sql).fetchall()
        return int(number)

    def reminders(self, postbox: Path, outages: Outages, end: datetime) -> None:
        """None late by more than the outages and a quarter of an hour, none lost, none twice.

        Tasks are left out: they are on the pharmacists' screen and are sent to nobody.
        """
        sent = copies(postbox)
        told = {found[0] for found in map(KEY.findall, sent) if found}
        rows = self._superuser.execute(
            "SELECT id, status, send_at, sent_at FROM rems_reminder "
            "WHERE channel <> 'task' ORDER BY id"
        ).fetchall()
        for key, status, send_at, sent_at in rows:
            self._ledger.reminders[str(status)] += 1
            if status not in ("sent", "planned"):
                continue
            late = (sent_at or end) - send_at
            if late > GRACE + _away(outages, send_at, sent_at or end):
                self._ledger.violation(LATE, f"reminder {key}, {status}, late by {late}")
            if status == "sent" and str(key) not in told:
                self._ledger.violation(REMINDER, f"reminder {key} was never sent")
        twice = sum(sent.values()) - len(sent)
        self._ledger.reminders["messages"] += sum(sent.values())
        self._ledger.reminders["of these second copies after a crash"] += twice
        if twice > self._ledger.faults["a reminder worker killed"]:
            self._ledger.violation(REMINDER, f"{twice} second copies")


def _away(outages: Outages, start: datetime, end: datetime) -> timedelta:
    """For how long of this time nothing could be sent."""
    overlaps = (min(end, until) - max(start, since) for since, until in outages)
    return sum((o for o in overlaps if o > timedelta(0)), timedelta(0))
