"""What is said for each reason code: to a patient in plain words, to a pharmacist exactly.

Error messages are interface: what is missing, what cures it, who can, and where.
"""

from __future__ import annotations

from rems.core.vocabulary import AdvisoryCode, Owner, Place, ReasonCode
from rems.core.wording.entry import Wording
from rems.core.wording.fill import PHARMACY_WORDINGS, PRESCRIPTION_WORDINGS
from rems.core.wording.people import PEOPLE_WORDINGS
from rems.core.wording.treatment import SAFETY_WORDINGS, TEST_WORDINGS

__all__ = ["ADVISORIES", "WORDINGS", "Wording"]

_C, _O, _P = ReasonCode, Owner, Place

CORE_WORDINGS: dict[ReasonCode, Wording] = {
    _C.RULE_FAILED: Wording(
        "A rule could not be judged",
        "Report it to support with the decision record; nothing leaves until it is mended.",
        _O.SUPPORT,
        _P.SUPPORT,
        "Something went wrong on our side, so we had to stop. Please call us.",
    ),
    _C.UNKNOWN_GATE: Wording(
        "Unknown gate",
        "Report it to support.",
        _O.SUPPORT,
        _P.SUPPORT,
        "Something went wrong on our side, so we had to stop. Please call us.",
    ),
    _C.UNKNOWN_PROGRAM: Wording(
        "No known REMS program is in force for this drug",
        "Load a program version, or take the drug off sale.",
        _O.SUPPORT,
        _P.SUPPORT,
        "We cannot sell this medicine at the moment. Please call us.",
    ),
}

WORDINGS: dict[ReasonCode, Wording] = (
    SAFETY_WORDINGS
    | PEOPLE_WORDINGS
    | PRESCRIPTION_WORDINGS
    | TEST_WORDINGS
    | PHARMACY_WORDINGS
    | CORE_WORDINGS
)

ADVISORIES: dict[AdvisoryCode, str] = {
    AdvisoryCode.PATIENT_UNDER_18: "Safety and effectiveness under 18 are not established.",
    AdvisoryCode.KAPOSI_SARCOMA_AT_4_MG: "Kaposi sarcoma is dosed at 5 mg: 4 mg alone cannot fill it.",
    AdvisoryCode.STRONG_CYP1A2_INHIBITOR: "Avoid strong CYP1A2 inhibitors; if unavoidable, 2 mg.",
    AdvisoryCode.HEPATIC_IMPAIRMENT_DOSE: "Liver impairment: check for a lower dose.",
    AdvisoryCode.DIALYSIS_DOSE: "Dialysis: check for a lower dose; taken after dialysis.",
    AdvisoryCode.PEMBROLIZUMAB: "Pembrolizumab with this drug raised deaths in myeloma trials.",
    AdvisoryCode.BLOOD_COUNT_OVERDUE: "A blood count is overdue.",
    AdvisoryCode.QUANTITY_ABOVE_ONE_CYCLE: "More than 21 capsules for 28 days: check the schedule.",
    AdvisoryCode.EXPOSURE_NOT_REPORTED: "A suspected exposure has not been reported yet.",
}
