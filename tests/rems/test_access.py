"""Who acts for whom, who reads whom, and who is brought in."""

from datetime import date, timedelta
from typing import Any

import pytest

from accounts.roles import Role
from rems import core
from rems.errors import EntryRefused, NotAllowed, StaleForm
from rems.models import AgreementForm, PatientAccess
from rems.selectors import (
    access_of,
    own_patients,
    patients_acted_for,
    readable_patients,
)
from rems.services import enrolling, registration, surveying
from rems.services.authority import require_access
from tests.builders import (
    PROGRAM,
    a_delegate,
    a_patient,
    a_prescriber,
    a_survey,
    a_user,
    acting_user,
    an_auditor,
    now,
    prescriber_user,
    sign,
    the_store,
)
from tests.cast import ana, carl, dana, ella
from tests.database import VirtualClock
from tests.rems.asking import nothing_recorded

pytestmark = pytest.mark.django_db(transaction=True)

CHECKOUT = core.Gate.CHECKOUT


def test_a_guardian_acts_until_the_eighteenth_birthday_begins(clock: VirtualClock) -> None:
    patient = ella("checkout").patient
    access = PatientAccess.objects.get(patient=patient)
    local_end = access.ends_at.astimezone(core.zone_named("America/New_York"))  # type: ignore[union-attr]
    assert (local_end.month, local_end.day) == (patient.born_on.month, patient.born_on.day)
    assert local_end.year == patient.born_on.year + 18
    assert (local_end.hour, local_end.minute) == (0, 0)
    clock.set(access.ends_at - timedelta(seconds=1))  # type: ignore[operator]
    assert list(patients_acted_for(access.user)) == [patient]
    clock.tick(1)
    assert list(patients_acted_for(access.user)) == []
    assert access_of(access.user, patient.pk, now()) is None
    with nothing_recorded(), pytest.raises(NotAllowed):
        a_survey(patient)


def test_an_adult_gets_no_guardian() -> None:
    patient = carl().patient
    with nothing_recorded(), pytest.raises(EntryRefused):
        registration.grant_access(
            patient_id=patient.pk,
            user=a_user(Role.PATIENT, "Some Parent"),
            relation="guardian",
            actor=the_store().user,
        )


def test_access_is_granted_and_ended_by_a_pharmacist_alone() -> None:
    patient = carl().patient
    helper = a_user(Role.PATIENT, "Second Login")
    with nothing_recorded(), pytest.raises(NotAllowed):
        registration.grant_access(
            patient_id=patient.pk, user=helper, relation="self", actor=acting_user(patient)
        )
    access = registration.grant_access(
        patient_id=patient.pk, user=helper, relation="self", actor=the_store().user
    )
    assert patient in patients_acted_for(helper)
    with pytest.raises(NotAllowed):
        registration.end_access(access_id=access.pk, actor=helper)
    registration.end_access(access_id=access.pk, actor=the_store().user)
    assert list(patients_acted_for(helper)) == []


def test_an_account_that_was_linked_twice_is_unlinked_once() -> None:
    patient, pat = carl().patient, the_store().user
    helper = a_user(Role.PATIENT, "Second Login")
    asked: dict[str, Any] = {"patient_id": patient.pk, "user": helper, "actor": pat}
    first = registration.grant_access(**asked, relation="self")
    with nothing_recorded():
        assert registration.grant_access(**asked, relation="self") == first
    registration.end_access(access_id=first.pk, actor=pat)
    assert list(patients_acted_for(helper)) == []
    with nothing_recorded(), pytest.raises(NotAllowed):
        require_access(helper, patient.pk, now())
    again = registration.grant_access(**asked, relation="self")
    assert again != first
    assert list(patients_acted_for(helper)) == [patient]


def test_nobody_is_the_patient_and_a_guardian_at_once() -> None:
    girl, pat = dana("checkout").patient, the_store().user
    mother = acting_user(girl)
    with nothing_recorded(), pytest.raises(EntryRefused, match="as a guardian"):
        registration.grant_access(patient_id=girl.pk, user=mother, relation="self", actor=pat)
    assert girl.accesses.get().relation == "guardian"


