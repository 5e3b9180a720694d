"""What the core is told: frozen plain values, nothing looked up.

Every `_at` is an aware datetime (kept as UTC: two datetimes of one zone would be compared by
the wall clock, which is wrong in the hour that a clock change repeats); every `_on` a calendar
date. A naive time raises ValueError, a wrong type TypeError, an unknown time zone ValueError.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from rems.core.calendar import zone_named
from rems.core.vocabulary import (
    Channel,
    HoldType,
    Indication,
    ProofType,
    ReleaseMode,
    RiskCategory,
    TestResult,
)


def instant(value: datetime) -> datetime:
    """`value` in UTC. Raises ValueError for a time without an offset."""
    if value.tzinfo is UTC:
        return value
    if value.utcoffset() is None:
        raise ValueError(f"a time without an offset: {value.isoformat()}")
    return value.astimezone(UTC)


def _keep_as_instants(record: object, *names: str) -> None:
    for name in names:
        value = getattr(record, name)
        if value is not None:
            object.__setattr__(record, name, instant(value))


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementForm:
    """The Patient-Physician Agreement Form (R03, R04, R08, R30)."""

    category: RiskCategory
    signed_at: datetime
    patient_signed: bool
    guardian_signed: bool
    prescriber_signed: bool
    status: str = "active"

    def __post_init__(self) -> None:
        _keep_as_instants(self, "signed_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Prescription:
    """One prescription with the authorization that its prescriber obtained (R06, R10-R16, R46).

    `days_supply` in days, `quantity` in capsules. The authorization is there only when both its
    number and its time are. `authorization_used` means bound to another fill: a fill's own
    authorization does not count against it.
    """

    written_at: datetime
    days_supply: int
    quantity: int
    refills: int
    channel: Channel
    category: RiskCategory
    authorization_number: str | None = None
    authorization_issued_at: datetime | None = None
    authorization_used: bool = False
    automatic_shipping: bool = False

    def __post_init__(self) -> None:
        _keep_as_instants(self, "written_at", "authorization_issued_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class PregnancyTest:
    """One test; `detection_limit` in mIU/mL; `verified` by the prescriber (R14, R20-R26)."""

    __test__ = False

    collected_at: datetime
    result: TestResult
    detection_limit: float
    verified: bool

    def __post_init__(self) -> None:
        _keep_as_instants(self, "collected_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryProof:
    """Why the patient is FNRP (R08). For menopause, `on` is the last natural period."""

    type: ProofType
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviousSupply:
    """The last supply that has not ended by signed evidence of loss or return (R30, R45).

    Never this fill's own supply. `first_dose_on` is the recorded first dose, else the delivery date.
    """

    dispensed_at: datetime
    first_dose_on: date
    days_supply: int

    def __post_init__(self) -> None:
        _keep_as_instants(self, "dispensed_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A stop on treatment; None in `cleared_at` means open (R07, R23, R25)."""

    type: HoldType
    opened_at: datetime
    cleared_at: datetime | None = None

    def __post_init__(self) -> None:
        _keep_as_instants(self, "opened_at", "cleared_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """The pharmacy's confirmation number; there only with both its text and its time (R40-R42)."""

    number: str | None
    obtained_at: datetime | None

    def __post_init__(self) -> None:
        _keep_as_instants(self, "obtained_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """The package to be dispensed (R47). `expires_on` is its last local day, where it is known."""

    expired: bool = False
    recalled: bool = False
    suspect: bool = False
    identifier_captured: bool = False
    expires_on: date | None = None


NO_UNIT_YET = Unit()
# Facts about a credential: whether it holds, and, by the same name with `_until`, when it ends.
CREDENTIALS = ("prescriber_certified", "pharmacy_certified", "pharmacist_trained", "state_licensed")
CREDENTIAL_ENDS = tuple(f"{name}_until" for name in CREDENTIALS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that a decision reads. An event later than the decision has not happened yet.

    `time_zone` is the pharmacy's IANA name. `first_prescription` decides which rules of a first
    fill apply (R20, R21, R30). `pregnancy_tests` are those that section 15 gives to the rules:
    every positive or indeterminate one ever; of the others those since the previous dispense or,
    for a first fill, since 28 days before the prescription was written. None in `category`,
    `agreement_form` or `prescription` is a patient who has not come that far: refused, kindly.
    A `..._until` is the instant at which a credential that holds now ends, if that is on file:
    from then on it does not hold. The last block feeds advisories alone.
    """

    time_zone: str
    category: RiskCategory | None
    born_on: date
    prescriber_certified: bool
    pharmacy_certified: bool
    pharmacist_trained: bool
    state_licensed: bool
    severe_hypersensitivity: bool
    exposure_report_open: bool
    agreement_form: AgreementForm | None
    prescription: Prescription | None
    first_prescription: bool
    pregnancy_tests: tuple[PregnancyTest, ...] = ()
    category_proof: CategoryProof | None = None
    previous_supply: PreviousSupply | None = None
    surveys_completed_at: tuple[datetime, ...] = ()
    holds: tuple[Hold, ...] = ()
    therapy_started_on: date | None = None
    discontinued_at: datetime | None = None
    confirmation: Confirmation | None = None
    release_mode: ReleaseMode = ReleaseMode.SHIP
    counselled_at: datetime | None = None
    checklist_complete: bool = False
    medication_guide_given: bool = False
    approved_at: datetime | None = None
    unit: Unit = NO_UNIT_YET
    prescriber_certified_until: datetime | None = None
    pharmacy_certified_until: datetime | None = None
    pharmacist_trained_until: datetime | None = None
    state_licensed_until: datetime | None = None

    indication: Indication | None = None
    strong_cyp1a2_inhibitor: bool = False
    hepatic_impairment: bool = False
    on_dialysis: bool = False
    takes_pembrolizumab: bool = False
    blood_count_overdue: bool = False

    def __post_init__(self) -> None:
        zone_named(self.time_zone)
        _keep_as_instants(self, "discontinued_at", "counselled_at", "approved_at", *CREDENTIAL_ENDS)
        surveys = tuple(map(instant, self.surveys_completed_at))
        object.__setattr__(self, "surveys_completed_at", surveys)
        object.__setattr__(self, "pregnancy_tests", tuple(self.pregnancy_tests))
        object.__setattr__(self, "holds", tuple(self.holds))
