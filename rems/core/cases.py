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
    """A value that is not what its field holds."""


def _word(words: type[Word]) -> Reader[Word]:
    known = {word.value: word for word in words}

    def read(value: Any) -> Word:
        found = known.get(value) if isinstance(value, str) else None
        if found is None:
            raise _Unreadable(f"expected one of {', '.join(known)}, got {_short(value)}")
        return found

    return read


def _bool(value: Any) -> bool:
    if value is True or value is False:
        return bool(value)
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


_category, _channel, _result = _word(RiskCategory), _word(Channel), _word(TestResult)
_hold_type, _proof_type = _word(HoldType), _word(ProofType)
_mode, _indication = _word(ReleaseMode), _optional(_word(Indication))
_maybe_time, _maybe_date, _maybe_text = _optional(_time), _optional(_date), _optional(_text)


class _Fields:
    """One JSON object being read; `path` is where it stands in the case."""

    __slots__ = ("path", "values")

    def __init__(self, values: Any, path: str) -> None:
        if not isinstance(values, dict):
            raise MalformedCase(path, f"expected an object, got {_short(values)}")
        self.values, self.path = values, path

    def take(self, key: str, read: Reader[T]) -> T:
        """The field `key` as `read` gives it. Raises MalformedCase."""
        try:
            return read(self.values[key])
        except KeyError:
            raise MalformedCase(f"{self.path}.{key}", "missing") from None
        except _Unreadable as problem:
            raise MalformedCase(f"{self.path}.{key}", str(problem)) from None

    def take_or(self, key: str, read: Reader[T], default: T) -> T:
        """The field `key`, or `default` where the case does not have it."""
        return self.take(key, read) if key in self.values else default

    def record(self, key: str, build: Callable[[_Fields], T]) -> T:
        """The object in field `key`."""
        return build(_Fields(self.take(key, _as_it_is), f"{self.path}.{key}"))

    def record_or_none(self, key: str, build: Callable[[_Fields], T]) -> T | None:
        """The object in field `key`, or None where it is null."""
        return None if self.take(key, _as_it_is) is None else self.record(key, build)

    def many(self, key: str, build: Callable[[_Fields], T]) -> tuple[T, ...]:
        """The objects of the list in field `key`."""
        items, path = self.take(key, _list), f"{self.path}.{key}"
        return tuple(build(_Fields(item, f"{path}[{n}]")) for n, item in enumerate(items))


def _as_it_is(value: Any) -> Any:
    return value


