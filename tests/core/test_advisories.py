"""When a pharmacist is advised, to the day and to the capsule; an advisory never blocks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from rems.core import AdvisoryCode, Facts, Gate, Indication, ProgramVersion, decide
from tests.core.people import NOON, PROGRAM, ana, answer, dan, gus, with_prescription

MORE_THAN_A_CYCLE = AdvisoryCode.QUANTITY_ABOVE_ONE_CYCLE


def advised(person: Facts, program: ProgramVersion = PROGRAM) -> list[AdvisoryCode]:
    return [x.code for x in decide(person, program, Gate.DISPENSE, NOON).advisories]


def changed(*, capsules_a_day: int = 1, exposure: str = "blocks_approval") -> ProgramVersion:
    data = PROGRAM.to_data()
    for limit in data["limits"]:
        if limit["key"] == "capsules_per_day":
            limit["value"] = capsules_a_day
    return ProgramVersion.from_data(data | {"decisions": data["decisions"] | {"D7": exposure}})


def test_dan_is_under_18_until_the_day_before_his_birthday() -> None:
    assert advised(replace(dan, born_on=date(2008, 10, 9))) == [AdvisoryCode.PATIENT_UNDER_18]
    assert advised(replace(dan, born_on=date(2008, 10, 8))) == []


def test_a_pharmacist_reads_gus_birthday_and_todays_date() -> None:
    (advice,) = answer(gus).advisories
    assert advice.seen == "born 2012-02-03, today 2026-10-08"
    assert advice.text == "Safety and effectiveness under 18 are not established."


def test_myeloma_is_no_reason_for_advice() -> None:
    assert advised(replace(ana, indication=Indication.MULTIPLE_MYELOMA)) == []


@pytest.mark.parametrize(
    ("capsules", "expected"),
    [(20, []), (21, []), (22, [MORE_THAN_A_CYCLE]), (28, [MORE_THAN_A_CYCLE]), (29, [])],
)
def test_more_than_a_cycle_is_advised_on_up_to_what_may_be_dispensed(
    capsules: int, expected: list[AdvisoryCode]
) -> None:
    assert advised(with_prescription(ana, quantity=capsules)) == expected


@pytest.mark.parametrize(
    ("capsules", "expected"), [(28, [MORE_THAN_A_CYCLE]), (56, [MORE_THAN_A_CYCLE]), (57, [])]
)
def test_with_two_capsules_a_day_twice_as_many_may_be_dispensed(
    capsules: int, expected: list[AdvisoryCode]
) -> None:
    two_a_day = changed(capsules_a_day=2)
    assert advised(with_prescription(ana, quantity=capsules), two_a_day) == expected


def test_an_open_exposure_report_is_told_once_as_a_refusal_or_as_advice() -> None:
    exposed, advises = replace(dan, exposure_report_open=True), changed(exposure="advises")
    assert advised(exposed, advises) == [AdvisoryCode.EXPOSURE_NOT_REPORTED]
    assert advised(exposed) == []
    assert advised(dan, advises) == []
