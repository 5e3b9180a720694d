"""The virtual pharmacy: its people, its clock, and how each answer is compared with the notebook."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

import catalog
from accounts.models import User
from accounts.roles import STAFF_ROLES, Role
from accounts.services import grant_role
from catalog.models import MedicationGuide, Package, Product
from catalog.services import load_content, put_on_sale, read_content
from orders.services import StepResult
from pharmacy.simulation.clock import VirtualClock
from pharmacy.simulation.faults import Faults
from pharmacy.simulation.ledger import DISAGREEMENT, FORBIDDEN, NOT_REFUSED, Ledger
from pharmacy.simulation.memory import Memory
from pharmacy.simulation.notes import Lot, Patient
from pharmacy.simulation.staff_acts import StaffActs
from rems.errors import DomainError
from rems.models import Patient as PatientRow
from rems.models import Pharmacist, Pharmacy, Prescriber
from rems.services import enrolling, registration

BEGINS_AT = datetime(2026, 10, 7, 15, tzinfo=UTC)
CONTENT = Path(catalog.__file__).parent / "content/pomalidomide-4-mg-capsules.toml"
LICENSED = ("NY", "NJ", "CA")
# Where people live and travel; in the last two states the pharmacy is not licensed.
PLACES = (
    *(("NY", "America/New_York"),) * 6,
    *(("NJ", "America/New_York"), ("CA", "America/Los_Angeles")) * 2,
    ("TX", "America/Chicago"),
    ("HI", "Pacific/Honolulu"),
)
T = TypeVar("T")


class Store(NamedTuple):
    """The store before anybody comes in."""

    pharmacy: Pharmacy
    product: Product
    package: Package
    guide: MedicationGuide


class Town(StaffActs):
    """Everybody acts here, through the real services."""

    def __init__(
        self, clock: VirtualClock, ledger: Ledger, faults: Faults | None, prescribers: int
    ) -> None:
        self.clock, self.ledger, self.faults = clock, ledger, faults
        self.now = BEGINS_AT
        self.notes = Memory()
        self.seen: Counter[str] = ledger.orders
        self.numbers = 0
        self.refusals: list[str] = []
        self.moved: set[UUID] = set()
        clock.set(BEGINS_AT)
        self._open(prescribers)

    # How answers are compared ----------------------------------------------------------------

    def do(self, call: Callable[[], T]) -> T:
        """Ask a service for it. With faults something may die on the way; then it is done again."""
        self.ledger.acts += 1
        return call() if self.faults is None else self.faults.around(call)

    def cannot(self, call: Callable[[], Any], kind: type[DomainError] = DomainError) -> None:
        """It must be refused by an error of that kind."""
        self.ledger.acts += 1
        try:
            call()
        except kind as error:
            self.ledger.not_done[type(error).__name__] += 1
        except DomainError as error:
            self.ledger.violation(DISAGREEMENT, f"{type(error).__name__}, not {kind}", self.now)
        else:
            self.ledger.violation(NOT_REFUSED, f"wanted {kind.__name__}", self.now)

    def gated(
        self,
        gate: str,
        call: Callable[[], StepResult],
        otherwise: type[DomainError] | None = None,
        **asked: Any,
    ) -> StepResult | None:
        """Take the step; the notebook has said before what must come of it."""
        expected = self.notes.refusals(gate, self.now, **asked)
        self.refusals = expected
        if not expected and otherwise is not None:
            self.cannot(call, otherwise)
            # Too many capsules were prescribed: only another prescription cures that.
            self.refusals = ["R10"] if gate == "checkout" else []
            return None
        self.ledger.decisions += 1
        result = self.do(call)
        self._compare(gate, expected, result, asked)
        return result if result.is_done else None

    def _compare(
        self, gate: str, expected: list[str], result: StepResult, asked: dict[str, Any]
    ) -> None:
        answered = list(result.decision.denying_rules) if result.decision else []
        what = f"{gate} {_about(result, asked)}: the store {answered}, the notebook {expected}"
        if result.is_done and expected:
            self.ledger.violation(FORBIDDEN, what, self.now)
        elif answered != expected:
            self.ledger.violation(DISAGREEMENT, what, self.now)
        self.ledger.refusals.update(answered)
        self.ledger.orders[f"{gate}: {'yes' if result.is_done else 'no'}"] += 1

    # Who is there ----------------------------------------------------------------------------

    def _open(self, prescribers: int) -> None:
        editor = account(Role.EDITOR, "Edna Marsh")
        pharmacy = registration.register_pharmacy(
            name="Foundry Specialty Pharmacy",
            time_zone="America/New_York",
            phone="+12125550100",
            address="12 Mill Street, Albany, NY 12207",
            state="NY",
        )
        self.pat, self.sam = _pharmacist("Pat Lee", pharmacy), _pharmacist("Sam Ortiz", pharmacy)
        self.tess = account(Role.TECHNICIAN, "Tess Novak")
        product = put_on_sale(load_content(read_content(CONTENT), editor).pk, editor)
        package = product.packages.order_by("capsules")[0]
        guide = MedicationGuide.objects.filter(product=product)[0]
        self.store = Store(pharmacy, product, package, guide)
        self.prescribers = [self._prescriber(n) for n in range(prescribers)]
        for held in self.credentials(LICENSED):
            if held.subject != self.sam.pk:
                self._was_always_there(held.subject, held.named, held.record)
        self.restock()

    def _was_always_there(
        self, subject: Any, named: dict[str, Any], record: Callable[..., Any]
    ) -> None:
        since = BEGINS_AT - timedelta(days=400)
        record(proof="Program letter", valid_from=since, **named, **self.by_pat())
        self.notes.credentials[subject] = [[since, None]]

    def _prescriber(self, n: int) -> Prescriber:
        stem = f"123456{n:03d}"
        return registration.register_prescriber(
            name=f"Dr. Number {n}",
            npi=next(f"{stem}{d}" for d in range(10) if registration.is_npi(f"{stem}{d}")),
            phone="+12125550111",
            user=account(Role.PRESCRIBER, f"Dr. Number {n}"),
            actor=self.pat.user,
        )

    def restock(self) -> Lot:
        """A lot that is large and in date for half a year."""
        on = (self.now + timedelta(days=180)).date()
        return self.add_lot(self.number("M"), 5_000, on)

    def good_lot(self) -> Lot:
        """The newest lot from which, as the notebook has it, one may dispense."""
        today = self.now.date()
        for lot in reversed(self.notes.lots):
            in_date = lot.expires_on > today + timedelta(days=2)
            if lot.packages > 0 and in_date and not (lot.recalled or lot.suspect):
                return lot
        return self.restock()

    def enter(self, n: int, category: str, dice: Random) -> Patient:
        """A new patient, in that category; a child with a guardian."""
        state, zone = dice.choice(PLACES)
        is_child = category.endswith("CHILD")
        user = account(Role.PATIENT, f"Patient Number {n}")
        prescriber = self.prescribers[n % len(self.prescribers)]
        born_on = date(dice.randint(2015, 2018) if is_child else dice.randint(1950, 2000), 3, 14)
        row = registration.register_patient(
            name=f"Patient Number {n}",
            born_on=born_on,
            phone="+12125550122",
            street="4 Elm Street",
            city="Albany",
            state=state,
            zip_code="12207",
            time_zone=zone,
            prescriber=prescriber,
            actor=prescriber.user or self.pat.user,
            user=None if is_child else user,
            guardian=user if is_child else None,
        )
        patient = Patient(row.name, row, born_on, state)
        patient.self_user, patient.guardian = (None, user) if is_child else (user, None)
        self.notes.patients.append(patient)
        self._classify(patient, category)
        return patient

    def _classify(self, patient: Patient, category: str) -> None:
        at = self.tick()
        enrolling.assign_category(
            patient_id=patient.row.pk, category=category, **self.by_prescriber(patient)
        )
        patient.categories.append((at, category))
        if category.startswith("FNRP"):
            self.prove(patient, "prepubertal" if patient.is_child else "menopause")

    def move(self, patient: Patient, state: str, zone: str) -> None:
        """The patient goes to live, for a while, in another state and time zone."""
        PatientRow.objects.filter(pk=patient.row.pk).update(state=state, time_zone=zone)
        patient.state = state
        self.moved.add(patient.row.pk)


def account(role: Role, name: str) -> User:
    """A new account without a password: nobody signs in here."""
    email = f"{name.lower().replace('. ', '.').replace(' ', '.')}@example.com"
    user = User.objects.create_user(email, None, name=name, is_staff=role in STAFF_ROLES)
    grant_role(user, role)
    return user


def _pharmacist(name: str, pharmacy: Pharmacy) -> Pharmacist:
    user = account(Role.PHARMACIST, name)
    number = f"NY-{name[:3].upper()}"
    return registration.register_pharmacist(
        user=user, pharmacy=pharmacy, name=name, license_number=number
    )


def _about(result: StepResult, asked: dict[str, Any]) -> str:
    order = asked.get("order") or result.order
    key = getattr(order, "key", None) or getattr(order, "pk", "none")
    return f"of order {key}, patient {asked['patient'].row.pk}"
