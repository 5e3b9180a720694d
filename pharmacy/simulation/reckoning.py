"""What is asked of the whole record: replay, seals, and an audit in SQL."""

from __future__ import annotations

from pharmacy.simulation.audit import Auditor, Connection
from pharmacy.simulation.ledger import (
    AUDIT,
    BROKEN_SEAL,
    DISAGREEMENT,
    NO_REPLAY,
    Ledger,
)
from pharmacy.simulation.memory import Memory
from pharmacy.simulation.replay import DECISIONS, NOBODY, disagreement
from rems.services.verify import faults

AT_ONCE = 500


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
