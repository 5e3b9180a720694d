"""What was said, as one would keep it in a notebook: plain records that hold no reading of a rule."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from pharmacy.simulation.oracle import on_the_wall

ZONE = "America/New_York"
Interval = list[datetime | None]


@dataclass
class Note:
    """Something that was said: of when, under which key, and whether it was taken back."""

    key: Any
    at: datetime
    taken_back: bool = False


@dataclass
class Test(Note):
    """A pregnancy test; `at` is when it was collected."""

    __test__ = False
    result: str = "neg"
    limit: int = 25
    verified: bool = True


@dataclass
class Hold(Note):
    """Something that stops treatment, from `at` until it was cleared."""

    kind: str = ""
    cleared_at: datetime | None = None
    by: Any = None
    opened_by: Test | None = None

    @property
    def rests_on_a_test(self) -> bool:
        """Whether the test that opened it stands: then it can be cleared, but not taken back."""
        return self.opened_by is not None and not self.opened_by.taken_back


@dataclass
class Form(Note):
    """An agreement form, who signed it when, and whether an enrolment rests on it."""

    category: str = ""
    signed: dict[str, datetime] = field(default_factory=dict)
    is_used: bool = False
    is_active: bool = False
    is_outdated: bool = False

    @property
    def signed_at(self) -> datetime:
        """When the last signature was given; before the first, when it was started."""
        return max(self.signed.values(), default=self.at)


@dataclass
class Supply(Note):
    """Capsules in the patient's hands, or on the way there."""

    order: Any = None
    days: int = 28
    first_dose: date | None = None
    delivered_at: datetime | None = None
    end: str | None = None

    def soonest_start(self) -> date:
        """The local day on which they came, if no earlier dose was told of; of a parcel, whose coming
        nobody noted, when it was packed."""
        came = local_day(self.delivered_at or self.at)
        return came if self.first_dose is None else min(came, self.first_dose)

    def starts_on(self, today: date) -> date:
        """The first dose, else the local day of delivery; while neither is known, today."""
        if self.first_dose is not None:
            return self.first_dose
        return today if self.delivered_at is None else local_day(self.delivered_at)


@dataclass
class Prescription(Note):
    """A prescription and what was added to it; `at` is when it was written."""

    days: int = 28
    quantity: int = 21
    refills: int = 0
    channel: str = "e-rx"
    category: str = ""
    authorization: Note | None = None
    confirmations: list[Note] = field(default_factory=list)
    counselings: list[tuple[Note, bool, bool]] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)


@dataclass
class Lot:
    """Packages on the shelf."""

    key: Any
    packages: int
    expires_on: date
    recalled: bool = False
    suspect: bool = False
    serials: set[str] = field(default_factory=set)


@dataclass
class Order:
    """One fill."""

    key: Any
    patient: Patient
    prescription: Prescription
    mode: str
    status: str = "placed"
    approved_at: datetime | None = None
    lot: Lot | None = None
    serial: str = ""
    # Where the parcel goes is written on it when the order is placed, and stays.
    state: str = ""

    def __post_init__(self) -> None:
        self.prescription.orders.append(self)
        self.state = self.state or self.patient.state

    @property
    def binds(self) -> bool:
        """Whether its authorization is spoken for (R16)."""
        return self.status not in ("cancelled", "rejected") or self.lot is not None


@dataclass
class Patient:
    """What was said about one patient."""

    name: str
    row: Any
    born_on: date
    state: str
    self_user: Any = None
    guardian: Any = None
    categories: list[tuple[datetime, str]] = field(default_factory=list)
    proofs: list[tuple[datetime, str, date]] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)
    ends: list[tuple[datetime, str, Form]] = field(default_factory=list)
    tests: list[Test] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)
    reports: list[tuple[Note, str, bool]] = field(default_factory=list)
    allergies: list[Note] = field(default_factory=list)
    surveys: list[datetime] = field(default_factory=list)
    supplies: list[Supply] = field(default_factory=list)
    prescriptions: list[Prescription] = field(default_factory=list)

    @property
    def category(self) -> str:
        """The newest one that was assigned."""
        return str(newest(self.categories)[1])

    @property
    def is_child(self) -> bool:
        """Whether the category is one for children."""
        return self.category.endswith("CHILD")

    @property
    def user(self) -> Any:
        """Who acts: the patient or the guardian."""
        return self.self_user or self.guardian

    @property
    def active_form(self) -> Form | None:
        """The form under which the patient is enrolled."""
        return next((form for form in self.forms if form.is_active), None)

    def open_holds(self) -> list[Hold]:
        """Holds that were not taken back and that no clearance with its negative test closed."""
        return [
            hold
            for hold in standing(self.holds)
            if hold.cleared_at is None
            or (hold.kind != "category_review" and not negatives_within(self, hold))
        ]

    def waiting_form(self) -> Form | None:
        """A form for the present category that still waits for a signature."""
        waiting = [f for f in self.forms if not f.is_used and not f.is_outdated]
        return waiting[-1] if waiting else None


def local_day(at: datetime) -> date:
    """The pharmacy's calendar day."""
    return on_the_wall(at.isoformat(), ZONE).date()


def newest(entries: list[Any]) -> Any:
    """The entry that tells of the latest time; of equal ones the one that was written last."""
    return max(enumerate(entries), key=lambda pair: (_time_of(pair[1]), pair[0]))[1]


def _time_of(entry: Any) -> datetime:
    return entry.at if isinstance(entry, Note) else entry[0]


def standing(notes: list[Any]) -> list[Any]:
    """Those that were not taken back."""
    return [note for note in notes if not note.taken_back]


def negatives_within(patient: Patient, hold: Hold) -> list[Test]:
    """The negative tests taken after the hold began and no later than it was cleared."""
    if hold.cleared_at is None:
        return []
    tests = [x for x in standing(patient.tests) if x.result == "neg"]
    return [x for x in tests if hold.at < x.at <= hold.cleared_at]