def test_an_access_that_ended_keeps_its_end(clock: VirtualClock) -> None:
    patient, pat = carl().patient, the_store().user
    helper = a_user(Role.PATIENT, "Second Login")
    asked: dict[str, Any] = {"patient_id": patient.pk, "user": helper, "actor": pat}
    first = registration.grant_access(**asked, relation="self")
    registration.end_access(access_id=first.pk, actor=pat)
    ended = PatientAccess.objects.get(pk=first.pk).ends_at
    clock.tick(60)
    second = registration.grant_access(**asked, relation="self")
    with (
        nothing_recorded(),
        pytest.raises(StaleForm, match="does not act for the patient any more"),
    ):
        registration.end_access(access_id=first.pk, actor=pat)
    assert PatientAccess.objects.get(pk=first.pk).ends_at == ended
    assert PatientAccess.objects.get(pk=second.pk).ends_at is None


def test_the_survey_is_the_patients_or_for_a_child_the_guardians() -> None:
    girl = dana("checkout").patient
    own_login = a_user(Role.PATIENT, "Dana Cole")
    registration.grant_access(
        patient_id=girl.pk, user=own_login, relation="self", actor=the_store().user
    )
    for user, role in ((own_login, "patient"), (prescriber_user(girl), "guardian")):
        with nothing_recorded(), pytest.raises(NotAllowed):
            surveying.record_survey(
                patient_id=girl.pk, answers={}, actor=user, signature=sign(user, role)
            )
    a_survey(girl)


def test_each_reader_reads_their_own_patients() -> None:
    mine, other = carl().patient, a_prescriber("Dr. Other Person")
    theirs = a_patient(name="Hal Own", prescriber=other)
    delegate = a_delegate(mine.prescriber)
    assert other.user is not None
    for reader in (prescriber_user(mine), delegate):
        assert list(own_patients(reader)) == [mine]
        assert list(readable_patients(reader)) == [mine]
    assert list(readable_patients(other.user)) == [theirs]
    assert list(readable_patients(acting_user(mine))) == [mine]
    assert set(readable_patients(an_auditor())) == {mine, theirs}
    assert not readable_patients(a_user(Role.EDITOR, "Edna Marsh")).exists()


def test_a_prescriber_who_hands_the_patient_on_loses_the_record() -> None:
    patient = ana("checkout").patient
    before = prescriber_user(patient)
    patient.prescriber = a_prescriber("Dr. Other Person")
    patient.save(update_fields=["prescriber"])
    assert not own_patients(before).exists()
    with nothing_recorded(), pytest.raises(NotAllowed):
        enrolling.start_agreement_form(patient_id=patient.pk, program_code=PROGRAM, actor=before)
    assert AgreementForm.objects.filter(patient=patient).count() == 1


def test_a_patient_is_brought_in_by_the_office_or_a_pharmacist() -> None:
    prescriber = a_prescriber()
    details = {
        "name": "New Person",
        "born_on": date(1980, 2, 29),
        "phone": "+12125550133",
        "street": "1 Oak Street",
        "city": "Albany",
        "state": "NY",
        "zip_code": "12207",
        "prescriber": prescriber,
    }
    other = a_prescriber("Dr. Other Person").user
    with pytest.raises(NotAllowed):
        registration.register_patient(**details, actor=other)  # type: ignore[arg-type]
    with pytest.raises(EntryRefused):
        registration.register_patient(
            **{**details, "born_on": date(2999, 1, 1)},  # type: ignore[arg-type]
            actor=the_store().user,
        )
    patient = registration.register_patient(**details, actor=the_store().user)  # type: ignore[arg-type]
    assert patient.number


@pytest.mark.parametrize("npi", ["1234567893", "1245319599"])
def test_a_right_npi_is_known(npi: str) -> None:
    assert registration.is_npi(npi)


@pytest.mark.parametrize("npi", ["1234567890", "123456789", "12345678933", "123456789x", ""])
def test_a_wrong_npi_is_known(npi: str) -> None:
    assert not registration.is_npi(npi)
