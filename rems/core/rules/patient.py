"""The patient's enrolment: category, agreement form, age, proof, what stops treatment."""

from rems.core.calendar import (
    MICROSECOND,
    add_calendar_months,
    local_date,
    months_later,
    start_of_day,
)
from rems.core.facts import AgreementForm, CategoryProof
from rems.core.rules.registry import Answer, Unmet, rule
from rems.core.situation import Situation
from rems.core.vocabulary import Gate, HoldType, ProofType, ReasonCode, RiskCategory, in_words

_CODE = ReasonCode

_QUALIFYING_PROOFS = {
    RiskCategory.FNRP_ADULT: frozenset(
        {ProofType.MENOPAUSE, ProofType.HYSTERECTOMY, ProofType.BILATERAL_OOPHORECTOMY}
    ),
    RiskCategory.FNRP_CHILD: frozenset({ProofType.PREPUBERTAL}),
}


@rule("R52", Gate.CHECKOUT, "8.4", "S14", "CG", _CODE.SEVERE_HYPERSENSITIVITY_ON_FILE)
def no_severe_hypersensitivity_on_file(situation: Situation) -> Answer:
    """No severe hypersensitivity to the drug is on file."""
    if not situation.facts.severe_hypersensitivity:
        return None
    return Unmet(_CODE.SEVERE_HYPERSENSITIVITY_ON_FILE, "recorded as an allergy")


@rule(
    "R03",
    Gate.CHECKOUT,
    "1.3.1",
    "S5, S8",
    "C",
    _CODE.CATEGORY_MISSING,
    _CODE.AGREEMENT_FORM_MISSING,
    _CODE.AGREEMENT_FORM_NOT_ACTIVE,
    _CODE.AGREEMENT_FORM_FOR_OTHER_CATEGORY,
    _CODE.PRESCRIBER_SIGNATURE_MISSING,
    _CODE.GUARDIAN_SIGNATURE_MISSING,
    _CODE.PATIENT_SIGNATURE_MISSING,
    _CODE.AGREEMENT_FORM_AFTER_PRESCRIPTION,
)
def agreement_form_is_signed_for_category(situation: Situation) -> Answer:
    """An active agreement form for the current category, signed before the prescription was written
    by the prescriber and by the patient (adult categories) or the guardian (child categories)."""
    category, form = situation.category, situation.form
    if category is None:
        return Unmet(_CODE.CATEGORY_MISSING, "no category on file")
    if form is None:
        return Unmet(_CODE.AGREEMENT_FORM_MISSING, "no form on file")
    return (
        _form_of_category(situation, form, category)
        or _form_signatures(form, category)
        or _form_active(form)
        or _form_before_prescription(situation, form)
    )


def _form_of_category(
    situation: Situation, form: AgreementForm, category: RiskCategory
) -> Unmet | None:
    if form.signed_at > situation.at:
        seen = f"dated ahead: {situation.show(form.signed_at)}"
        return Unmet(_CODE.AGREEMENT_FORM_MISSING, seen)
    if form.category is not category:
        seen = f"form for {in_words(form.category)}, patient is {in_words(category)}"
        return Unmet(_CODE.AGREEMENT_FORM_FOR_OTHER_CATEGORY, seen)
    return None


def _form_active(form: AgreementForm) -> Unmet | None:
    """Asked after the signatures: a form that still waits for one is not out of force."""
    if form.status != "active":
        return Unmet(_CODE.AGREEMENT_FORM_NOT_ACTIVE, f"status {form.status!r}")
    return None


def _form_signatures(form: AgreementForm, category: RiskCategory) -> Unmet | None:
    if not form.prescriber_signed:
        return Unmet(_CODE.PRESCRIBER_SIGNATURE_MISSING, "unsigned by the prescriber")
    if category.is_child and not form.guardian_signed:
        return Unmet(_CODE.GUARDIAN_SIGNATURE_MISSING, "unsigned by the guardian")
    if not category.is_child and not form.patient_signed:
        return Unmet(_CODE.PATIENT_SIGNATURE_MISSING, "unsigned by the patient")
    return None


def _form_before_prescription(situation: Situation, form: AgreementForm) -> Unmet | None:
    prescription = situation.prescription
    if prescription is None or form.signed_at <= prescription.written_at:
        return None
    signed, written = situation.show(form.signed_at), situation.show(prescription.written_at)
    return Unmet(
        _CODE.AGREEMENT_FORM_AFTER_PRESCRIPTION,
        f"form signed {signed}, prescription written {written}",
    )


