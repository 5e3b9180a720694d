"""The words of the decision core. Every value is the one written in a case (rule sheet, section 16)."""

from __future__ import annotations

from enum import StrEnum


class RiskCategory(StrEnum):
    """The program's six patient categories (section 2). Never derived from anything else."""

    FRP_ADULT = "FRP_ADULT"
    FNRP_ADULT = "FNRP_ADULT"
    MALE_ADULT = "MALE_ADULT"
    FRP_CHILD = "FRP_CHILD"
    FNRP_CHILD = "FNRP_CHILD"
    MALE_CHILD = "MALE_CHILD"

    @property
    def is_frp(self) -> bool:
        """Female of reproductive potential: pregnancy tests apply."""
        return self is RiskCategory.FRP_ADULT or self is RiskCategory.FRP_CHILD

    @property
    def is_fnrp(self) -> bool:
        """Female not of reproductive potential: a proof of that applies."""
        return self is RiskCategory.FNRP_ADULT or self is RiskCategory.FNRP_CHILD

    @property
    def is_child(self) -> bool:
        """Under 18 by category: the guardian signs."""
        return self.name.endswith("_CHILD")


class Gate(StrEnum):
    """The four doors of a fill, in the order in which an order meets them."""

    CHECKOUT = "checkout"
    APPROVE = "approve"
    DISPENSE = "dispense"
    RELEASE = "release"


class Outcome(StrEnum):
    """What a gate answers. There is no third answer and no override."""

    PERMIT = "permit"
    REFUSE = "refuse"


class TestResult(StrEnum):
    """Outcome of a pregnancy test."""

    __test__ = False  # the name begins with "Test": keep pytest from collecting it

    NEGATIVE = "neg"
    POSITIVE = "pos"
    INDETERMINATE = "ind"


class Channel(StrEnum):
    """How a prescription reached the pharmacy."""

    E_RX = "e-rx"
    FAX = "fax"
    PAPER = "paper"
    PHONE = "phone"


class HoldType(StrEnum):
    """Why treatment is stopped until the prescriber clears it."""

    MISSED_PERIOD = "missed_period"
    ABNORMAL_BLEEDING = "abnormal_bleeding"
    CONTRACEPTION_STOPPED = "contraception_stopped"
    PREGNANCY_SUSPECTED = "pregnancy_suspected"
    POSITIVE_TEST = "positive_test"
    CATEGORY_REVIEW = "category_review"


class ProofType(StrEnum):
    """What is on file to show that a patient cannot become pregnant (R08)."""

    MENOPAUSE = "menopause"
    HYSTERECTOMY = "hysterectomy"
    BILATERAL_OOPHORECTOMY = "bilateral_oophorectomy"
    PREPUBERTAL = "prepubertal"
    TUBAL_LIGATION = "tubal_ligation"
    UNILATERAL_OOPHORECTOMY = "unilateral_oophorectomy"
    CHEMO_AMENORRHOEA = "chemo_amenorrhoea"
    OTHER = "other"


class ReleaseMode(StrEnum):
    """How the capsules leave the pharmacy."""

    SHIP = "ship"
    HAND = "hand"


class Indication(StrEnum):
    """What the drug is prescribed for; for advisories only."""

    MULTIPLE_MYELOMA = "multiple_myeloma"
    KAPOSI_SARCOMA = "kaposi_sarcoma"


class CycleRegularity(StrEnum):
    """Menstrual cycles, as far as the next test's date depends on them (section 13.1)."""

    REGULAR = "regular"
    IRREGULAR = "irregular"
    NONE = "none"


class Confidence(StrEnum):
    """How well a line of the rule sheet is known (its opening section)."""

    READ_IN_SOURCE = "C"
    SEEN_ONCE = "S"
    SISTER_PROGRAM = "A"
    NOT_VERIFIED = "G"


class Owner(StrEnum):
    """Who can cure a finding."""

    PATIENT = "patient"
    GUARDIAN = "guardian"
    PRESCRIBER = "prescriber"
    PHARMACY = "pharmacy"
    PROGRAM = "program"
    TIME = "time"
    SUPPORT = "support"


