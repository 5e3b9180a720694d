"""What the pharmacist is advised of is evidence: the newest word on each thing counts."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from rems.errors import EntryRefused, NotAllowed
from rems.models import BloodCount, ClinicalFactor, Patient
from rems.services import clinical, corrections
from tests.builders import (
    Cleared,
    a_delegate,
    a_patient,
    a_survey,
    a_technician,
    acting_user,
    ago,
    clear_for,
    prescriber_user,
    sign_in,
    the_store,
)
from tests.cast import carl
from tests.database import VirtualClock
from tests.orders.pages import words
from tests.orders.steps import placed
from tests.rems.asking import nothing_recorded
from tests.rems.treated import in_treatment

pytestmark = pytest.mark.django_db(transaction=True)

INHIBITOR = "strong_cyp1a2_inhibitor"
SAID = {
    INHIBITOR: "strong CYP1A2 inhibitor",
    "hepatic_impairment": "iver",
    "on_dialysis": "ialysis",
    "takes_pembrolizumab": "embrolizumab",
}
COUNT = "lood count"


def tell(patient: Patient, factor: str, is_present: bool = True, days: int = 0) -> ClinicalFactor:
    return clinical.record_clinical_factor(
        patient_id=patient.pk,
        factor=factor,
        is_present=is_present,
        since=ago(days=days),
        actor=the_store().user,
    )


def advice(client: Client, cleared: Cleared) -> str:
    """What Pat reads beside the findings of a new order."""
    order = placed(cleared)
    sign_in(client, the_store().user)
    page = words(client.get(f"/orders/queue/{order.pk}/"))
    return page.partition("To think about")[2]


@pytest.mark.parametrize("factor", SAID)
def test_pat_is_told_of_what_carl_takes_or_has(client: Client, factor: str) -> None:
    cleared = carl()
    tell(cleared.patient, factor)
    said = advice(client, cleared)
    assert SAID[factor] in said
    for other in SAID.keys() - {factor}:
        assert SAID[other] not in said


def test_the_newest_word_counts_also_when_it_is_typed_before_an_older_one(client: Client) -> None:
    cleared = carl()
    tell(cleared.patient, "on_dialysis", is_present=False, days=1)
    tell(cleared.patient, "on_dialysis", days=30)
    tell(cleared.patient, INHIBITOR, is_present=False, days=30)
    tell(cleared.patient, INHIBITOR, days=1)
    said = advice(client, cleared)
    assert SAID["on_dialysis"] not in said
    assert SAID[INHIBITOR] in said


def test_what_was_entered_in_error_is_not_told(client: Client) -> None:
    cleared = carl()
    row = tell(cleared.patient, INHIBITOR)
    corrections.correct_evidence(
        row=row, replacement=None, reason="Another Carl.", actor=the_store().user
    )
    assert advice(client, cleared) == ""


@pytest.mark.parametrize(("counted", "is_told"), [(None, False), (3, False), (15, True)])
def test_a_count_is_overdue_where_counts_are_told_of_and_the_next_but_one_was_due(
    client: Client, counted: int | None, is_told: bool
) -> None:
    patient = in_treatment("MALE_ADULT", "Carl Berg", days=24)
    if counted is not None:
        clinical.record_blood_count(
            patient_id=patient.pk, collected_at=ago(days=counted), actor=the_store().user
        )
    a_survey(patient)
    assert (COUNT in advice(client, clear_for(patient))) == is_told


def test_the_care_team_records_and_nobody_else() -> None:
    patient = a_patient()
    for user in (a_technician(), acting_user(patient)):
        with nothing_recorded(), pytest.raises(NotAllowed):
            clinical.record_blood_count(patient_id=patient.pk, actor=user)
        with nothing_recorded(), pytest.raises(NotAllowed):
            clinical.record_clinical_factor(
                patient_id=patient.pk, factor=INHIBITOR, is_present=True, actor=user
            )
    for user in (prescriber_user(patient), a_delegate(patient.prescriber)):
        clinical.record_blood_count(patient_id=patient.pk, actor=user)
    assert BloodCount.objects.count() == 2
    for wrong in ({"factor": "flat_feet"}, {"since": ago(days=0) + timedelta(days=1)}):
        asked = {"factor": INHIBITOR, "is_present": True, "actor": the_store().user, **wrong}
        with nothing_recorded(), pytest.raises(EntryRefused):
            clinical.record_clinical_factor(patient_id=patient.pk, **asked)  # type: ignore[arg-type]


def test_both_are_recorded_on_their_pages_and_stand_in_the_record(
    client: Client, clock: VirtualClock
) -> None:
    patient = a_patient()
    address = reverse("rems:patient", args=[patient.pk])
    sign_in(client, a_delegate(patient.prescriber))
    page = client.get(address).content.decode()
    factor, count = (
        reverse(f"rems:{name}", args=[patient.pk]) for name in ("factor", "blood-count")
    )
    assert factor in page
    assert count in page
    refused = client.post(factor, {"factor": INHIBITOR, "note": "Ciprofloxacin"})
    assert refused.context["form"].errors.keys() == {"is_present"}
    assert refused.context["form"]["note"].value() == "Ciprofloxacin"
    told = {"factor": INHIBITOR, "is_present": "yes", "note": "Ciprofloxacin"}
    assert client.post(factor, told).status_code == 302
    assert client.post(factor, {**told, "is_present": "no"}).status_code == 302
    assert client.post(count, {}).status_code == 302
    text = words(client.get(address))
    assert "Takes a strong CYP1A2 inhibitor: yes" in text
    assert "Takes a strong CYP1A2 inhibitor: no more" in text
    assert "Ciprofloxacin" in text
    assert "Blood count taken" in text
    sign_in(client, acting_user(patient))
    assert client.get(factor).status_code in {403, 404}
