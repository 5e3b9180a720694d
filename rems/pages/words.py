"""Names of the program's words for pages: what is stored is short, what is read is plain."""

CATEGORY_NAMES = {
    "FRP_ADULT": "Adult who can become pregnant (FRP)",
    "FNRP_ADULT": "Adult woman who cannot become pregnant (FNRP)",
    "MALE_ADULT": "Adult male",
    "FRP_CHILD": "Girl under 18 who can become pregnant (FRP)",
    "FNRP_CHILD": "Girl under 18 who cannot become pregnant yet (FNRP)",
    "MALE_CHILD": "Boy under 18",
}
RESULT_NAMES = {"neg": "Negative", "pos": "Positive", "ind": "Not clear"}
HOLD_NAMES = {
    "missed_period": "Missed or late period",
    "abnormal_bleeding": "Unusual bleeding",
    "contraception_stopped": "Birth control stopped or failed",
    "pregnancy_suspected": "Pregnancy suspected",
    "positive_test": "Pregnancy test not negative",
    "category_review": "Risk category under review",
}
PROOF_NAMES = {
    "menopause": "Natural menopause (date of the last period)",
    "hysterectomy": "Uterus removed (hysterectomy)",
    "bilateral_oophorectomy": "Both ovaries removed",
    "prepubertal": "Has not begun menstruating (date of examination)",
    "tubal_ligation": "Tubal ligation",
    "unilateral_oophorectomy": "One ovary removed",
    "chemo_amenorrhoea": "No periods because of treatment",
    "other": "Other",
}
EXPOSURE_NAMES = {
    "pregnancy": "Pregnancy",
    "partner_pregnancy": "Partner may be pregnant",
    "suspected_exposure": "Someone who can get pregnant may have touched the medicine",
}
FACTOR_NAMES = {
    "strong_cyp1a2_inhibitor": "Takes a strong CYP1A2 inhibitor",
    "hepatic_impairment": "Liver disease (hepatic impairment)",
    "on_dialysis": "On dialysis",
    "takes_pembrolizumab": "Takes pembrolizumab",
}
CHANGE_NAMES = {
    "missed_period": "My period is late or did not come",
    "abnormal_bleeding": "My bleeding is unusual",
    "contraception_stopped": "I stopped birth control, or it failed",
    "pregnancy_suspected": "I may be pregnant",
    "pregnancy": "I am pregnant",
    "bleeding_after_menopause": "I had bleeding after menopause or surgery",
    "first_period": "The first period has come",
    "partner_pregnancy": "My partner is or may be pregnant",
    "suspected_exposure": "Someone who can get pregnant touched the medicine or was exposed to it",
}
CHANNEL_NAMES = {
    "e-rx": "electronic",
    "fax": "fax",
    "paper": "paper",
    "phone": "telephone",
}
SIGNER_NAMES = {
    "prescriber": "the prescriber",
    "patient": "the patient",
    "guardian": "a parent or guardian",
}
OWNER_NAMES = {
    "patient": "You",
    "guardian": "A parent or guardian",
    "prescriber": "The prescriber",
    "pharmacy": "The pharmacy",
    "program": "The safety program",
    "time": "Nobody: it takes time",
    "support": "Our support",
}

# How a professional reads the same.
STAFF_OWNER_NAMES = {**OWNER_NAMES, "patient": "The patient", "time": "Nobody: it takes time"}

FRP_CHANGES = (
    "missed_period",
    "abnormal_bleeding",
    "contraception_stopped",
    "pregnancy_suspected",
    "pregnancy",
    "suspected_exposure",
)
FNRP_ADULT_CHANGES = (
    "bleeding_after_menopause",
    "pregnancy_suspected",
    "pregnancy",
    "suspected_exposure",
)
FNRP_CHILD_CHANGES = ("first_period", "pregnancy_suspected", "pregnancy", "suspected_exposure")
MALE_CHANGES = ("partner_pregnancy", "suspected_exposure")


def changes_for(category: str | None) -> tuple[str, ...]:
    """What a person of this category is offered to report; everything where it is not known."""
    offers = {
        "FRP_ADULT": FRP_CHANGES,
        "FRP_CHILD": FRP_CHANGES,
        "FNRP_ADULT": FNRP_ADULT_CHANGES,
        "FNRP_CHILD": FNRP_CHILD_CHANGES,
        "MALE_ADULT": MALE_CHANGES,
        "MALE_CHILD": MALE_CHANGES,
    }
    return offers.get(category or "", tuple(CHANGE_NAMES))


# How well a limit is known (rule sheet, "Confidence of each line").
CONFIDENCE_NAMES = {
    "C": "read in the source itself",
    "S": "seen once, or only in an old or secondary source",
    "A": "read for the sister program; assumed to match",
    "G": "general knowledge",
}


def name_limit(key: str) -> str:
    """A limit's key in words: `max_days_left` is "Max days left"."""
    return key.replace("_", " ").capitalize()
