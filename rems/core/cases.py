"""Facts in the case format of the rule sheet (section 16), there and back.

`facts_from_case` is strict: a missing field, a wrong type, an unknown word or a time without an
offset is a MalformedCase that names the field. Unknown extra fields are ignored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import StrEnum
from math import isfinite
from typing import Any, TypeVar

from rems.core.calendar import zone_named
from rems.core.facts import (
    CREDENTIAL_ENDS,
    AgreementForm,
    CategoryProof,
    Confirmation,
    Facts,
    Hold,
    PregnancyTest,
    Prescription,
    PreviousSupply,
    Unit,
    instant,
)
from rems.core.vocabulary import (
    Channel,
    HoldType,
    Indication,
    ProofType,
    ReleaseMode,
    RiskCategory,
    TestResult,
)

T = TypeVar("T")
Word = TypeVar("Word", bound=StrEnum)
Reader = Callable[[Any], T]


class MalformedCase(ValueError):
    """A case that cannot be judged; `field` is the path of what is wrong, `problem` says why."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field
        self.problem = problem


class _Unreadable(ValueError):
    """A value that is not what its field holds; `path` is where it stands in what was read."""

    def __init__(self, problem: str, path: str = "") -> None:
        super().__init__(problem)
        self.problem, self.path = problem, path

    def within(self, key: str) -> _Unreadable:
        """The same, in the field `key` of something larger."""
        joint = "." if self.path and not self.path.startswith("[") else ""
        return _Unreadable(self.problem, f"{key}{joint}{self.path}")


def _word(words: type[Word]) -> Reader[Word]:
    known = {word.value: word for word in words}

    def read(value: Any) -> Word:
        try:
            return known[value]
        except (KeyError, TypeError):
            expected = ", ".join(known)
            raise _Unreadable(f"expected one of {expected}, got {_short(value)}") from None

    return read


def _bool(value: Any) -> bool:
    if value is True:
        return True
    if value is False:
        return False
    raise _Unreadable(f"expected true or false, got {_short(value)}")


def _int(value: Any) -> int:
    if type(value) is int:
        return value
    raise _Unreadable(f"expected a whole number, got {_short(value)}")


def _number(value: Any) -> float:
    if type(value) is int or (type(value) is float and isfinite(value)):
        return value
    raise _Unreadable(f"expected a number, got {_short(value)}")


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    raise _Unreadable(f"expected text, got {_short(value)}")


def _date(value: Any) -> date:
    try:
        if len(value) == 10 and value[4] == value[7] == "-":
            return date.fromisoformat(value)
    except (TypeError, ValueError, KeyError):
        pass
    raise _Unreadable(f"expected a date such as 2026-10-08, got {_short(value)}")


def _time(value: Any) -> datetime:
    try:
        return instant(datetime.fromisoformat(value))
    except (TypeError, ValueError, OverflowError):
        raise _Unreadable(
            f"expected a time with an offset such as 2026-10-08T15:00:00-04:00, got {_short(value)}"
        ) from None


def _zone(value: Any) -> str:
    try:
        zone_named(_text(value))
    except ValueError:
        raise _Unreadable(f"expected an IANA time zone, got {_short(value)}") from None
    return str(value)


def _short(value: Any) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."


def _optional(read: Reader[T]) -> Reader[T | None]:
    return lambda value: None if value is None else read(value)


def _many(read: Reader[T]) -> Reader[tuple[T, ...]]:
    def read_all(value: Any) -> tuple[T, ...]:
        if not isinstance(value, list):
            raise _Unreadable(f"expected a list, got {_short(value)}")
        found: list[T] = []
        try:
            for item in value:
                found.append(read(item))
        except _Unreadable as problem:
            raise problem.within(f"[{len(found)}]") from None
        return tuple(found)

    return read_all


# Of each attribute: its field in the case, and how that is read.
Fields = dict[str, tuple[str, Reader[Any]]]


def _record(
    build: Callable[..., T], fields: Fields, may_be_absent: Fields | None = None
) -> Reader[T]:
    """How an object of the case becomes a record of the core: by its fields, in this order."""
    required = [(attribute, *field) for attribute, field in fields.items()]
    optional = [(attribute, *field) for attribute, field in (may_be_absent or {}).items()]

    def read_record(value: Any) -> T:
        if not isinstance(value, dict):
            raise _Unreadable(f"expected an object, got {_short(value)}")
        found, key = {}, ""
        try:
            for attribute, key, read in required:
                found[attribute] = read(value[key])
            for attribute, key, read in optional:
                if key in value:
                    found[attribute] = read(value[key])
        except KeyError:
            raise _Unreadable("missing", key) from None
        except _Unreadable as problem:
            raise problem.within(key) from None
        return build(**found)

    return read_record


_category, _channel, _result = _word(RiskCategory), _word(Channel), _word(TestResult)
_hold_type, _proof_type = _word(HoldType), _word(ProofType)
_mode, _indication = _word(ReleaseMode), _optional(_word(Indication))
_maybe_time, _maybe_date, _maybe_text = _optional(_time), _optional(_date), _optional(_text)

