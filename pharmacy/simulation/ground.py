"""What every act stands on: the clock, the notebook, the store's people and their signatures.

Two play on it: the simulation, and the random machine of tests/proof.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from accounts.models import User
from accounts.roles import Role
from catalog.models import MedicationGuide, Package, Product
from orders.services import StepResult
from pharmacy.simulation.clock import VirtualClock
from pharmacy.simulation.memory import Memory
from pharmacy.simulation.notes import Patient
from rems.errors import DomainError
from rems.models import Pharmacist, Pharmacy
from rems.signatures import Signature

PROGRAM = "PS-POMALIDOMIDE"
SECOND = timedelta(seconds=1)
T = TypeVar("T")


class Shop(Protocol):
    """What there is of the store before anybody comes in."""

    @property
    def pharmacy(self) -> Pharmacy: ...

    @property
    def product(self) -> Product: ...

    @property
    def package(self) -> Package: ...

    @property
    def guide(self) -> MedicationGuide: ...


def sign(
    user: User,
    role: Role | str,
    meaning: str = "I confirm that this is right.",
    age: timedelta = timedelta(seconds=5),
) -> Signature:
    """The user's signature, by somebody who typed the password a moment ago."""
    return Signature(user, user.name, meaning, str(role), age)


class Ground:
    """The clock, the notebook, and who is at the pharmacy."""

    clock: VirtualClock
    now: datetime
    notes: Memory
    seen: Counter[str]
    store: Shop
    pat: Pharmacist
    sam: Pharmacist
    tess: User
    numbers: int

    def tick(self, by: timedelta = SECOND) -> datetime:
        """Let a little time pass, so that no two things happen at once; what the clock says."""
        self.clock.shift(by)
        self.now += by
        return self.now

    def number(self, kind: str) -> str:
        """A number that was never given before."""
        self.numbers += 1
        return f"{kind}{self.numbers:05d}"

    def by(self, user: User, role: Role | str) -> dict[str, Any]:
        """Who does it, and signs it."""
        return {"actor": user, "signature": sign(user, role)}

    def by_pat(self) -> dict[str, Any]:
        """Pat Lee does it and signs it."""
        return self.by(self.pat.user, Role.PHARMACIST)

    def by_prescriber(self, patient: Patient) -> dict[str, Any]:
        """The patient's prescriber does it and signs it."""
        return self.by(patient.row.prescriber.user, Role.PRESCRIBER)

    def do(self, call: Callable[[], T]) -> T:
        """Ask a service for something that it has to do; the simulation lets things break here."""
        return call()

    def cannot(self, call: Callable[[], Any], kind: type[DomainError] = DomainError) -> None:
        """The act is refused by an error of that kind, and leaves everything as it was."""
        raise NotImplementedError

    def gated(
        self,
        gate: str,
        call: Callable[[], StepResult],
        otherwise: type[DomainError] | None = None,
        **asked: Any,
    ) -> StepResult | None:
        """Take a gated step and compare the answer with the notebook's, rule by rule.

        `otherwise`: what stops the step although the gate would permit it. The result if the step
        was taken, else None.
        """
        raise NotImplementedError
