"""Program versions: what the program allows, as dated data with its source.

A limit is never a literal in a rule. Each carries the document it was read in, how well it is
known, and which pharmacist verified it. A version is never changed once in force: a new one
begins, and the past keeps its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from rems.core.facts import instant
from rems.core.vocabulary import Confidence, RiskCategory


class UnknownProgram(LookupError):
    """No program of that code, or none in force at that time: refuse."""


class InvalidProgram(ValueError):
    """A program version's data lacks something, or asks for what the core cannot do."""


@dataclass(frozen=True, slots=True)
class Limit:
    """One figure of the program. `verified_by` names the pharmacist who signed it off."""

    key: str
    value: int
    unit: str
    source: str
    confidence: Confidence
    verified_by: str | None = None

    @property
    def is_verified(self) -> bool:
        """Whether a pharmacist has signed this figure off."""
        return self.verified_by is not None

    @property
    def content(self) -> dict[str, Any]:
        """What a pharmacist signs off: the figure, and where and how well it was read."""
        return {
            "key": self.key,
            "value": self.value,
            "unit": self.unit,
            "source": self.source,
            "confidence": self.confidence.value,
        }


@dataclass(frozen=True, slots=True)
class Setting:
    """One decision of the product owner (section 12), with the choices the core can follow."""

    key: str
    value: str
    choices: tuple[str, ...]
    question: str

    def __post_init__(self) -> None:
        if self.value not in self.choices:
            raise InvalidProgram(
                f"decisions.{self.key}: {self.value!r} is not one of {self.choices}"
            )


@dataclass(frozen=True, slots=True)
class Terms:
    """The limits and settings as the rules use them: durations, counts and switches."""

    frp_authorization_days: int
    other_authorization_days: int
    confirmation_life: timedelta
    max_days_supply: int
    max_refills: int
    starting_test_earliest_days: int
    starting_test_latest_days: int
    second_test_window: timedelta
    max_detection_limit: int
    max_days_left: int
    survey_life: timedelta
    fnrp_adult_survey_months: int
    restart_months: int
    menopause_months: int
    adult_age_months: int
    capsules_per_day: int
    one_cycle_quantity: int
    first_weeks_days: int
    first_weeks_test_interval_days: int
    regular_test_interval_days: int
    irregular_test_interval_days: int
    authorization_ends_with_the_day: bool
    exposure_report_blocks: bool
    telephone_allowed: bool
    surveyed_on_first_fill: frozenset[RiskCategory]