_agreement_form = _record(
    AgreementForm,
    {
        "category": ("cat", _category),
        "signed_at": ("signed_at", _time),
        "patient_signed": ("patient_sig", _bool),
        "guardian_signed": ("guardian_sig", _bool),
        "prescriber_signed": ("prescriber_sig", _bool),
        "status": ("status", _text),
    },
)
_prescription = _record(
    Prescription,
    {
        "written_at": ("written_at", _time),
        "days_supply": ("days", _int),
        "quantity": ("qty", _int),
        "refills": ("refills", _int),
        "channel": ("channel", _channel),
        "category": ("cat", _category),
        "authorization_number": ("auth_no", _maybe_text),
        "authorization_issued_at": ("auth_issued_at", _maybe_time),
        "authorization_used": ("auth_used", _bool),
    },
    {"automatic_shipping": ("auto_ship", _bool)},
)
_test = _record(
    PregnancyTest,
    {
        "collected_at": ("at", _time),
        "result": ("res", _result),
        "detection_limit": ("sens", _number),
        "verified": ("verified", _bool),
    },
)
_proof = _record(CategoryProof, {"type": ("type", _proof_type), "on": ("on", _date)})
_supply = _record(
    PreviousSupply,
    {
        "dispensed_at": ("dispensed_at", _time),
        "first_dose_on": ("start", _date),
        "days_supply": ("days", _int),
    },
)
_hold = _record(
    Hold,
    {
        "type": ("type", _hold_type),
        "opened_at": ("at", _time),
        "cleared_at": ("cleared_at", _maybe_time),
    },
)
_confirmation = _record(
    Confirmation, {"number": ("no", _maybe_text), "obtained_at": ("at", _maybe_time)}
)
_unit = _record(
    Unit,
    {
        "expired": ("expired", _bool),
        "recalled": ("recalled", _bool),
        "suspect": ("suspect", _bool),
        "identifier_captured": ("identifier_captured", _bool),
    },
    {"expires_on": ("expires_on", _maybe_date)},
)
_FACTS: Fields = {
    "time_zone": ("tz", _zone),
    "category": ("cat", _category),
    "born_on": ("dob", _date),
    "prescriber_certified": ("prescriber_certified", _bool),
    "pharmacy_certified": ("pharmacy_certified", _bool),
    "pharmacist_trained": ("pharmacist_trained", _bool),
    "state_licensed": ("state_licensed", _bool),
    "severe_hypersensitivity": ("allergy", _bool),
    "exposure_report_open": ("exposure_report_open", _bool),
    "agreement_form": ("ppaf", _optional(_agreement_form)),
    "prescription": ("rx", _prescription),
    "first_prescription": ("first_rx", _bool),
    "pregnancy_tests": ("tests", _many(_test)),
    "category_proof": ("fnrp", _optional(_proof)),
    "previous_supply": ("prev", _optional(_supply)),
    "surveys_completed_at": ("surveys", _many(_time)),
    "holds": ("holds", _many(_hold)),
    "therapy_started_on": ("therapy_start", _maybe_date),
    "discontinued_at": ("discontinued_at", _maybe_time),
    "confirmation": ("conf", _optional(_confirmation)),
    "release_mode": ("mode", _mode),
    "counselled_at": ("counselled_at", _maybe_time),
    "checklist_complete": ("checklist", _bool),
    "medication_guide_given": ("medguide", _bool),
    "approved_at": ("approved_at", _maybe_time),
    "unit": ("product", _unit),
}
# A record of a patient who had no category or no prescription yet.
_INCOMPLETE: Fields = {
    "category": ("cat", _optional(_category)),
    "prescription": ("rx", _optional(_prescription)),
}
_MAY_BE_ABSENT: Fields = {
    **{name: (name, _maybe_time) for name in CREDENTIAL_ENDS},
    "indication": ("indication", _indication),
    "strong_cyp1a2_inhibitor": ("strong_cyp1a2_inhibitor", _bool),
    "hepatic_impairment": ("hepatic_impairment", _bool),
    "on_dialysis": ("on_dialysis", _bool),
    "takes_pembrolizumab": ("takes_pembrolizumab", _bool),
    "blood_count_overdue": ("blood_count_overdue", _bool),
}
_facts = _record(Facts, _FACTS, _MAY_BE_ABSENT)
_incomplete_facts = _record(Facts, _FACTS | _INCOMPLETE, _MAY_BE_ABSENT)


def facts_from_case(case: Mapping[str, Any]) -> tuple[datetime, Facts]:
    """The instant and the facts of a case. Raises MalformedCase.

    A record of a patient who had no prescription or no category yet says `"incomplete": true`;
    in any other case null is malformed there.
    """
    if not isinstance(case, dict):
        raise MalformedCase("case", f"expected an object, got {_short(case)}")
    read_facts = _incomplete_facts if case.get("incomplete") is True else _facts
    at, facts = _read(case, "now", _time), _read(case, "facts", read_facts)
    return at, facts


def _read(case: Mapping[str, Any], key: str, read: Reader[T]) -> T:
    try:
        return read(case[key])
    except KeyError:
        raise MalformedCase(key, "missing") from None
    except _Unreadable as problem:
        within = problem.within(key)
        raise MalformedCase(within.path, within.problem) from None
