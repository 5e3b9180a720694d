"""What a pharmacist should think about beside the findings; never blocks (section 13, last line)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from rems.core.calendar import add_calendar_months
from rems.core.findings import Advisory
from rems.core.situation import Situation
from rems.core.vocabulary import AdvisoryCode, Indication

_CODE = AdvisoryCode


def advisories(situation: Situation) -> tuple[Advisory, ...]:
    """Everything advisable in this situation, in a fixed order."""
    return tuple(advice for find in _FINDERS for advice in find(situation))


def _age(situation: Situation) -> Iterator[Advisory]:
    born_on, months = situation.facts.born_on, situation.terms.adult_age_months
    if situation.today < add_calendar_months(born_on, months):
        yield Advisory(_CODE.PATIENT_UNDER_18, f"born {born_on}, today {situation.today}")


def _medical(situation: Situation) -> Iterator[Advisory]:
    facts = situation.facts
    if facts.indication is Indication.KAPOSI_SARCOMA:
        yield Advisory(_CODE.KAPOSI_SARCOMA_AT_4_MG, "indication: Kaposi sarcoma")
    for code, is_so in (
        (_CODE.STRONG_CYP1A2_INHIBITOR, facts.strong_cyp1a2_inhibitor),
        (_CODE.HEPATIC_IMPAIRMENT_DOSE, facts.hepatic_impairment),
        (_CODE.DIALYSIS_DOSE, facts.on_dialysis),
        (_CODE.PEMBROLIZUMAB, facts.takes_pembrolizumab),
        (_CODE.BLOOD_COUNT_OVERDUE, facts.blood_count_overdue),
    ):
        if is_so:
            yield Advisory(code, "on file")


def _quantity(situation: Situation) -> Iterator[Advisory]:
    prescription, terms = situation.prescription, situation.terms
    most = terms.max_days_supply * terms.capsules_per_day
    if prescription and terms.one_cycle_quantity < prescription.quantity <= most:
        seen = f"{prescription.quantity} capsules for {prescription.days_supply} days"
        yield Advisory(_CODE.QUANTITY_ABOVE_ONE_CYCLE, seen)


def _exposure(situation: Situation) -> Iterator[Advisory]:
    if situation.facts.exposure_report_open and not situation.terms.exposure_report_blocks:
        yield Advisory(_CODE.EXPOSURE_NOT_REPORTED, "an exposure report is open")


_FINDERS: tuple[Callable[[Situation], Iterator[Advisory]], ...] = (
    _age,
    _medical,
    _quantity,
    _exposure,
)
