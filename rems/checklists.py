"""The Education and Counseling Checklist and the survey's questions, by category.

Written from sections 3, 5 and 6 of the rule sheet; the program's own forms were not readable, so
these stand in for them until a pharmacist replaces them.
"""

from dataclasses import dataclass
from typing import TypeVar

from rems import core

Line = TypeVar("Line", bound="Item")


@dataclass(frozen=True, slots=True)
class Item:
    """One line: `key` is what is stored, `text` what is read."""

    key: str
    text: str


YES_OR_NO = (("yes", "Yes"), ("no", "No"))
# The answers are the core's words for cycles: the next test's date depends on them (13.1).
CYCLES = (
    (core.CycleRegularity.REGULAR.value, "They are regular"),
    (core.CycleRegularity.IRREGULAR.value, "They are irregular"),
    (core.CycleRegularity.NONE.value, "I have none"),
)


@dataclass(frozen=True, slots=True)
class Question(Item):
    """One question of the survey. A "no" tells of the change `on_no`, where it names one.

    The first choice is the answer that changes nothing.
    """

    on_no: str = ""
    choices: tuple[tuple[str, str], ...] = YES_OR_NO

    def allows(self, answer: str) -> bool:
        """Whether this is one of the answers."""
        return answer in dict(self.choices)


_EVERYONE = (
    Item(
        "birth_defects", "The medicine can cause severe birth defects or death of an unborn baby."
    ),
    Item("do_not_share", "Never share the medicine, even with someone who has the same symptoms."),
    Item("no_blood", "No blood donation during treatment, in breaks, and for 4 weeks after."),
    Item("do_not_open", "Do not break, chew or open the capsules; what to do if one breaks."),
    Item("return_unused", "Bring unused capsules back; do not throw them away."),
    Item("whom_to_call", "Whom to call, day and night, and how to report a side effect."),
)
_FRP = (
    Item(
        "two_methods",
        "Two reliable methods of birth control at once, or no intercourse: from 4 "
        "weeks before, during, in breaks, and until 4 weeks after treatment.",
    ),
    Item(
        "tests_on_time",
        "Pregnancy tests: weekly in the first 4 weeks, then every 4 weeks, or every "
        "2 weeks if periods are irregular.",
    ),
    Item(
        "stop_and_call",
        "Stop and call at once if a period is late, bleeding changes, birth "
        "control fails, or pregnancy is possible.",
    ),
)
_FNRP = (
    Item(
        "report_bleeding",
        "Tell the prescriber at once about any bleeding: the category may have "
        "to be checked again.",
    ),
)
_MALE = (
    Item(
        "condom",
        "A latex or synthetic condom with anyone who is or can get pregnant, also after "
        "a vasectomy, in breaks, and for 4 weeks after treatment.",
    ),
    Item("no_sperm", "No sperm donation during treatment, in breaks, and for 4 weeks after."),
    Item("partner_pregnant", "Call at once if a partner may be pregnant."),
)
_CHILD = (
    Item("guardian", "A parent or guardian understands all of this and keeps the medicine safe."),
)
_SURVEY = (
    Question("understands_risk", "Do you know that this medicine can harm an unborn baby?"),
    Question("keeps_rules", "Have you followed the safety rules since your last survey?"),
    Question(
        "no_sharing",
        "Have you kept the medicine for yourself and not shared it?",
        "suspected_exposure",
    ),
    Question("no_donation", "Have you kept from giving blood since you started?"),
)
_SURVEY_FRP = (
    Question(
        "two_methods_used",
        "Have you used two methods of birth control, or not had intercourse?",
        "contraception_stopped",
    ),
    Question(
        "no_missed_period",
        "Have your periods come as expected? Say yes if you have none and that is not new.",
        "missed_period",
    ),
    Question("not_pregnant", "Are you sure that you are not pregnant?", "pregnancy_suspected"),
    Question("cycles", "How are your periods?", choices=CYCLES),
)
_BLEEDING = "Have you been free of any bleeding from the vagina?"
_SURVEY_FNRP = (Question("no_bleeding", _BLEEDING, "bleeding_after_menopause"),)
_SURVEY_FNRP_CHILD = (Question("no_bleeding", _BLEEDING, "first_period"),)
_SURVEY_MALE = (
    Question("condom_used", "Have you used a condom as you were told?"),
    Question(
        "no_partner_pregnant",
        "Are you sure that no partner is pregnant by you?",
        "partner_pregnancy",
    ),
)


def counseling_items(category: core.RiskCategory) -> tuple[Item, ...]:
    """What the pharmacist goes through with a patient of this category (rules 1.2.4, 6)."""
    return _EVERYONE + _own(category, _FRP, _FNRP, _MALE) + (_CHILD if category.is_child else ())


def survey_items(category: core.RiskCategory) -> tuple[Question, ...]:
    """What a patient of this category is asked (rules 4.7 to 4.11)."""
    fnrp = _SURVEY_FNRP_CHILD if category.is_child else _SURVEY_FNRP
    return _SURVEY + _own(category, _SURVEY_FRP, fnrp, _SURVEY_MALE)


def quiet_answers(category: core.RiskCategory) -> dict[str, str]:
    """The answers of somebody to whom nothing happened that has to be looked at."""
    return {question.key: question.choices[0][0] for question in survey_items(category)}


def _own(
    category: core.RiskCategory,
    frp: tuple[Line, ...],
    fnrp: tuple[Line, ...],
    male: tuple[Line, ...],
) -> tuple[Line, ...]:
    if category.is_frp:
        return frp
    return fnrp if category.is_fnrp else male
