"""Words for holds, exposure, pregnancy tests and surveys."""

from __future__ import annotations

from rems.core.vocabulary import Owner, Place, ReasonCode
from rems.core.wording.entry import Wording

_C, _O, _P = ReasonCode, Owner, Place

SAFETY_WORDINGS: dict[ReasonCode, Wording] = {
    _C.POSITIVE_TEST_NOT_CLEARED: Wording(
        "Positive or indeterminate pregnancy test not cleared",
        "Stop treatment. Only the prescriber can clear it, after a later negative test.",
        _O.PRESCRIBER,
        _P.PRESCRIBER_TESTS,
        "A pregnancy test was not clearly negative. Do not take this medicine. "
        "Call your prescriber today. They will tell you what happens next.",
    ),
    _C.POSITIVE_TEST_HOLD_OPEN: Wording(
        "Hold for a positive pregnancy test is open",
        "The prescriber closes the hold after a later negative test.",
        _O.PRESCRIBER,
        _P.PRESCRIBER_HOLDS,
        "Your treatment is stopped because of a pregnancy test. Do not take this medicine. "
        "Your prescriber has to clear this with you first.",
    ),
    _C.SAFETY_HOLD_OPEN: Wording(
        "Safety hold is open",
        "The prescriber clears it after a negative test taken since the report.",
        _O.PRESCRIBER,
        _P.PRESCRIBER_HOLDS,
        "You or your care team told us that something changed, so we have to stop for now. "
        "Do not take this medicine. You need a new pregnancy test; then your prescriber clears it.",
    ),
    _C.SAFETY_HOLD_CLEARED_WITHOUT_TEST: Wording(
        "Safety hold was closed without a negative test after the report",
        "A negative test after the report, no later than the closing; then a new closing.",
        _O.PRESCRIBER,
        _P.PRESCRIBER_HOLDS,
        "Before we can go on, you need a pregnancy test taken after the change was reported. "
        "Please call your prescriber. Do not take this medicine until then.",
    ),
    _C.SEVERE_HYPERSENSITIVITY_ON_FILE: Wording(
        "Severe hypersensitivity to pomalidomide on file",
        "Contraindicated (label 4.2). The prescriber corrects the record or stops treatment.",
        _O.PRESCRIBER,
        _P.PRESCRIBER_PORTAL,
        "Your file says that you had a serious allergic reaction to this medicine, so it is not "
        "safe for you. Please talk to your prescriber about it.",
    ),
    _C.EXPOSURE_NOT_REPORTED: Wording(
        "Suspected pregnancy exposure not reported yet",
        "Report it to the program and to FDA MedWatch, and record both.",
        _O.PHARMACY,
        _P.PHARMACY_REVIEW,
        "We first have to report a possible pregnancy exposure. We are working on it and "
        "will call you. You do not have to do anything now.",
    ),
}

TEST_WORDINGS: dict[ReasonCode, Wording] = {
    _C.FIRST_STARTING_TEST_MISSING: Wording(
        "No first starting test 10 to 14 days before the prescription",
        "A test 10 to 14 days before, and a second within 24 hours before, a new prescription.",
        _O.PRESCRIBER,
        _P.PRESCRIBER_TESTS,
        "Before you start, you need two pregnancy tests. The first one, 10 to 14 days before the "
        "prescription, is missing. Please plan the tests with your prescriber.",
    ),
    _C.SECOND_STARTING_TEST_MISSING: Wording(
        "No second starting test in the 24 hours before the prescription",
        "A test, then a new prescription within 24 hours.",
        _O.PRESCRIBER,
        _P.PRESCRIBER_TESTS,
        "Before you start, you need two pregnancy tests. The second one, in the 24 hours before "
        "the prescription, is missing. Please plan it with your prescriber.",
    ),
    _C.TEST_NOT_SENSITIVE_ENOUGH: Wording(
        "Pregnancy test is not sensitive enough",
        "Repeat with a test that detects 50 mIU/mL or less; the prescriber then takes the other "
        "result off the record.",
        _O.PRESCRIBER,
        _P.PRESCRIBER_TESTS,
        "One of your pregnancy tests was not sensitive enough. Please take another one. "
        "Your prescriber then takes the first one off your record.",
    ),
    _C.TEST_NOT_VERIFIED: Wording(
        "Test result is not verified by the prescriber",
        "The prescriber verifies the result.",
        _O.PRESCRIBER,
        _P.PRESCRIBER_TESTS,
        "Your prescriber still has to confirm a test result. Please remind their office.",
    ),
    _C.SURVEY_MISSING: Wording(
        "No patient survey on record",
        "The patient (or guardian) completes the survey.",
        _O.PATIENT,
        _P.PATIENT_SURVEY,
        "Please complete the patient survey. It takes a few minutes.",
    ),
    _C.SURVEY_BEFORE_PREVIOUS_DISPENSE: Wording(
        "No patient survey since the previous dispense",
        "The patient (or guardian) completes the survey again.",
        _O.PATIENT,
        _P.PATIENT_SURVEY,
        "You need a new patient survey for each supply. It takes a few minutes.",
    ),
    _C.SURVEY_EXPIRED: Wording(
        "Patient survey is out of date",
        "The patient (or guardian) completes the survey again.",
        _O.PATIENT,
        _P.PATIENT_SURVEY,
        "Your last patient survey is too old. Please complete it again; it takes a few minutes.",
    ),
}
