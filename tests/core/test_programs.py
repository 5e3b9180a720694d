"""Program versions: dated data with its source, which a pharmacist signs off."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rems.core import (
    PROGRAMS,
    AdvisoryCode,
    Channel,
    Gate,
    InvalidProgram,
    MalformedCase,
    ProgramVersion,
    RiskCategory,
    UnknownProgram,
    answer_case,
    case_from_facts,
    decide,
    first_version,
    known_program_codes,
    program_in_force,
    replayable_case,
)
from tests.core.people import (
    DAY,
    MICROSECOND,
    NEW_YORK,
    NOON,
    PROGRAM,
    ana,
    at,
    beth,
    carol,
    confirmed,
    dan,
    with_prescription,
)
from tests.core.versions import changed, deciding, with_limit

CODE = "PS-POMALIDOMIDE"


def test_every_limit_names_its_source_and_is_unverified_until_a_pharmacist_signs() -> None:
    assert all(limit.source and limit.unit for limit in PROGRAM.limits)
    assert PROGRAM.unverified == PROGRAM.limits
    signed = PROGRAM.verify("_".join(["confirmation", "life"]), "Pat Pharmacist")
    assert signed.limit("confirmation_life").verified_by == "Pat Pharmacist"
    assert len(signed.unverified) == len(PROGRAM.limits) - 1
    assert not PROGRAM.limit("confirmation_life").is_verified


def test_an_unknown_limit_cannot_be_verified() -> None:
    with pytest.raises(KeyError):
        PROGRAM.verify("phase_of_the_moon", "Pat Pharmacist")


def test_a_version_survives_the_way_through_json() -> None:
    signed = PROGRAM.verify("max_days_left", "Pat Pharmacist")
    assert ProgramVersion.from_data(json.loads(json.dumps(signed.to_data()))) == signed


@pytest.mark.parametrize(
    "data",
    [
        {"limits": []},
        {"limits": None},
        {"limits": [{"key": "max_days_supply"}]},
        {"decisions": {}},
        {"decisions": None},
        {"decisions": {**PROGRAM.to_data()["decisions"], "D99": "yes"}},
        {"decisions": {**PROGRAM.to_data()["decisions"], "D2": "yes"}},
        {"in_force_from": "2026-01-01T00:00:00"},
        {"in_force_from": "soon"},
        {"in_force_from": None},
    ],
)
def test_a_version_that_lacks_something_is_refused(data: dict[str, Any]) -> None:
    with pytest.raises(InvalidProgram):
        changed(**data)


@pytest.mark.parametrize("value", [-1, 7.0, True, "7", None])
def test_a_limit_is_a_whole_number(value: Any) -> None:
    with pytest.raises(InvalidProgram, match="max_days_left"):
        with_limit("max_days_left", value)


def test_what_is_wrong_with_a_version_is_said_once_and_by_its_name() -> None:
    with pytest.raises(InvalidProgram, match=r"^limits\.max_days_left: expected a whole number"):
        with_limit("max_days_left", -1)
    with pytest.raises(InvalidProgram, match=r"^decisions\.D98: not known"):
        changed(decisions={**PROGRAM.to_data()["decisions"], "D99": "yes", "D98": "yes"})
    with pytest.raises(InvalidProgram, match=r"^decisions\.D2: 'yes' is not one of"):
        deciding("D2", "yes")
    with pytest.raises(InvalidProgram, match=r"^program version: KeyError\('D1'\)"):
        changed(decisions={})


def test_an_unknown_confidence_is_refused() -> None:
    limits = [{**x, "confidence": "sure"} for x in PROGRAM.to_data()["limits"]]
    with pytest.raises(InvalidProgram, match="sure"):
        changed(limits=limits)


def test_a_version_without_a_name_is_refused() -> None:
    data = PROGRAM.to_data()
    del data["name"]
    with pytest.raises(InvalidProgram, match="name"):
        ProgramVersion.from_data(data)


def test_the_version_in_force_is_the_newest_that_has_begun() -> None:
    starts = NOON.astimezone(UTC)
    second = replace(PROGRAM, version="2", in_force_from=starts)
    versions = (second, PROGRAM)
    assert program_in_force(CODE, starts, versions) is second
    assert program_in_force(CODE, starts - MICROSECOND, versions) is PROGRAM


def test_before_the_first_version_and_for_another_code_no_program_is_known() -> None:
    new_year = datetime(2025, 1, 1, tzinfo=UTC)
    assert program_in_force(CODE, new_year) is PROGRAM
    with pytest.raises(UnknownProgram, match="PS-POMALIDOMIDE"):
        program_in_force(CODE, new_year - MICROSECOND)
    for other in ("THALIDOMIDE", "LENALIDOMIDE", "PS-POMALIDOMIDE "):
        with pytest.raises(UnknownProgram, match=other):
            program_in_force(other, NOON)
        with pytest.raises(UnknownProgram, match=other):
            first_version(other)
    assert program_in_force(CODE, NOON) is first_version(CODE) is PROGRAMS[0]
    assert known_program_codes() == {CODE}


def test_a_permit_ends_with_its_version_for_the_next_one_decides_anew() -> None:
    tomorrow = NOON + DAY
    ending = replace(PROGRAM, in_force_until=tomorrow)
    assert decide(dan, ending, Gate.CHECKOUT, NOON).permitted_until == tomorrow - MICROSECOND
    alone = decide(dan, PROGRAM, Gate.CHECKOUT, NOON).permitted_until
    assert alone is not None
    for later in (alone + MICROSECOND, alone + DAY):
        long_lived = replace(PROGRAM, in_force_until=later)
        assert decide(dan, long_lived, Gate.CHECKOUT, NOON).permitted_until == alone
    ends_then = replace(PROGRAM, in_force_until=alone)
    assert decide(dan, ends_then, Gate.CHECKOUT, NOON).permitted_until == alone - MICROSECOND
    for ended_at in (NOON, NOON - DAY):
        over = replace(PROGRAM, in_force_until=ended_at)
        assert decide(dan, over, Gate.CHECKOUT, NOON).permitted_until == alone
    assert ProgramVersion.from_data(json.loads(json.dumps(ending.to_data()))) == ending


def test_a_case_replays_by_the_version_that_judged_it_also_without_the_database() -> None:
    for known in (PROGRAM, changed()):  # the software's own, and the same as it was stored
        assert "program" not in replayable_case(dan, NOON, known)
    strict = replace(with_limit("max_days_supply", 5), in_force_until=NOON + DAY)
    case = json.loads(json.dumps({"id": "1", **replayable_case(dan, NOON, strict)}))
    assert answer_case(case)["deny"] == ["R10"]


def test_a_decision_names_the_version_that_judged() -> None:
    assert decide(ana, PROGRAM, Gate.CHECKOUT, NOON).program_version == "PS-POMALIDOMIDE 1"


def denied(program: ProgramVersion, person: Any, when: datetime = NOON) -> list[str]:
    return list(decide(person, program, Gate.DISPENSE, when).denying_rules)


@pytest.mark.parametrize(
    ("key", "value", "rules"),
    [
        ("frp_authorization_life", 2, ["R14"]),
        ("confirmation_life", 2, ["R41"]),
        ("max_days_supply", 27, ["R10"]),
        ("max_days_left", 5, ["R45"]),
        ("survey_life", 4, ["R30"]),
        ("max_detection_limit", 24, ["R22"]),
        ("adult_age", 43, ["R09"]),
        ("capsules_per_day", 0, ["R46"]),
    ],
)
def test_a_limit_of_the_version_is_the_limit_of_the_rule(
    key: str, value: int, rules: list[str]
) -> None:
    assert denied(PROGRAM, beth) == []
    assert denied(with_limit(key, value), beth) == rules


@pytest.mark.parametrize(
    ("key", "value", "rules"),
    [
        ("first_starting_test_earliest", 11, ["R20"]),
        ("first_starting_test_latest", 13, ["R20"]),
        ("second_starting_test_within", 19, ["R21"]),
    ],
)
def test_the_starting_tests_follow_the_version(key: str, value: int, rules: list[str]) -> None:
    assert denied(with_limit(key, value), ana) == rules


def test_other_limits_follow_the_version() -> None:
    again = replace(carol, first_prescription=False)
    assert denied(with_limit("other_authorization_life", 2), carol) == ["R15"]
    assert denied(with_limit("fnrp_adult_survey_period", 0), again) == ["R30"]
    assert [
        denied(with_limit("max_refills", 2), with_prescription(dan, refills=n)) for n in range(4)
    ] == [[], [], [], ["R11"]]
    stopped = replace(dan, discontinued_at=at("2026-08-10 12:00"))
    assert denied(with_limit("new_form_after_stop", 1), stopped) == []
    assert denied(with_limit("new_form_after_stop", 2), stopped) == []
    stopped_later = replace(dan, discontinued_at=at("2026-08-25 12:00"))
    assert denied(with_limit("new_form_after_stop", 1), stopped_later) == ["R04"]


def test_at_two_capsules_a_day_dan_gets_56_for_28_days() -> None:
    two_a_day = with_limit("capsules_per_day", 2)
    assert denied(two_a_day, with_prescription(dan, quantity=56)) == []
    assert denied(two_a_day, with_prescription(dan, quantity=57)) == ["R46"]


def test_decision_d1_may_give_the_authorization_its_whole_last_local_day() -> None:
    to_midnight = deciding("D1", "end_of_local_day")
    ends = datetime(2026, 10, 12, 23, 59, 59, 999999, tzinfo=NEW_YORK)
    assert denied(to_midnight, confirmed(ana, ends), ends) == []
    assert denied(to_midnight, confirmed(ana, ends), ends + MICROSECOND) == ["R14", "R42"]
    until = decide(ana, to_midnight, Gate.CHECKOUT, NOON).permitted_until
    assert until == ends.astimezone(UTC)
    assert denied(PROGRAM, confirmed(ana, ends), ends) == ["R14"]


def test_decision_d7_may_turn_an_open_exposure_report_into_an_advisory() -> None:
    exposed = replace(dan, exposure_report_open=True)
    decision = decide(exposed, deciding("D7", "advises"), Gate.DISPENSE, NOON)
    assert decision.is_permit
    assert [x.code for x in decision.advisories] == [AdvisoryCode.EXPOSURE_NOT_REPORTED]
    assert denied(PROGRAM, exposed) == denied(deciding("D7", "blocks_approval"), exposed) == ["R51"]


def test_decision_d8_may_allow_telephone_prescriptions() -> None:
    telephoned = with_prescription(dan, channel=Channel.PHONE)
    assert denied(deciding("D8", "allowed"), telephoned) == []
    assert denied(PROGRAM, telephoned) == ["R12"]


def test_adult_fnrp_patients_may_be_surveyed_before_the_first_fill() -> None:
    strict = deciding("first_fill_survey", "adult_fnrp")
    assert denied(strict, carol) == ["R30"]
    surveyed = replace(carol, surveys_completed_at=(NOON - DAY,))
    assert denied(strict, surveyed) == []
    assert denied(strict, dan) == []
    assert strict.terms.surveyed_on_first_fill == {RiskCategory.FNRP_ADULT}


def test_a_case_may_bring_its_own_version() -> None:
    case = {"id": "1", **case_from_facts(beth, NOON)}
    strict = with_limit("max_days_left", 5).to_data()
    assert answer_case(case)["deny"] == []
    assert answer_case({**case, "program": strict})["deny"] == ["R45"]


def test_a_case_older_than_the_program_is_judged_by_the_first_version() -> None:
    case = {"id": "1", **case_from_facts(beth, PROGRAM.in_force_from - timedelta(days=1))}
    assert "R13" in answer_case(case)["deny"]


def test_a_case_with_a_version_that_cannot_be_read_is_malformed() -> None:
    case = {"id": "1", **case_from_facts(beth, NOON), "program": {"program_code": CODE}}
    with pytest.raises(MalformedCase) as caught:
        answer_case(case)
    assert caught.value.field == "program"


def test_explain_tells_each_finding_to_the_patient_and_to_the_pharmacist() -> None:
    case = {"id": "1", **case_from_facts(replace(beth, approved_at=None), NOON)}
    (finding,) = answer_case(case, explain=True)["explain"]
    assert (finding["rule"], finding["code"]) == ("R48", "APPROVAL_MISSING")
    assert finding["patient"] == "Our pharmacist still has to check and approve your order."
    assert finding["pharmacist"].startswith("R48 No signed approval by a pharmacist: none")