@dataclass(frozen=True)
class ProgramVersion:
    """The program as it stands from `in_force_from` (an aware datetime) until the next version.

    `in_force_until` is when the next one begins, where that is known: no permit outlasts it.
    Raises InvalidProgram when a limit or a decision is missing, unknown or senseless.
    """

    program_code: str
    version: str
    in_force_from: datetime
    name: str
    phone: str
    portal_url: str
    limits: tuple[Limit, ...]
    decisions: tuple[Setting, ...]
    in_force_until: datetime | None = None
    terms: Terms = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "in_force_from", instant(self.in_force_from))
        if self.in_force_until is not None:
            object.__setattr__(self, "in_force_until", instant(self.in_force_until))
        object.__setattr__(self, "terms", _terms(self.limits, self.decisions))

    def limit(self, key: str) -> Limit:
        """The limit of that key. Raises KeyError when there is none."""
        return {limit.key: limit for limit in self.limits}[key]

    @property
    def unverified(self) -> tuple[Limit, ...]:
        """The limits that no pharmacist has signed off yet."""
        return tuple(limit for limit in self.limits if not limit.is_verified)

    def verify(self, key: str, pharmacist: str) -> ProgramVersion:
        """The same version with the limit `key` signed off. Raises KeyError for another key."""
        signed = replace(self.limit(key), verified_by=pharmacist)
        return replace(self, limits=tuple(signed if x.key == key else x for x in self.limits))

    def to_data(self) -> dict[str, Any]:
        """Plain JSON values that `from_data` reads back."""
        return {
            "program_code": self.program_code,
            "version": self.version,
            "in_force_from": self.in_force_from.isoformat(),
            "name": self.name,
            "phone": self.phone,
            "portal_url": self.portal_url,
            "limits": [
                {**limit.content, "verified_by": limit.verified_by} for limit in self.limits
            ],
            "decisions": {setting.key: setting.value for setting in self.decisions},
            **({"in_force_until": self.in_force_until.isoformat()} if self.in_force_until else {}),
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> ProgramVersion:
        """The version that `to_data` wrote. Raises InvalidProgram naming what is wrong."""
        try:
            return cls(
                program_code=str(data["program_code"]),
                version=str(data["version"]),
                in_force_from=datetime.fromisoformat(data["in_force_from"]),
                name=str(data["name"]),
                phone=str(data["phone"]),
                portal_url=str(data["portal_url"]),
                limits=tuple(_limit_from(item) for item in data["limits"]),
                decisions=_settings_from(data["decisions"]),
                in_force_until=_time_or_none(data.get("in_force_until")),
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise InvalidProgram(f"program version: {error!r}") from error
        except InvalidProgram:
            raise
        except (ValueError, OverflowError) as error:
            raise InvalidProgram(f"program version: {error}") from error


def program_in_force(
    program_code: str, at: datetime, versions: Iterable[ProgramVersion] | None = None
) -> ProgramVersion:
    """The version of `program_code` in force at the instant `at`. Raises UnknownProgram."""
    known = PROGRAMS if versions is None else tuple(versions)
    moment = instant(at)
    begun = [v for v in known if v.program_code == program_code and v.in_force_from <= moment]
    if not begun:
        raise UnknownProgram(f"no program {program_code!r} in force at {moment.isoformat()}")
    return max(begun, key=lambda version: version.in_force_from)


def first_version(program_code: str) -> ProgramVersion:
    """The oldest version known of that program. Raises UnknownProgram."""
    known = [version for version in PROGRAMS if version.program_code == program_code]
    if not known:
        raise UnknownProgram(f"no program {program_code!r}")
    return min(known, key=lambda version: version.in_force_from)


def known_program_codes() -> frozenset[str]:
    """The codes of every program the core can judge: a drug with another cannot be sold."""
    return frozenset(version.program_code for version in PROGRAMS)


def _time_or_none(value: Any) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)


def _limit_from(item: Mapping[str, Any]) -> Limit:
    key, value = str(item["key"]), item["value"]
    if type(value) is not int or value < 0:
        raise InvalidProgram(f"limits.{key}: expected a whole number, got {value!r}")
    signed_by = item.get("verified_by")
    return Limit(
        key=key,
        value=value,
        unit=str(item["unit"]),
        source=str(item["source"]),
        confidence=Confidence(item["confidence"]),
        verified_by=None if not signed_by else str(signed_by),
    )


def _settings_from(chosen: Mapping[str, Any]) -> tuple[Setting, ...]:
    unknown = sorted(set(chosen) - {setting.key for setting in DEFAULT_DECISIONS})
    if unknown:
        raise InvalidProgram(f"decisions.{unknown[0]}: not known")
    return tuple(replace(setting, value=str(chosen[setting.key])) for setting in DEFAULT_DECISIONS)


def _terms(limits: tuple[Limit, ...], decisions: tuple[Setting, ...]) -> Terms:
    value = {limit.key: limit.value for limit in limits}
    chosen = {setting.key: setting.value for setting in decisions}
    missing = [key for key in LIMIT_KEYS if key not in value]
    missing += [setting.key for setting in DEFAULT_DECISIONS if setting.key not in chosen]
    if missing:
        raise InvalidProgram(f"missing: {', '.join(missing)}")
    return Terms(
        frp_authorization_days=value["frp_authorization_life"],
        other_authorization_days=value["other_authorization_life"],
        confirmation_life=timedelta(hours=value["confirmation_life"]),
        max_days_supply=value["max_days_supply"],
        max_refills=value["max_refills"],
        starting_test_earliest_days=value["first_starting_test_earliest"],
        starting_test_latest_days=value["first_starting_test_latest"],
        second_test_window=timedelta(hours=value["second_starting_test_within"]),
        max_detection_limit=value["max_detection_limit"],
        max_days_left=value["max_days_left"],
        survey_life=timedelta(days=value["survey_life"]),
        fnrp_adult_survey_months=value["fnrp_adult_survey_period"],
        restart_months=value["new_form_after_stop"],
        menopause_months=value["menopause_period"],
        adult_age_months=value["adult_age"] * 12,
        capsules_per_day=value["capsules_per_day"],
        one_cycle_quantity=value["one_cycle_quantity"],
        first_weeks_days=value["first_weeks"],
        first_weeks_test_interval_days=value["first_weeks_test_interval"],
        regular_test_interval_days=value["regular_test_interval"],
        irregular_test_interval_days=value["irregular_test_interval"],
        authorization_ends_with_the_day=chosen["D1"] == "end_of_local_day",
        exposure_report_blocks=chosen["D7"] == "blocks_approval",
        telephone_allowed=chosen["D8"] == "allowed",
        surveyed_on_first_fill=_surveyed_on_first_fill(chosen["first_fill_survey"]),
    )


def _surveyed_on_first_fill(choice: str) -> frozenset[RiskCategory]:
    return frozenset({RiskCategory.FNRP_ADULT} if choice == "adult_fnrp" else ())


_C, _S, _A, _G = (
    Confidence.READ_IN_SOURCE,
    Confidence.SEEN_ONCE,
    Confidence.SISTER_PROGRAM,
    Confidence.NOT_VERIFIED,
)

_LENALIDOMIDE_GUIDE = "S22: Lenalidomide REMS Pharmacy Guide (12/22), not pomalidomide's own"

LIMITS: tuple[Limit, ...] = (
    Limit("frp_authorization_life", 7, "days from the last test", _LENALIDOMIDE_GUIDE, _G),
    Limit("other_authorization_life", 30, "days from issue", _LENALIDOMIDE_GUIDE, _G),
    Limit("confirmation_life", 24, "hours", _LENALIDOMIDE_GUIDE, _G),
    Limit("max_days_supply", 28, "days", "S4, S5: REMS@FDA; About the REMS program", _C),
    Limit("max_refills", 0, "refills", "S4, S5: REMS@FDA; About the REMS program", _C),
    Limit("first_starting_test_earliest", 14, "local days before", "S1, S13, S34: label 5.1", _C),
    Limit("first_starting_test_latest", 10, "local days before", "S1, S13, S34: label 5.1", _C),
    Limit("second_starting_test_within", 24, "hours before", "S1, S13, S34: label 5.1", _C),
    Limit("max_detection_limit", 50, "mIU/mL", "S23, S32: program letter; sister label", _C),
    Limit("max_days_left", 7, "days", _LENALIDOMIDE_GUIDE, _G),
    Limit("survey_life", 30, "days", "S3: monthly; the day count is decision D5", _C),
    Limit("fnrp_adult_survey_period", 6, "calendar months", "S24: Thalomid REMS (2017)", _A),
    Limit("new_form_after_stop", 12, "calendar months", "S3: heading only; content assumed", _G),
    Limit("menopause_period", 24, "calendar months", "S26, S28, S32: sister pages", _C),
    Limit("adult_age", 18, "years", "S24: Thalomid REMS", _C),
    Limit("capsules_per_day", 1, "capsules", "S15: 4 mg once daily", _C),
    Limit("one_cycle_quantity", 21, "capsules per 28 days", "S15: days 1 to 21 of 28", _C),
    Limit("first_weeks", 28, "days from the start", "S13, S16, S19: label 5.1", _C),
    Limit("first_weeks_test_interval", 7, "days", "S13, S16, S19: label 5.1", _C),
    Limit("regular_test_interval", 28, "days", "S16, S19, S28; without cycles: S22", _C),
    Limit("irregular_test_interval", 14, "days", "S16, S19, S28: label 5.1", _C),
)
LIMIT_KEYS = tuple(limit.key for limit in LIMITS)


def _decision(key: str, question: str, *choices: str) -> Setting:
    return Setting(key, choices[0], choices, question)


DEFAULT_DECISIONS: tuple[Setting, ...] = (
    _decision("D1", "An authorization's last day?", "elapsed_time", "end_of_local_day"),
    _decision("D2", "May a live confirmation outlast the authorization?", "no"),
    _decision("D3", "Do gates check again at each step?", "yes"),
    _decision("D4", "Two starting tests after a pause under 12 months?", "prescriber_decides"),
    _decision("D5", "What is a monthly survey?", "after_previous_dispense_and_survey_life"),
    _decision("D6", "Where does each rule bite?", "gates_of_the_rule_table"),
    _decision("D7", "Does an open exposure report block approval?", "blocks_approval", "advises"),
    _decision("D8", "Telephone prescriptions?", "refused", "allowed"),
    _decision("D9", "What clears a positive test?", "prescriber_and_later_negative_test"),
    _decision("D10", "Whose days are counted?", "pharmacy_local_calendar"),
    _decision(
        "first_fill_survey", "Who is surveyed before the first fill?", "nobody", "adult_fnrp"
    ),
)

PROGRAMS: tuple[ProgramVersion, ...] = (
    ProgramVersion(
        program_code="PS-POMALIDOMIDE",
        version="1",
        in_force_from=datetime(2025, 1, 1, tzinfo=UTC),
        name="PS-Pomalidomide REMS",
        phone="1-888-423-5436",
        portal_url="https://www.ps-pomalidomiderems.com/",
        limits=LIMITS,
        decisions=DEFAULT_DECISIONS,
    ),
)
