"""Words for the prescription, its authorization and the pharmacy's steps."""

from __future__ import annotations

from rems.core.vocabulary import Owner, Place, ReasonCode
from rems.core.wording.entry import Wording

_C, _O, _P = ReasonCode, Owner, Place

PRESCRIPTION_WORDINGS: dict[ReasonCode, Wording] = {
    _C.PRESCRIPTION_FOR_OTHER_CATEGORY: Wording(
        "Category on the prescription is not the patient's category",
        "The prescriber obtains a new authorization and prescription for the current category.",
        _O.PRESCRIBER,
        _P.PRESCRIBER_PORTAL,
        "Your prescription names another group in the safety program. "
        "Please ask your prescriber for a new one.",
    ),
    _C.DAYS_SUPPLY_OUT_OF_RANGE: Wording(
        "Days' supply is outside what the program allows",
        "The prescriber writes a new prescription within the limit.",
        _O.PRESCRIBER,
        _P.PRESCRIBER_PORTAL,
        "A prescription for this medicine may cover four weeks at most. "
        "Please ask your prescriber for a new one.",
    ),
    _C.REFILLS_NOT_ALLOWED: Wording(
        "Prescription has refills",
        "The prescriber writes a new prescription without refills.",
        _O.PRESCRIBER,
        _P.PRESCRIBER_PORTAL,
        "This medicine may not have refills. You need a new prescription for each supply. "
        "Please ask your prescriber.",
    ),
    _C.AUTOMATIC_SHIPPING_NOT_ALLOWED: Wording(
        "Automatic shipping is switched on",
        "Switch automatic shipping off; each fill is ordered by itself.",
        _O.PHARMACY,
        _P.PHARMACY_REVIEW,
        "This medicine may not be sent automatically. You order each supply yourself.",
    ),
    _C.TELEPHONE_PRESCRIPTION: Wording(
        "Prescription came by telephone",
        "The prescriber sends it electronically, by fax or on paper.",
        _O.PRESCRIBER,
        _P.PRESCRIBER_PORTAL,
        "We cannot accept this prescription by telephone. "
        "Please ask your prescriber to send it in writing.",
    ),
    _C.PRESCRIPTION_MISSING: Wording(
        "No prescription",
        "The prescriber sends a prescription with its authorization number.",
        _O.PRESCRIBER,
        _P.PRESCRIBER_PORTAL,
        "We do not have a prescription for you yet. Please ask your prescriber to send it.",
    ),
    _C.PRESCRIPTION_DATED_AHEAD: Wording(
        "Prescription is dated in the future",
        "Wait until its date, or have the date corrected.",
        _O.PRESCRIBER,
        _P.PRESCRIBER_PORTAL,
        "Your prescription has a date that has not come yet. Please try again then.",
    ),
    _C.AUTHORIZATION_MISSING: Wording(
        "No authorization number on the prescription",
        "The prescriber completes the program's survey and writes the number on it.",
        _O.PRESCRIBER,
        _P.PRESCRIBER_PORTAL,
        "Your prescription does not have its safety program number yet. "
        "Please ask your prescriber to add it.",
    ),
    _C.AUTHORIZATION_DATED_AHEAD: Wording(
        "Authorization was issued later than now",
        "Wait until its time, or have the time corrected.",
        _O.PRESCRIBER,
        _P.PRESCRIBER_PORTAL,
        "The safety program number on your prescription is not valid yet. Please try again later.",
    ),
    _C.AUTHORIZATION_ALREADY_USED: Wording(
        "Authorization number was used for another fill",
        "The prescriber obtains a new authorization.",
        _O.PRESCRIBER,
        _P.PRESCRIBER_PORTAL,
        "The safety program number on your prescription was already used. "
        "Please ask your prescriber for a new prescription.",
    ),
    _C.AUTHORIZATION_WITHOUT_TEST: Wording(
        "No pregnancy test before the authorization was issued",
        "A test, then a new authorization and prescription.",
        _O.PRESCRIBER,
        _P.PRESCRIBER_TESTS,
        "We do not have the pregnancy test that belongs to your prescription. "
        "Please take a test and ask your prescriber for a new prescription.",
    ),
    _C.AUTHORIZATION_EXPIRED: Wording(
        "Authorization has expired",
        "The prescriber obtains a new authorization (FRP: after a new test).",
        _O.PRESCRIBER,
        _P.PRESCRIBER_PORTAL,
        "The safety program number on your prescription has run out. "
        "Please ask your prescriber for a new prescription.",
    ),
}

