"""The four gated mutations and the checklist, each beside a bare statement on its connection."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from statistics import median
from time import perf_counter
from typing import TypeVar
from uuid import UUID

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from uuid6 import uuid7

from accounts.clock import read_clock
from accounts.models import User
from bench.scratch import Scratch
from catalog.models import Lot
from orders import services
from orders.pages.checklist import checklists
from rems.models import Patient
from tests import builders as b

T = TypeVar("T")
MOST_QUERIES, MOST_TIMES_BARE = 12, 3
GATED = ("checkout", "approve", "dispense", "release")
DAYS_A_CYCLE = 28
# The server keeps a plan from about the eighth time on that a connection sends a statement.
WARMING = 10


class Measured:
    """A patient of many cycles and, each round, a new one of one cycle; what their fills took."""

    def __init__(self, scratch: Scratch, cycles: int) -> None:
        self.scratch, self.cycles = scratch, cycles
        self.store = b.the_store()
        Lot.objects.update(quantity_on_hand=10_000, expires_on=date(2099, 1, 1))
        self.seconds: dict[str, list[float]] = defaultdict(list)
        self.queries: dict[str, set[int]] = defaultdict(set)
        self.old = b.a_cleared_patient("FRP_ADULT", "Ana Ruiz").patient
        self.fill(self.old, "")
        for _ in range(cycles - 1):
            self.next_cycle(self.old, "")
        scratch.analyze()
        # A connection that saw the tables grow compares with what plans cost when they were empty.
        connection.close()
        for _ in range(WARMING):
            self.passer_by()

    def take_a_round(self) -> None:
        """A fill after one past cycle, a fill after many, and both checklists."""
        young = b.a_cleared_patient("FRP_ADULT", f"Beth {uuid7().hex[-6:]}").patient
        self.fill(young, "")
        self.next_cycle(young, "after 1 cycle")
        b.a_survey(self.old)
        b.clear_for(self.old)
        self.preview(self.old, f"after {self.cycles} cycles")
        self.fill(self.old, f"after {self.cycles} cycles")

    def next_cycle(self, patient: Patient, label: str) -> None:
        """Twenty-eight days on, and all that the next fill needs."""
        self.scratch.days_pass(DAYS_A_CYCLE)
        if label:
            # To move the clock makes the server forget its plans, which no clock does that runs.
            self.passer_by()
        b.a_survey(patient)
        b.clear_for(patient)
        if label:
            self.preview(patient, label)
        self.fill(patient, label)

    def passer_by(self) -> None:
        """What is measured, done once before for somebody else: as in a store that is running."""
        somebody = b.a_cleared_patient("FRP_ADULT", f"Dora {uuid7().hex[-6:]}").patient
        self.preview(somebody, "")
        self.fill(somebody, "")

    def fill(self, patient: Patient, label: str) -> None:
        """One fill from checkout to delivery. Without a label nothing is measured."""
        user, pat = _anew(b.acting_user(patient)), _anew(self.store.user)
        prescription = patient_s_newest(patient)
        signed = {"actor": pat, "signature": b.sign(pat, "pharmacist")}
        order: dict[str, UUID] = {}
        took: dict[str, Callable[[], services.StepResult]] = {
            "checkout": lambda: services.place(
                patient_id=patient.pk,
                prescription_id=prescription,
                package_id=self.store.package.pk,
                mode="ship",
                actor=user,
            ),
            "approve": lambda: services.approve(**order, **signed),
            "dispense": lambda: services.dispense(
                **order, **signed, lot_id=self.store.lot.pk, serial_number=uuid7().hex
            ),
            "release": lambda: services.ship(
                **order, **signed, carrier="UPS", tracking_number="1Z999"
            ),
        }
        for gate in GATED:
            if label:
                self._timed("bare", lambda: _bare_mutation(patient.pk, user.pk))
            result = self._timed(f"{gate} {label}" if label else "", took[gate])
            assert result.is_done, result.decision
            assert result.order is not None
            order["order_id"] = result.order.pk
        services.deliver(**order, actor=pat)

    def preview(self, patient: Patient, label: str) -> None:
        """The patient's checklist beside a bare SELECT by key."""
        self._timed("bare select" if label else "", lambda: _bare_select(patient.pk))
        self._timed(
            f"checklist {label}" if label else "",
            lambda: checklists([patient], self.store.product, read_clock(), lambda one: str),
        )

    def _timed(self, label: str, work: Callable[[], T]) -> T:
        if not label:
            return work()
        # Counting needs Django's log of queries, which costs: every other time.
        if len(self.seconds[label]) % 2 and not label.startswith("bare"):
            with CaptureQueriesContext(connection) as captured:
                began = perf_counter()
                answer = work()
                took = perf_counter() - began
            sent = [query["sql"] for query in captured.captured_queries]
            self.queries[label].add(sum(sql not in {"BEGIN", "COMMIT"} for sql in sent))
        else:
            began = perf_counter()
            answer = work()
            took = perf_counter() - began
        self.seconds[label].append(took)
        return answer

    def report(self) -> int:
        """Print the figures; how many targets were missed."""
        middle = {label: median(times) * 1e3 for label, times in self.seconds.items()}
        bare, select, missed = middle["bare"], middle["bare select"], 0
        print(f"a bare lock, insert and commit: {bare:.2f} ms; a bare SELECT: {select:.3f} ms")
        for label in sorted(self.queries):
            is_gated = not label.startswith("checklist")
            times = middle[label] / (bare if is_gated else select)
            counts = sorted(self.queries[label])
            print(f"{label}: {middle[label]:.2f} ms, {times:.1f} times the bare, queries {counts}")
            if is_gated:
                missed += (max(counts) > MOST_QUERIES) + (times > MOST_TIMES_BARE)
        print(f"targets: at most {MOST_QUERIES} queries, {MOST_TIMES_BARE} times; missed: {missed}")
        return missed


def patient_s_newest(patient: Patient) -> UUID:
    """The key of the prescription that was written last."""
    from rems.models import Prescription

    return Prescription.objects.filter(patient=patient).latest("pk").pk


def _anew(user: User) -> User:
    """The user as a request finds them: nothing about them was read yet."""
    return User.objects.get(pk=user.pk)


def _bare_mutation(patient_id: UUID, user_id: UUID) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM rems_patient WHERE id = %s FOR UPDATE", [patient_id])
        cursor.execute(
            "INSERT INTO accounts_accesslog (id, user_id, subject_id, purpose) "
            "VALUES (%s, %s, %s, 'bench')",
            [uuid7(), user_id, patient_id],
        )


def _bare_select(patient_id: UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM rems_patient WHERE id = %s", [patient_id])
        cursor.fetchone()
