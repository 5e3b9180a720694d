"""The pages that show treatments and records: who sees what, and what is logged."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccessLog, User
from rems import core
from rems.models import (
    AgreementForm,
    Patient,
)
from rems.pages.places import url_for
from tests.builders import (
    a_hold,
    a_patient,
    a_prescriber,
    a_technician,
    a_test,
    acting_user,
    ago,
    an_auditor,
    prescriber_user,
    sign_in,
    the_store,
)
from tests.cast import ana

pytestmark = pytest.mark.django_db(transaction=True)

SIGNED = {"is_signed": "on"}


def url(name: str, patient: Patient, *more: object) -> str:
    return reverse(f"rems:{name}", args=[patient.pk, *more])


def local(at: object) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%dT%H:%M")  # type: ignore[arg-type]


def test_ana_sees_what_is_done_and_until_when_she_is_cleared(client: Client) -> None:
    patient = ana("checkout").patient
    sign_in(client, acting_user(patient))
    page = client.get(reverse("rems:my-treatment"), follow=True)
    assert page.status_code == 200
    text = page.content.decode()
    assert "You can order your medicine" in text
    assert "Cleared until" in text
    assert "Pregnancy tests" in text


def test_carl_is_told_what_is_missing_and_who_can_do_it(client: Client) -> None:
    patient = a_patient("MALE_ADULT", "Carl Berg", enrolled=False)
    sign_in(client, acting_user(patient))
    text = client.get(url("treatment", patient)).content.decode()
    assert "Something is still missing" in text
    assert "We do not have your signed agreement form yet" in text
    assert "The prescriber" in text


def test_a_stop_is_said_first_and_in_plain_words(client: Client) -> None:
    patient = ana("checkout").patient
    a_hold(patient)
    sign_in(client, acting_user(patient))
    text = client.get(url("treatment", patient)).content.decode()
    assert "Stop: do not take the medicine for now" in text
    assert "You can order" not in text


def test_an_anonymous_reader_is_sent_to_sign_in(client: Client) -> None:
    patient = a_patient()
    for name in ("treatment", "patient", "survey", "test", "report-change", "prescription"):
        answer = client.get(url(name, patient))
        assert answer.status_code == 302
        assert reverse("account_login") in answer["Location"]


def test_a_patient_cannot_see_another_patient(client: Client) -> None:
    carl_berg, ana_ruiz = a_patient(name="Carl Berg"), a_patient("FRP_ADULT", "Ana Ruiz")
    sign_in(client, acting_user(carl_berg))
    for name in ("treatment", "survey", "report-change", "test", "category", "agreement"):
        assert client.get(url(name, ana_ruiz)).status_code == 404, name
    assert AccessLog.objects.filter(subject_id=ana_ruiz.pk, purpose__startswith="refused").exists()
    assert (
        not AccessLog.objects.filter(subject_id=ana_ruiz.pk, user=acting_user(carl_berg))
        .exclude(purpose__startswith="refused")
        .exists()
    )


def test_a_prescriber_sees_own_patients_alone(client: Client) -> None:
    a_patient(name="Carl Berg")
    other = a_prescriber("Dr. Other Person")
    hers = a_patient(name="Hal Own", prescriber=other)
    sign_in(client, prescriber_user(hers))
    text = client.get(reverse("rems:patients")).content.decode()
    assert "Hal Own" in text
    assert "Carl Berg" not in text
    carls = Patient.objects.get(name="Carl Berg")
    assert client.get(url("patient", carls)).status_code == 404
    assert client.get(url("test", carls)).status_code == 404


def test_staff_read_every_record_and_the_patient_is_shown_no_record_page(client: Client) -> None:
    patient = ana().patient
    for reader in (the_store().user, a_technician(), an_auditor()):
        sign_in(client, reader)
        page = client.get(url("patient", patient))
        assert page.status_code == 200
        assert "Pregnancy test: Negative" in page.content.decode()
    sign_in(client, acting_user(patient))
    assert client.get(url("patient", patient)).status_code == 302


def test_every_read_of_a_record_is_logged(client: Client) -> None:
    patient = a_patient()
    auditor = an_auditor()
    sign_in(client, auditor)
    before = AccessLog.objects.filter(user=auditor).count()
    client.get(url("patient", patient))
    reads = AccessLog.objects.filter(user=auditor, subject_id=patient.pk, purpose="record")
    assert reads.count() == 1
    assert AccessLog.objects.filter(user=auditor).count() == before + 1


def test_the_pages_ask_as_many_queries_after_many_cycles_as_at_first(
    client: Client, django_assert_max_num_queries: object
) -> None:
    patient = ana("checkout").patient
    sign_in(client, the_store().user)
    few = _queries(client, url("patient", patient))
    for _ in range(5):
        a_test(patient, ago(hours=5))
        a_hold(patient, reported_at=ago(hours=6))
    assert _queries(client, url("patient", patient)) == few
    sign_in(client, acting_user(patient))
    assert _queries(client, url("treatment", patient)) <= 25


def test_the_list_asks_the_rules_once_for_everybody(client: Client) -> None:
    a_patient(name="Carl Berg")
    sign_in(client, the_store().user)
    reads = _queries(client, reverse("rems:patients"))
    a_patient(name="Hal Own")
    a_patient(name="Ivo Third")
    # One more row in the access log for each patient on the page, and nothing else.
    assert _queries(client, reverse("rems:patients")) == reads + 2


def _queries(client: Client, address: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_the_navigation_leads_each_role_to_its_pages(client: Client) -> None:
    patient = a_patient()
    for user, name in (
        (acting_user(patient), "rems:my-treatment"),
        (prescriber_user(patient), "rems:patients"),
    ):
        assert isinstance(user, User)
        sign_in(client, user)
        assert reverse(name) in client.get("/").content.decode()


def test_max_is_led_to_the_form_that_waits_for_him(client: Client) -> None:
    patient = a_patient("MALE_ADULT", "Max Dole", enrolled=False)
    sign_in(client, prescriber_user(patient))
    client.post(url("start-form", patient), {})
    form = AgreementForm.objects.get(patient=patient)
    sign_in(client, acting_user(patient))
    text = client.get(url("treatment", patient)).content.decode()
    assert "Your agreement form waits for your signature" in text
    assert url("sign-form", patient, form.pk) in text
    sign_in(client, the_store().user)
    assert client.get(url("agreement", patient))["Location"] == url("patient", patient)


@pytest.mark.parametrize("place", list(core.Place))
def test_each_place_leads_somewhere_that_its_reader_may_open(
    client: Client, place: core.Place
) -> None:
    patient = ana("checkout").patient
    for reader in (
        acting_user(patient),
        prescriber_user(patient),
        the_store().user,
        a_technician(),
        an_auditor(),
    ):
        address = url_for(place, patient, reader)
        if address is not None:
            sign_in(client, reader)
            assert client.get(address, follow=True).status_code == 200, (reader, address)


def test_the_patients_places_are_the_form_and_the_survey() -> None:
    patient = ana("checkout").patient
    led = {place for place in core.Place if url_for(place, patient) is not None}
    assert led == {core.Place.AGREEMENT_FORM, core.Place.PATIENT_SURVEY}
