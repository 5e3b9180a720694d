"""The decision core: pure values in, pure values out. Import it from here and nowhere deeper.

`decide(facts, program, gate, at)` answers one gate, `decide_all(facts, program, at)` all four.
Absence, doubt and error all refuse.
"""

from rems.core.calendar import (
    end_of_business_day,
    local_date,
    months_later,
    start_of_birthday,
    zone_named,
)
from rems.core.cases import MalformedCase, facts_from_case
from rems.core.decision import decide, decide_all
from rems.core.facts import (
    NO_UNIT_YET,
    AgreementForm,
    CategoryProof,
    Confirmation,
    Facts,
    Hold,
    PregnancyTest,
    Prescription,
    PreviousSupply,
    Unit,
)
from rems.core.findings import Advisory, Decision, Finding
from rems.core.programs import (
    PROGRAMS,
    InvalidProgram,
    Limit,
    ProgramVersion,
    Setting,
    UnknownProgram,
    first_version,
    known_program_codes,
    program_in_force,
)
from rems.core.records import case_from_facts
from rems.core.replay import answer_case, answer_line, replayable_case
from rems.core.rules import RULES, Rule
from rems.core.schedule import TEST_AT_ONCE, NextTest, next_test_due
from rems.core.vocabulary import (
    AdvisoryCode,
    Channel,
    Confidence,
    CycleRegularity,
    Gate,
    HoldType,
    Indication,
    Outcome,
    Owner,
    Place,
    ProofType,
    ReasonCode,
    ReleaseMode,
    RiskCategory,
    TestResult,
)

__all__ = [
    "NO_UNIT_YET",
    "PROGRAMS",
    "RULES",
    "TEST_AT_ONCE",
    "Advisory",
    "AdvisoryCode",
    "AgreementForm",
    "CategoryProof",
    "Channel",
    "Confidence",
    "Confirmation",
    "CycleRegularity",
    "Decision",
    "Facts",
    "Finding",
    "Gate",
    "Hold",
    "HoldType",
    "Indication",
    "InvalidProgram",
    "Limit",
    "MalformedCase",
    "NextTest",
    "Outcome",
    "Owner",
    "Place",
    "PregnancyTest",
    "Prescription",
    "PreviousSupply",
    "ProgramVersion",
    "ProofType",
    "ReasonCode",
    "ReleaseMode",
    "RiskCategory",
    "Rule",
    "Setting",
    "TestResult",
    "Unit",
    "UnknownProgram",
    "answer_case",
    "answer_line",
    "case_from_facts",
    "decide",
    "decide_all",
    "end_of_business_day",
    "facts_from_case",
    "first_version",
    "known_program_codes",
    "local_date",
    "months_later",
    "next_test_due",
    "program_in_force",
    "replayable_case",
    "start_of_birthday",
    "zone_named",
]