class Place(StrEnum):
    """Where a finding is cured: a symbolic key that the shell turns into a page."""

    AGREEMENT_FORM = "agreement-form"
    PATIENT_SURVEY = "patient-survey"
    PRESCRIBER_PORTAL = "prescriber-portal"
    PRESCRIBER_TESTS = "prescriber-tests"
    PRESCRIBER_HOLDS = "prescriber-holds"
    PHARMACY_REVIEW = "pharmacy-review"
    PHARMACY_COUNTER = "pharmacy-counter"
    PHARMACY_STAFF = "pharmacy-staff"
    REMS_PROGRAM = "rems-program"
    CALENDAR = "calendar"
    SUPPORT = "support"


class ReasonCode(StrEnum):
    """What is missing. One code has one cure; a rule may have several codes."""

    POSITIVE_TEST_NOT_CLEARED = "POSITIVE_TEST_NOT_CLEARED"
    POSITIVE_TEST_HOLD_OPEN = "POSITIVE_TEST_HOLD_OPEN"
    SAFETY_HOLD_OPEN = "SAFETY_HOLD_OPEN"
    SAFETY_HOLD_CLEARED_WITHOUT_TEST = "SAFETY_HOLD_CLEARED_WITHOUT_TEST"
    SEVERE_HYPERSENSITIVITY_ON_FILE = "SEVERE_HYPERSENSITIVITY_ON_FILE"
    PRESCRIBER_NOT_CERTIFIED = "PRESCRIBER_NOT_CERTIFIED"
    PHARMACY_NOT_CERTIFIED = "PHARMACY_NOT_CERTIFIED"
    STATE_LICENSE_MISSING = "STATE_LICENSE_MISSING"
    CATEGORY_MISSING = "CATEGORY_MISSING"
    AGREEMENT_FORM_MISSING = "AGREEMENT_FORM_MISSING"
    AGREEMENT_FORM_NOT_ACTIVE = "AGREEMENT_FORM_NOT_ACTIVE"
    AGREEMENT_FORM_FOR_OTHER_CATEGORY = "AGREEMENT_FORM_FOR_OTHER_CATEGORY"
    AGREEMENT_FORM_AFTER_PRESCRIPTION = "AGREEMENT_FORM_AFTER_PRESCRIPTION"
    PATIENT_SIGNATURE_MISSING = "PATIENT_SIGNATURE_MISSING"
    GUARDIAN_SIGNATURE_MISSING = "GUARDIAN_SIGNATURE_MISSING"
    PRESCRIBER_SIGNATURE_MISSING = "PRESCRIBER_SIGNATURE_MISSING"
    AGREEMENT_FORM_BEFORE_LONG_STOP = "AGREEMENT_FORM_BEFORE_LONG_STOP"
    AGE_DISAGREES_WITH_CATEGORY = "AGE_DISAGREES_WITH_CATEGORY"
    PRESCRIPTION_FOR_OTHER_CATEGORY = "PRESCRIPTION_FOR_OTHER_CATEGORY"
    CATEGORY_REVIEW_OPEN = "CATEGORY_REVIEW_OPEN"
    CATEGORY_PROOF_MISSING = "CATEGORY_PROOF_MISSING"
    CATEGORY_PROOF_NOT_SUFFICIENT = "CATEGORY_PROOF_NOT_SUFFICIENT"
    MENOPAUSE_TOO_RECENT = "MENOPAUSE_TOO_RECENT"
    DAYS_SUPPLY_OUT_OF_RANGE = "DAYS_SUPPLY_OUT_OF_RANGE"
    REFILLS_NOT_ALLOWED = "REFILLS_NOT_ALLOWED"
    AUTOMATIC_SHIPPING_NOT_ALLOWED = "AUTOMATIC_SHIPPING_NOT_ALLOWED"
    TELEPHONE_PRESCRIPTION = "TELEPHONE_PRESCRIPTION"
    PRESCRIPTION_MISSING = "PRESCRIPTION_MISSING"
    PRESCRIPTION_DATED_AHEAD = "PRESCRIPTION_DATED_AHEAD"
    AUTHORIZATION_MISSING = "AUTHORIZATION_MISSING"
    AUTHORIZATION_DATED_AHEAD = "AUTHORIZATION_DATED_AHEAD"
    AUTHORIZATION_ALREADY_USED = "AUTHORIZATION_ALREADY_USED"
    AUTHORIZATION_WITHOUT_TEST = "AUTHORIZATION_WITHOUT_TEST"
    AUTHORIZATION_EXPIRED = "AUTHORIZATION_EXPIRED"
    FIRST_STARTING_TEST_MISSING = "FIRST_STARTING_TEST_MISSING"
    SECOND_STARTING_TEST_MISSING = "SECOND_STARTING_TEST_MISSING"
    TEST_NOT_SENSITIVE_ENOUGH = "TEST_NOT_SENSITIVE_ENOUGH"
    TEST_NOT_VERIFIED = "TEST_NOT_VERIFIED"
    SURVEY_MISSING = "SURVEY_MISSING"
    SURVEY_BEFORE_PREVIOUS_DISPENSE = "SURVEY_BEFORE_PREVIOUS_DISPENSE"
    SURVEY_EXPIRED = "SURVEY_EXPIRED"
    PHARMACIST_NOT_TRAINED = "PHARMACIST_NOT_TRAINED"
    TOO_MUCH_SUPPLY_LEFT = "TOO_MUCH_SUPPLY_LEFT"
    QUANTITY_OUT_OF_RANGE = "QUANTITY_OUT_OF_RANGE"
    EXPOSURE_NOT_REPORTED = "EXPOSURE_NOT_REPORTED"
    APPROVAL_MISSING = "APPROVAL_MISSING"
    COUNSELING_MISSING = "COUNSELING_MISSING"
    COUNSELING_BEFORE_PRESCRIPTION = "COUNSELING_BEFORE_PRESCRIPTION"
    CHECKLIST_INCOMPLETE = "CHECKLIST_INCOMPLETE"
    MEDICATION_GUIDE_MISSING = "MEDICATION_GUIDE_MISSING"
    UNIT_EXPIRED = "UNIT_EXPIRED"
    UNIT_RECALLED = "UNIT_RECALLED"
    UNIT_SUSPECT = "UNIT_SUSPECT"
    UNIT_IDENTIFIER_MISSING = "UNIT_IDENTIFIER_MISSING"
    CONFIRMATION_MISSING = "CONFIRMATION_MISSING"
    CONFIRMATION_DATED_AHEAD = "CONFIRMATION_DATED_AHEAD"
    CONFIRMATION_EXPIRED = "CONFIRMATION_EXPIRED"
    SHIPPED_ON_ANOTHER_DAY = "SHIPPED_ON_ANOTHER_DAY"
    RULE_FAILED = "RULE_FAILED"
    UNKNOWN_GATE = "UNKNOWN_GATE"
    UNKNOWN_PROGRAM = "UNKNOWN_PROGRAM"


