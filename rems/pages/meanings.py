"""What a signature under each kind of evidence means: shown before signing, kept with it."""

TEST = "I verified this pregnancy test result."
CATEGORY = "I put this patient into this risk category."
PROOF = "I know that this patient cannot become pregnant, for this reason."
FORM_PRESCRIBER = (
    "I explained the risks and the rules of the safety program, and I will follow them."
)
FORM_PATIENT = "I understand the risks, I agree to the rules of the safety program, and I enroll."
FORM_GUARDIAN = (
    "I understand the risks and agree to the rules of the safety program for this child."
)
PRESCRIPTION = "I prescribe this medicine for this patient."
AUTHORIZATION = "The safety program gave this number for this prescription."
HOLD = "I reviewed this hold, and treatment may go on."
SURVEY = "My answers are true."
CONFIRMATION = "I obtained this number from the safety program."
COUNSELING = "I counselled the patient (or the guardian) as this checklist says."
CREDENTIAL = "I saw the proof of this."
REVOCATION = "This does not hold any more."
SUPPLY = "I learned this from the patient or the other pharmacy, and it is right."
WITHDRAWAL = "This was entered in error."
SIGN_OFF = "I compared these limits with the document named here, and they are right."
NEW_VERSION = "The program's limits and decisions are as I state them here, from this time on."
