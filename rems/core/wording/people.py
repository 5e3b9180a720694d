"""Words for certification, enrolment, category and its proof."""

from __future__ import annotations

from rems.core.vocabulary import Owner, Place, ReasonCode
from rems.core.wording.entry import Wording

_C, _O, _P = ReasonCode, Owner, Place

PEOPLE_WORDINGS: dict[ReasonCode, Wording] = {
    _C.PRESCRIBER_NOT_CERTIFIED: Wording(
        "Prescriber is not certified",
        "The prescriber certifies in the program; record the proof.",
        _O.PRESCRIBER,
        _P.REMS_PROGRAM,
        "Your prescriber is not signed up with the safety program right now. "
        "Please ask their office to call the program.",
    ),
    _C.PHARMACY_NOT_CERTIFIED: Wording(
        "Pharmacy is not certified",
        "Renew the pharmacy's certification; record the proof.",
        _O.PHARMACY,
        _P.PHARMACY_STAFF,
        "Our pharmacy has to renew its safety program certificate first. "
        "This is our task, and we will tell you when it is done.",
    ),
    _C.STATE_LICENSE_MISSING: Wording(
        "No license for the patient's ship-to state",
        "Ship to a state we are licensed in, or hand the patient over to a certified pharmacy.",
        _O.PHARMACY,
        _P.PHARMACY_STAFF,
        "We are not allowed to send medicine to your state. "
        "Please call us. We will help you find a pharmacy that may.",
    ),
    _C.PHARMACIST_NOT_TRAINED: Wording(
        "Dispensing pharmacist has no current REMS training",
        "Complete the training, or let a trained pharmacist take over.",
        _O.PHARMACY,
        _P.PHARMACY_STAFF,
        "A pharmacist with the safety training has to take over your order. This is our task.",
    ),
    _C.CATEGORY_MISSING: Wording(
        "No risk category on file",
        "The prescriber enrolls the patient with an agreement form for the right category.",
        _O.PRESCRIBER,
        _P.PRESCRIBER_PORTAL,
        "You are not enrolled in the safety program yet. "
        "Your prescriber enrolls you with a form that you both sign.",
    ),
    _C.AGREEMENT_FORM_MISSING: Wording(
        "No agreement form (PPAF) on file",
        "Prescriber and patient (or guardian) sign the form for the current category.",
        _O.PRESCRIBER,
        _P.AGREEMENT_FORM,
        "We do not have your signed agreement form yet. "
        "Please fill it in together with your prescriber.",
    ),
    _C.AGREEMENT_FORM_NOT_ACTIVE: Wording(
        "Agreement form is not active",
        "Prescriber and patient sign a new form.",
        _O.PRESCRIBER,
        _P.AGREEMENT_FORM,
        "Your agreement form is no longer in force. Please sign a new one with your prescriber.",
    ),
    _C.AGREEMENT_FORM_FOR_OTHER_CATEGORY: Wording(
        "Agreement form is for another category",
        "The prescriber submits a new form for the current category.",
        _O.PRESCRIBER,
        _P.AGREEMENT_FORM,
        "Your group in the safety program has changed, so you need a new agreement form. "
        "Please sign it with your prescriber.",
    ),
    _C.AGREEMENT_FORM_AFTER_PRESCRIPTION: Wording(
        "Agreement form was signed after the prescription was written",
        "The prescriber writes a new prescription after the form.",
        _O.PRESCRIBER,
        _P.PRESCRIBER_PORTAL,
        "Your agreement form was signed after the prescription was written. "
        "Please ask your prescriber for a new prescription.",
    ),
    _C.PATIENT_SIGNATURE_MISSING: Wording(
        "Agreement form lacks the patient's signature",
        "The patient signs the form.",
        _O.PATIENT,
        _P.AGREEMENT_FORM,
        "Your signature is missing on the agreement form. Please sign it.",
    ),
    _C.GUARDIAN_SIGNATURE_MISSING: Wording(
        "Agreement form lacks the guardian's signature",
        "The parent or guardian signs the form.",
        _O.GUARDIAN,
        _P.AGREEMENT_FORM,
        "A parent or guardian has to sign the agreement form.",
    ),
    _C.PRESCRIBER_SIGNATURE_MISSING: Wording(
        "Agreement form lacks the prescriber's signature",
        "The prescriber signs the form.",
        _O.PRESCRIBER,
        _P.AGREEMENT_FORM,
        "Your prescriber has not signed the agreement form yet. Please remind their office.",
    ),
    _C.AGREEMENT_FORM_BEFORE_LONG_STOP: Wording(
        "Treatment stopped 12 months ago or more, and the agreement form is older than that",
        "Prescriber and patient sign a new form before restarting.",
        _O.PRESCRIBER,
        _P.AGREEMENT_FORM,
        "You stopped this medicine a year ago or longer. To start again, you and your prescriber "
        "sign a new agreement form.",
    ),
    _C.AGE_DISAGREES_WITH_CATEGORY: Wording(
        "Age and category disagree",
        "The prescriber submits a form for the category of the patient's age.",
        _O.PRESCRIBER,
        _P.AGREEMENT_FORM,
        "Your group in the safety program does not fit your age. "
        "Your prescriber has to send a new form.",
    ),
    _C.CATEGORY_REVIEW_OPEN: Wording(
        "Category review is open",
        "The prescriber confirms the category, or submits a form for a new one.",
        _O.PRESCRIBER,
        _P.PRESCRIBER_HOLDS,
        "Something changed that may move you to another group in the safety program. "
        "Please call your prescriber, who has to check it.",
    ),
    _C.CATEGORY_PROOF_MISSING: Wording(
        "No proof that the patient cannot become pregnant",
        "The prescriber records the proof, or changes the category.",
        _O.PRESCRIBER,
        _P.PRESCRIBER_PORTAL,
        "Your prescriber still has to tell us why no pregnancy tests are needed for you.",
    ),
    _C.CATEGORY_PROOF_NOT_SUFFICIENT: Wording(
        "The proof on file does not qualify for the category",
        "The prescriber records a qualifying proof, or changes the category.",
        _O.PRESCRIBER,
        _P.PRESCRIBER_PORTAL,
        "What we have on file is not enough to skip pregnancy tests. "
        "Your prescriber has to send us more, or choose another group.",
    ),
    _C.MENOPAUSE_TOO_RECENT: Wording(
        "Natural menopause lasted less than 24 months when the form was signed",
        "The prescriber enrolls the patient as FRP, or signs a new form after 24 months.",
        _O.PRESCRIBER,
        _P.AGREEMENT_FORM,
        "Your last period was less than two years before your form was signed. "
        "Until then pregnancy tests are needed. Please talk to your prescriber.",
    ),
}
