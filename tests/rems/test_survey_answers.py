"""What a survey answer means: a 'no' that tells of a danger stops the next supply by itself."""

import pytest

from rems import core
from rems.checklists import quiet_answers, survey_items
from rems.errors import EntryRefused
from rems.models import ExposureReport, Hold, Survey
from rems.obligations import load_obligations
from rems.services.changes import Change
from rems.services.surveying import record_survey
from tests.builders import Cleared, acting_user, now, sign
from tests.cast import ana, beth, carl, dana, ella
from tests.rems.asking import denying, nothing_recorded
from tests.rems.treated import start_treatment

pytestmark = pytest.mark.django_db(transaction=True)


def answer(cleared: Cleared, **answers: str) -> Survey:
    """The survey of the patient, or the guardian, with all as it should be but these answers."""
    patient = cleared.patient
    user = acting_user(patient)
    relation = patient.accesses.get(user=user).relation
    role = "guardian" if relation == "guardian" else "patient"
    category = core.RiskCategory(cleared.prescription.category)
    return record_survey(
        patient_id=patient.pk,
        answers=quiet_answers(category) | answers,
        actor=user,
        signature=sign(user, role),
    )


@pytest.mark.parametrize(
    ("question", "hold_type"),
    [
        ("no_missed_period", "missed_period"),
        ("two_methods_used", "contraception_stopped"),
        ("not_pregnant", "pregnancy_suspected"),
    ],
)
def test_ana_answers_no_and_her_order_stops_at_once(question: str, hold_type: str) -> None:
    cleared = ana()
    assert denying(cleared.patient, cleared.prescription) == ()
    answer(cleared, **{question: "no"})
    assert Hold.objects.get(patient=cleared.patient).hold_type == hold_type
    for gate in core.Gate:
        assert "R25" in denying(cleared.patient, cleared.prescription, gate)


def test_beth_and_ella_tell_of_bleeding_and_their_category_is_reviewed() -> None:
    for cleared in (beth(), ella()):
        answer(cleared, no_bleeding="no")
        assert Hold.objects.get(patient=cleared.patient).hold_type == "category_review"
        assert "R07" in denying(cleared.patient, cleared.prescription)


@pytest.mark.parametrize(
    ("question", "kind"),
    [("no_partner_pregnant", "partner_pregnancy"), ("no_sharing", "suspected_exposure")],
)
def test_carl_tells_of_a_possible_exposure_and_it_has_to_be_reported(
    question: str, kind: str
) -> None:
    cleared = carl()
    answer(cleared, **{question: "no"})
    assert ExposureReport.objects.get(patient=cleared.patient).kind == kind
    assert not Hold.objects.exists()
    assert "R51" in denying(cleared.patient, cleared.prescription, core.Gate.APPROVE)


def test_answers_as_they_should_be_open_nothing() -> None:
    for cleared in (ana(), beth(), carl(), dana(), ella()):
        answer(cleared)
        assert denying(cleared.patient, cleared.prescription) == ()
    assert not Hold.objects.exists()
    assert not ExposureReport.objects.exists()


def test_danas_guardian_says_that_her_periods_are_irregular_and_her_test_is_due_sooner() -> None:
    cleared = dana()
    start_treatment(cleared.patient, days=40)
    due = {}
    for cycles in ("regular", "irregular"):
        answer(cleared, cycles=cycles)
        (obligation,) = [
            each
            for each in load_obligations([cleared.patient.pk], now())[
                cleared.patient.pk
            ].obligations
            if each.kind == "pregnancy_test_due"
        ]
        due[cycles] = obligation.due_on
    assert (due["regular"] - due["irregular"]).days == 14


@pytest.mark.parametrize("wrong", ["missing", "unknown answer", "unknown question"])
def test_a_survey_with_a_gap_is_refused_and_the_question_is_named(wrong: str) -> None:
    cleared = carl()
    answers = quiet_answers(core.RiskCategory.MALE_ADULT)
    if wrong == "missing":
        del answers["no_donation"]
    elif wrong == "unknown answer":
        answers["no_donation"] = "perhaps"
    else:
        answers["shoe_size"] = "yes"
    user = acting_user(cleared.patient)
    with nothing_recorded(), pytest.raises(EntryRefused) as refused:
        record_survey(
            patient_id=cleared.patient.pk,
            answers=answers,
            actor=user,
            signature=sign(user, "patient"),
        )
    assert refused.value.field == ("shoe_size" if wrong == "unknown question" else "no_donation")


def test_every_answer_that_tells_of_a_change_names_one_that_can_be_reported() -> None:
    for category in core.RiskCategory:
        reported = {item.on_no for item in survey_items(category) if item.on_no}
        assert reported <= set(Change)
        assert "suspected_exposure" in reported