class AdvisoryCode(StrEnum):
    """What a pharmacist should think about; never blocks (section 13, last line)."""

    PATIENT_UNDER_18 = "PATIENT_UNDER_18"
    KAPOSI_SARCOMA_AT_4_MG = "KAPOSI_SARCOMA_AT_4_MG"
    STRONG_CYP1A2_INHIBITOR = "STRONG_CYP1A2_INHIBITOR"
    HEPATIC_IMPAIRMENT_DOSE = "HEPATIC_IMPAIRMENT_DOSE"
    DIALYSIS_DOSE = "DIALYSIS_DOSE"
    PEMBROLIZUMAB = "PEMBROLIZUMAB"
    BLOOD_COUNT_OVERDUE = "BLOOD_COUNT_OVERDUE"
    QUANTITY_ABOVE_ONE_CYCLE = "QUANTITY_ABOVE_ONE_CYCLE"
    EXPOSURE_NOT_REPORTED = "EXPOSURE_NOT_REPORTED"


_IN_WORDS = {
    TestResult.NEGATIVE: "negative",
    TestResult.POSITIVE: "positive",
    TestResult.INDETERMINATE: "indeterminate",
    RiskCategory.FRP_ADULT: "FRP adult",
    RiskCategory.FNRP_ADULT: "FNRP adult",
    RiskCategory.MALE_ADULT: "male adult",
    RiskCategory.FRP_CHILD: "FRP child",
    RiskCategory.FNRP_CHILD: "FNRP child",
    RiskCategory.MALE_CHILD: "male child",
}


def in_words(word: StrEnum | None) -> str:
    """A word of the program as a finding tells it: `missed_period` is "missed period"."""
    if word is None:
        return "none"
    return _IN_WORDS.get(word, word.value.replace("_", " "))