PHARMACY_WORDINGS: dict[ReasonCode, Wording] = {
    _C.TOO_MUCH_SUPPLY_LEFT: Wording(
        "Too many days of the current supply are left",
        "Wait until 7 days or fewer are left, or record signed evidence of loss or return.",
        _O.TIME,
        _P.CALENDAR,
        "You still have more than a week of medicine. You can get more when 7 days or fewer "
        "are left. Did you lose it or return it? Please call us.",
    ),
    _C.QUANTITY_OUT_OF_RANGE: Wording(
        "Quantity does not fit the days' supply",
        "Dispense at most one capsule a day, or have the prescription corrected.",
        _O.PRESCRIBER,
        _P.PHARMACY_REVIEW,
        "The number of capsules does not fit your prescription. "
        "We will sort it out with your prescriber.",
    ),
    _C.APPROVAL_MISSING: Wording(
        "No signed approval by a pharmacist",
        "A pharmacist reviews and signs the approval.",
        _O.PHARMACY,
        _P.PHARMACY_REVIEW,
        "Our pharmacist still has to check and approve your order.",
    ),
    _C.COUNSELING_MISSING: Wording(
        "No counseling recorded",
        "Counsel the patient and complete the checklist.",
        _O.PHARMACY,
        _P.PHARMACY_COUNTER,
        "Our pharmacist will talk with you about using this medicine safely.",
    ),
    _C.COUNSELING_BEFORE_PRESCRIPTION: Wording(
        "Counseling is not later than the prescription",
        "Counsel the patient again for this fill.",
        _O.PHARMACY,
        _P.PHARMACY_COUNTER,
        "Our pharmacist will talk with you again, for this new prescription.",
    ),
    _C.CHECKLIST_INCOMPLETE: Wording(
        "Counseling checklist is not complete",
        "Complete the Education and Counseling Checklist.",
        _O.PHARMACY,
        _P.PHARMACY_COUNTER,
        "Our pharmacist still has to finish the safety checklist with you.",
    ),
    _C.MEDICATION_GUIDE_MISSING: Wording(
        "No Medication Guide recorded",
        "Give the Medication Guide with this fill and record it.",
        _O.PHARMACY,
        _P.PHARMACY_COUNTER,
        "We will give you the Medication Guide with your medicine.",
    ),
    _C.UNIT_EXPIRED: Wording(
        "Package is past its expiration date",
        "Take another package; quarantine this one.",
        _O.PHARMACY,
        _P.PHARMACY_COUNTER,
        "We have to pick another package for you.",
    ),
    _C.UNIT_RECALLED: Wording(
        "Package is recalled",
        "Take another package; quarantine this one.",
        _O.PHARMACY,
        _P.PHARMACY_COUNTER,
        "We have to pick another package for you.",
    ),
    _C.UNIT_SUSPECT: Wording(
        "Package is suspect",
        "Take another package; quarantine and investigate this one.",
        _O.PHARMACY,
        _P.PHARMACY_COUNTER,
        "We have to pick another package for you.",
    ),
    _C.UNIT_IDENTIFIER_MISSING: Wording(
        "Package identifier is not captured",
        "Scan the package's lot and serial number.",
        _O.PHARMACY,
        _P.PHARMACY_COUNTER,
        "We still have to scan your package.",
    ),
    _C.CONFIRMATION_MISSING: Wording(
        "No confirmation number",
        "Obtain a confirmation number from the program and record it with its time.",
        _O.PHARMACY,
        _P.PHARMACY_COUNTER,
        "We still have to get the safety program's go-ahead for this supply.",
    ),
    _C.CONFIRMATION_DATED_AHEAD: Wording(
        "Confirmation is dated later than now",
        "Correct its time, or obtain a new confirmation number.",
        _O.PHARMACY,
        _P.PHARMACY_COUNTER,
        "We have to check the time of the safety program's go-ahead.",
    ),
    _C.CONFIRMATION_EXPIRED: Wording(
        "Confirmation has expired",
        "Obtain a new confirmation number.",
        _O.PHARMACY,
        _P.PHARMACY_COUNTER,
        "The safety program's go-ahead has run out. We have to ask for a new one.",
    ),
    _C.SHIPPED_ON_ANOTHER_DAY: Wording(
        "Confirmation was not obtained today",
        "Obtain a new confirmation and ship the same day, or hand it over.",
        _O.PHARMACY,
        _P.PHARMACY_COUNTER,
        "We may only ship on the day of the safety program's go-ahead. We will get a new one.",
    ),
}