def _list(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    raise _Unreadable(f"expected a list, got {_short(value)}")


def facts_from_case(case: Mapping[str, Any]) -> tuple[datetime, Facts]:
    """The instant and the facts of a case. Raises MalformedCase.

    A record of a patient who had no prescription or no category yet says `"incomplete": true`;
    in any other case null is malformed there.
    """
    whole = _Fields(case, "case")
    try:
        at = whole.take("now", _time)
        facts = whole.take("facts", _as_it_is)
        return at, _facts(_Fields(facts, "facts"), case.get("incomplete") is True)
    except MalformedCase as error:
        raise MalformedCase(error.field.removeprefix("case."), error.problem) from None


def _facts(fields: _Fields, incomplete: bool) -> Facts:
    take = fields.take
    prescription = fields.record_or_none if incomplete else fields.record
    return Facts(
        time_zone=take("tz", _zone),
        category=take("cat", _optional(_category) if incomplete else _category),
        born_on=take("dob", _date),
        prescriber_certified=take("prescriber_certified", _bool),
        pharmacy_certified=take("pharmacy_certified", _bool),
        pharmacist_trained=take("pharmacist_trained", _bool),
        state_licensed=take("state_licensed", _bool),
        severe_hypersensitivity=take("allergy", _bool),
        exposure_report_open=take("exposure_report_open", _bool),
        agreement_form=fields.record_or_none("ppaf", _agreement_form),
        prescription=prescription("rx", _prescription),
        first_prescription=take("first_rx", _bool),
        pregnancy_tests=fields.many("tests", _test),
        category_proof=fields.record_or_none("fnrp", _proof),
        previous_supply=fields.record_or_none("prev", _supply),
        surveys_completed_at=_surveys(fields),
        holds=fields.many("holds", _hold),
        therapy_started_on=take("therapy_start", _maybe_date),
        discontinued_at=take("discontinued_at", _maybe_time),
        confirmation=fields.record_or_none("conf", _confirmation),
        release_mode=take("mode", _mode),
        counselled_at=take("counselled_at", _maybe_time),
        checklist_complete=take("checklist", _bool),
        medication_guide_given=take("medguide", _bool),
        approved_at=take("approved_at", _maybe_time),
        unit=fields.record("product", _unit),
        prescriber_certified_until=fields.take_or("prescriber_certified_until", _maybe_time, None),
        pharmacy_certified_until=fields.take_or("pharmacy_certified_until", _maybe_time, None),
        pharmacist_trained_until=fields.take_or("pharmacist_trained_until", _maybe_time, None),
        state_licensed_until=fields.take_or("state_licensed_until", _maybe_time, None),
        indication=fields.take_or("indication", _indication, None),
        strong_cyp1a2_inhibitor=fields.take_or("strong_cyp1a2_inhibitor", _bool, False),
        hepatic_impairment=fields.take_or("hepatic_impairment", _bool, False),
        on_dialysis=fields.take_or("on_dialysis", _bool, False),
        takes_pembrolizumab=fields.take_or("takes_pembrolizumab", _bool, False),
        blood_count_overdue=fields.take_or("blood_count_overdue", _bool, False),
    )


def _surveys(fields: _Fields) -> tuple[datetime, ...]:
    try:
        return tuple(map(_time, fields.take("surveys", _list)))
    except _Unreadable as problem:
        raise MalformedCase(f"{fields.path}.surveys", str(problem)) from None


def _agreement_form(fields: _Fields) -> AgreementForm:
    return AgreementForm(
        category=fields.take("cat", _category),
        signed_at=fields.take("signed_at", _time),
        patient_signed=fields.take("patient_sig", _bool),
        guardian_signed=fields.take("guardian_sig", _bool),
        prescriber_signed=fields.take("prescriber_sig", _bool),
        status=fields.take("status", _text),
    )


def _prescription(fields: _Fields) -> Prescription:
    return Prescription(
        written_at=fields.take("written_at", _time),
        days_supply=fields.take("days", _int),
        quantity=fields.take("qty", _int),
        refills=fields.take("refills", _int),
        channel=fields.take("channel", _channel),
        category=fields.take("cat", _category),
        authorization_number=fields.take("auth_no", _maybe_text),
        authorization_issued_at=fields.take("auth_issued_at", _maybe_time),
        authorization_used=fields.take("auth_used", _bool),
        automatic_shipping=fields.take_or("auto_ship", _bool, False),
    )


def _test(fields: _Fields) -> PregnancyTest:
    return PregnancyTest(
        collected_at=fields.take("at", _time),
        result=fields.take("res", _result),
        detection_limit=fields.take("sens", _number),
        verified=fields.take("verified", _bool),
    )


def _proof(fields: _Fields) -> CategoryProof:
    return CategoryProof(type=fields.take("type", _proof_type), on=fields.take("on", _date))


def _supply(fields: _Fields) -> PreviousSupply:
    return PreviousSupply(
        dispensed_at=fields.take("dispensed_at", _time),
        first_dose_on=fields.take("start", _date),
        days_supply=fields.take("days", _int),
    )


def _hold(fields: _Fields) -> Hold:
    return Hold(
        type=fields.take("type", _hold_type),
        opened_at=fields.take("at", _time),
        cleared_at=fields.take("cleared_at", _maybe_time),
    )


def _confirmation(fields: _Fields) -> Confirmation:
    return Confirmation(
        number=fields.take("no", _maybe_text), obtained_at=fields.take("at", _maybe_time)
    )


def _unit(fields: _Fields) -> Unit:
    return Unit(
        expired=fields.take("expired", _bool),
        recalled=fields.take("recalled", _bool),
        suspect=fields.take("suspect", _bool),
        identifier_captured=fields.take("identifier_captured", _bool),
    )