@rule(
    "R04",
    Gate.CHECKOUT,
    "1.1.11",
    "S3 (heading)",
    "CG",
    _CODE.AGREEMENT_FORM_BEFORE_LONG_STOP,
    limits=("new_form_after_stop",),
)
def agreement_form_is_renewed_after_long_stop(situation: Situation) -> Answer:
    """After a stop of 12 calendar months the agreement form is no older than that point."""
    form, stopped_at = situation.form, situation.facts.discontinued_at
    if form is None or stopped_at is None:
        return None
    lapses_at = months_later(stopped_at, situation.terms.restart_months, situation.zone)
    if form.signed_at >= lapses_at:
        return None
    if situation.at < lapses_at:
        return lapses_at - MICROSECOND
    stopped, signed = situation.show(stopped_at), situation.show(form.signed_at)
    seen = f"stopped {stopped}, form signed {signed}"
    return Unmet(_CODE.AGREEMENT_FORM_BEFORE_LONG_STOP, seen, lapses_at)


@rule(
    "R09",
    Gate.CHECKOUT,
    "2",
    "S24",
    "CG",
    _CODE.AGE_DISAGREES_WITH_CATEGORY,
    limits=("adult_age",),
)
def age_agrees_with_category(situation: Situation) -> Answer:
    """The patient's age on the local date agrees with the adult or child category."""
    if situation.category is None:
        return None
    of_age_on = add_calendar_months(situation.facts.born_on, situation.terms.adult_age_months)
    is_adult = situation.today >= of_age_on
    if is_adult == situation.category.is_child:
        category = in_words(situation.category)
        seen = f"18th birthday {of_age_on}, today {situation.today}, category {category}"
        return Unmet(_CODE.AGE_DISAGREES_WITH_CATEGORY, seen, of_age_on)
    return None if is_adult else start_of_day(of_age_on, situation.zone) - MICROSECOND


@rule("R07", Gate.CHECKOUT, "2", "store rule", "G", _CODE.CATEGORY_REVIEW_OPEN)
def no_category_review_is_open(situation: Situation) -> Answer:
    """No review of the patient's category is open."""
    for hold in situation.holds:
        if hold.type is HoldType.CATEGORY_REVIEW and situation.is_open(hold):
            seen = f"open since {situation.show(hold.opened_at)}"
            return Unmet(_CODE.CATEGORY_REVIEW_OPEN, seen)
    return None


@rule(
    "R08",
    Gate.CHECKOUT,
    "2",
    "S26, S28, S32",
    "CG",
    _CODE.CATEGORY_PROOF_MISSING,
    _CODE.CATEGORY_PROOF_NOT_SUFFICIENT,
    _CODE.MENOPAUSE_TOO_RECENT,
    limits=("menopause_period",),
)
def proof_of_no_reproductive_potential(situation: Situation) -> Answer:
    """FNRP adult: hysterectomy, bilateral oophorectomy, or natural menopause 24 calendar months
    before the form was signed; FNRP child: prepubertal."""
    category, proof = situation.category, situation.facts.category_proof
    if category is None or not category.is_fnrp:
        return None
    if proof is None or proof.on > situation.today:
        seen = "none on file" if proof is None else f"dated ahead: {proof.on}"
        return Unmet(_CODE.CATEGORY_PROOF_MISSING, seen)
    if proof.type not in _QUALIFYING_PROOFS[category]:
        seen = f"{in_words(proof.type)} does not qualify {in_words(category)}"
        return Unmet(_CODE.CATEGORY_PROOF_NOT_SUFFICIENT, seen)
    return _menopause_is_long_enough(situation, proof)


def _menopause_is_long_enough(situation: Situation, proof: CategoryProof) -> Unmet | None:
    form = situation.form
    # A form dated ahead counts as absent: R03 refuses, and there is no date to compare with.
    if proof.type is not ProofType.MENOPAUSE or form is None or form.signed_at > situation.at:
        return None
    complete_on = add_calendar_months(proof.on, situation.terms.menopause_months)
    signed_on = local_date(form.signed_at, situation.zone)
    if complete_on <= signed_on:
        return None
    seen = f"last period {proof.on}, complete {complete_on}, form signed {signed_on}"
    return Unmet(_CODE.MENOPAUSE_TOO_RECENT, seen, complete_on)
