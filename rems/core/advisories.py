"""What a pharmacist should think about beside the findings; never blocks (section 13, last line)."""

from __future__ import annotations

from rems.core.calendar import add_calendar_months
from rems.core.facts import Facts
from rems.core.findings import Advisory
from rems.core.situation import Situation
from rems.core.vocabulary import AdvisoryCode, Indication

_CODE = AdvisoryCode


def advisories(situation: Situation) -> tuple[Advisory, ...]:
    """Everything advisable in this situation, in a fixed order."""
    found = (
        _age(situation),
        *_medical(situation.facts),
        _quantity(situation),
        _exposure(situation),
    )
    return tuple(advice for advice in found if advice is not None)


def _age(situation: Situation) -> Advisory | None:
    born_on, months = situation.facts.born_on, situation.terms.adult_age_months
    if situation.today >= add_calendar_months(born_on, months):
        return None
    return Advisory(_CODE.PATIENT_UNDER_18, f"born {born_on}, today {situation.today}")


def _medical(facts: Facts) -> list[Advisory]:
    on_file = (
        (_CODE.KAPOSI_SARCOMA_AT_4_MG, facts.indication is Indication.KAPOSI_SARCOMA),
        (_CODE.STRONG_CYP1A2_INHIBITOR, facts.strong_cyp1a2_inhibitor),
        (_CODE.HEPATIC_IMPAIRMENT_DOSE, facts.hepatic_impairment),
        (_CODE.DIALYSIS_DOSE, facts.on_dialysis),
        (_CODE.PEMBROLIZUMAB, facts.takes_pembrolizumab),
        (_CODE.BLOOD_COUNT_OVERDUE, facts.blood_count_overdue),
    )
    return [Advisory(code, "on file") for code, is_so in on_file if is_so]


def _quantity(situation: Situation) -> Advisory | None:
    prescription, terms = situation.prescription, situation.terms
    most = terms.max_days_supply * terms.capsules_per_day
    if prescription is None or not terms.one_cycle_quantity < prescription.quantity <= most:
        return None
    seen = f"{prescription.quantity} capsules for {prescription.days_supply} days"
    return Advisory(_CODE.QUANTITY_ABOVE_ONE_CYCLE, seen)


def _exposure(situation: Situation) -> Advisory | None:
    if not situation.facts.exposure_report_open or situation.terms.exposure_report_blocks:
        return None
    return Advisory(_CODE.EXPOSURE_NOT_REPORTED, "an exposure report is open")
