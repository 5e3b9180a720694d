"""The pages of the program: who sees what, what is kept, what is logged."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccessLog, User
from accounts.roles import Role
from rems import core
from rems.models import (
    AgreementForm,
    Enrollment,
    ExposureReport,
    Hold,
    HoldClearance,
    Patient,
    PregnancyTest,
    Prescription,
    Supply,
    Survey,
)
from rems.pages.places import url_for
from rems.pages.record import timeline
from tests.builders import (
    a_delegate,
    a_hold,
    a_patient,
    a_prescriber,
    a_technician,
    a_test,
    a_user,
    acting_user,
    ago,
    an_auditor,
    prescriber_user,
    sign_in,
    the_store,
)
from tests.cast import ana, carl, dana

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


@pytest.mark.parametrize(
    "name", ["test", "category", "prescription", "status", "start-form", "stop", "outside-supply"]
)
def test_a_technician_and_an_auditor_can_record_nothing(client: Client, name: str) -> None:
    patient = a_patient()
    for reader in (a_technician(), an_auditor()):
        sign_in(client, reader)
        assert client.get(url(name, patient)).status_code == 403
        assert client.post(url(name, patient), {}).status_code == 403
        assert AccessLog.objects.filter(
            user=reader, subject_id=patient.pk, purpose__startswith="refused"
        ).exists()


def test_a_technician_cannot_confirm_or_counsel(client: Client) -> None:
    cleared = carl("checkout")
    sign_in(client, a_technician())
    for name in ("confirmation", "counseling"):
        address = url(name, cleared.patient, cleared.prescription.pk)
        assert client.post(address, {"number": "C1", "source": "portal"}).status_code == 403
    assert not cleared.prescription.confirmations.exists()


def test_dr_okafor_records_a_test_and_it_is_verified(client: Client) -> None:
    patient = a_patient("FRP_ADULT", "Ana Ruiz")
    user = prescriber_user(patient)
    sign_in(client, user)
    answer = client.post(
        url("test", patient),
        {
            "result": "neg",
            "collected_at": local(ago(hours=3)),
            "detection_limit": "25",
            "laboratory": "Hudson Laboratory",
            "printed_name": user.name,
            **SIGNED,
        },
    )
    assert answer.status_code == 302
    test = PregnancyTest.objects.get(patient=patient)
    assert test.attestation is not None
    assert test.attestation.printed_name == user.name


def test_what_a_delegate_types_waits_for_the_prescriber(client: Client) -> None:
    patient = a_patient("FRP_ADULT", "Ana Ruiz")
    sign_in(client, a_delegate(patient.prescriber))
    entry = {"result": "neg", "collected_at": local(ago(hours=3)), "detection_limit": "25"}
    assert client.post(url("test", patient), entry).status_code == 302
    test = PregnancyTest.objects.get(patient=patient)
    assert test.attestation is None
    user = prescriber_user(patient)
    sign_in(client, user)
    page = url("verify-test", patient, test.pk)
    assert client.post(page, {"printed_name": user.name, **SIGNED}).status_code == 302
    assert test.verifications.count() == 1
    assert client.get(page).status_code == 404


def test_bad_input_is_kept_and_explained_beside_the_field(client: Client) -> None:
    patient = a_patient("FRP_ADULT", "Ana Ruiz")
    sign_in(client, prescriber_user(patient))
    answer = client.post(
        url("test", patient),
        {
            "result": "neg",
            "collected_at": "2999-01-01T10:00",
            "detection_limit": "many",
            "laboratory": "Hudson Laboratory",
            "printed_name": "Somebody Else",
        },
    )
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Please check the year." in text
    assert "Enter a whole number." in text
    assert "Hudson Laboratory" in text
    assert "Type your name just as it is printed" in text
    assert "Tick this box to sign." in text
    assert not PregnancyTest.objects.filter(patient=patient).exists()


def test_a_time_in_the_future_is_refused_beside_its_field(client: Client) -> None:
    patient = a_patient("FRP_ADULT", "Ana Ruiz")
    user = prescriber_user(patient)
    sign_in(client, user)
    answer = client.post(
        url("test", patient),
        {
            "result": "neg",
            "collected_at": local(ago(hours=-2)),
            "detection_limit": "25",
            "printed_name": user.name,
            **SIGNED,
        },
    )
    assert answer.status_code == 422
    assert "Your clock" not in answer.content.decode()
    assert answer.context["form"].errors["collected_at"] == ["This time is in the future."]
    assert not PregnancyTest.objects.filter(patient=patient).exists()


def test_a_signing_page_asks_for_the_password_first(client: Client) -> None:
    patient = a_patient()
    client.force_login(prescriber_user(patient))
    answer = client.get(url("category", patient))
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_reauthenticate"))


def test_what_was_typed_survives_the_password_page(client: Client) -> None:
    patient = a_patient("FRP_ADULT", "Ana Ruiz")
    user = prescriber_user(patient)
    client.force_login(user)
    answer = client.post(
        url("test", patient),
        {
            "result": "neg",
            "collected_at": local(ago(hours=3)),
            "detection_limit": "25",
            "printed_name": user.name,
            **SIGNED,
        },
    )
    assert answer.status_code == 302
    assert not PregnancyTest.objects.filter(patient=patient).exists()
    password_page = answer["Location"]
    shown = client.get(password_page).content.decode()
    goes_on_to = re.search(r'name="next"[^>]*value="([^"]+)"', shown)
    assert goes_on_to is not None
    wrong = client.post(password_page, {"password": "not it", "next": goes_on_to[1]})
    assert wrong.status_code == 200
    assert not PregnancyTest.objects.filter(patient=patient).exists()
    done = client.post(password_page, {"password": "a long passphrase", "next": goes_on_to[1]})
    assert done.status_code == 302
    assert PregnancyTest.objects.get(patient=patient).attestation is not None


def test_ana_and_dr_okafor_sign_the_form_and_she_is_enrolled(client: Client) -> None:
    patient = a_patient("FRP_ADULT", "Ana Ruiz", enrolled=False)
    doctor = prescriber_user(patient)
    sign_in(client, doctor)
    assert client.post(url("start-form", patient), {}).status_code == 302
    form = AgreementForm.objects.get(patient=patient)
    page = url("sign-form", patient, form.pk)
    for user in (doctor, acting_user(patient)):
        assert not Enrollment.objects.filter(patient=patient).exists()
        sign_in(client, user)
        assert client.get(url("agreement", patient))["Location"] == page
        assert "What is agreed" in client.get(page).content.decode()
        assert client.post(page, {"printed_name": user.name, **SIGNED}).status_code == 302
    assert Enrollment.objects.filter(patient=patient, form=form).exists()


def test_the_guardian_answers_dana_s_survey(client: Client) -> None:
    patient = dana("checkout").patient
    guardian = acting_user(patient)
    sign_in(client, guardian)
    page = client.get(url("survey", patient))
    answers = {item.key: "yes" for item in page.context["form"].items}
    answer = client.post(
        url("survey", patient), {**answers, "printed_name": guardian.name, **SIGNED}
    )
    assert answer.status_code == 302
    survey = Survey.objects.get(patient=patient)
    assert survey.attestation is not None
    assert survey.attestation.role == "guardian"


def test_an_unanswered_survey_is_refused_with_each_question_named(client: Client) -> None:
    patient = carl("checkout").patient
    user = acting_user(patient)
    sign_in(client, user)
    answer = client.post(url("survey", patient), {"printed_name": user.name, **SIGNED})
    assert answer.status_code == 422
    assert len(answer.context["form"].errors) == len(answer.context["form"].items)
    assert not Survey.objects.exists()


def test_ana_reports_a_late_period_and_only_her_prescriber_clears_it(client: Client) -> None:
    patient = ana("checkout").patient
    sign_in(client, acting_user(patient))
    page = url("report-change", patient)
    assert client.post(page, {"change": "missed_period"}).status_code == 302
    hold = Hold.objects.get(patient=patient)
    clearing = url("clear-hold", patient, hold.pk)
    assert client.post(clearing, {"reason": "I feel fine."}).status_code == 403
    sign_in(client, the_store().user)
    assert client.post(clearing, {"reason": "Looks fine."}).status_code == 403
    doctor = prescriber_user(patient)
    sign_in(client, doctor)
    entry = {"reason": "Examined.", "printed_name": doctor.name, **SIGNED}
    refused = client.post(clearing, entry)
    assert refused.status_code == 422
    assert "negative pregnancy test taken after this hold began is missing" in (
        refused.content.decode()
    )
    assert not HoldClearance.objects.exists()
    a_test(patient)
    assert client.post(clearing, entry).status_code == 302
    assert HoldClearance.objects.count() == 1


def test_men_are_not_asked_about_periods(client: Client) -> None:
    patient = carl("checkout").patient
    sign_in(client, acting_user(patient))
    text = client.get(url("report-change", patient)).content.decode()
    assert "My partner is or may be pregnant" in text
    assert "period" not in text.replace("unusual bleeding", "")
    forged = client.post(url("report-change", patient), {"change": "missed_period"})
    assert forged.status_code == 422


def test_dr_okafor_prescribes_with_the_number(client: Client) -> None:
    patient = a_patient()
    doctor = prescriber_user(patient)
    sign_in(client, doctor)
    entry = {
        "product_id": str(the_store().product.pk),
        "sig": "One capsule daily",
        "days_supply": "28",
        "quantity": "21",
        "indication": "multiple_myeloma",
        "number": "a 1-234",
        "printed_name": doctor.name,
        **SIGNED,
    }
    assert client.post(url("prescription", patient), entry).status_code == 302
    written = Prescription.objects.get(patient=patient)
    assert written.authorizations.get().number == "A1-234"
    again = client.post(url("prescription", patient), entry)
    assert again.status_code == 422
    assert "is on record for another prescription" in again.content.decode()
    assert Prescription.objects.count() == 1


def test_the_pharmacist_confirms_and_counsels(client: Client) -> None:
    cleared = carl("checkout")
    store = the_store()
    sign_in(client, store.user)
    confirming = url("confirmation", cleared.patient, cleared.prescription.pk)
    signed = {"printed_name": store.user.name, **SIGNED}
    assert (
        client.post(confirming, {"number": "C77", "source": "portal", **signed}).status_code == 302
    )
    counseling = url("counseling", cleared.patient, cleared.prescription.pk)
    items = [item.key for item in client.get(counseling).context["form"].items]
    partly = dict.fromkeys(items[1:], "on")
    guide = {"medication_guide_id": str(store.guide.pk)}
    assert client.post(counseling, {**partly, **guide, **signed}).status_code == 302
    fully = dict.fromkeys(items, "on")
    assert client.post(counseling, {**fully, **guide, **signed}).status_code == 302
    records = cleared.prescription.counselings.order_by("recorded_at")
    assert [record.checklist_complete for record in records] == [False, True]


def test_a_prescription_of_another_patient_is_not_found(client: Client) -> None:
    carls, anas = carl("checkout"), ana("checkout")
    sign_in(client, the_store().user)
    for name in ("confirmation", "counseling", "authorization"):
        assert client.get(url(name, carls.patient, anas.prescription.pk)).status_code == 404


def test_the_prescriber_takes_back_a_wrong_entry_and_the_record_keeps_both(client: Client) -> None:
    patient = ana("checkout").patient
    hold = a_hold(patient)
    doctor = prescriber_user(patient)
    sign_in(client, the_store().user)
    page = url("withdraw", patient, "hold", hold.pk)
    assert client.get(page).status_code == 403
    sign_in(client, doctor)
    entry = {"reason": "Reported for another patient.", "printed_name": doctor.name, **SIGNED}
    assert client.post(page, entry).status_code == 302
    text = client.get(url("patient", patient)).content.decode()
    assert "entered in error" in text
    assert "Reported for another patient." in text
    assert client.get(page).status_code == 404
    assert client.get(url("withdraw", patient, "seal", hold.pk)).status_code == 404


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


def test_credentials_are_recorded_and_revoked_by_pharmacists_alone(client: Client) -> None:
    prescriber = a_prescriber(certified=False)
    pharmacist = the_store().user
    adding = reverse("rems:certify-prescriber", args=[prescriber.pk])
    entry = {"proof": "Program letter", "printed_name": pharmacist.name, **SIGNED}
    for reader in (a_technician(), prescriber.user):
        assert reader is not None
        sign_in(client, reader)
        assert client.get(reverse("rems:credentials")).status_code == 403
        assert client.post(adding, entry).status_code == 403
    sign_in(client, pharmacist)
    assert client.post(adding, entry).status_code == 302
    certification = prescriber.certifications.get()
    assert "Program letter" in client.get(reverse("rems:credentials")).content.decode()
    revoking = reverse("rems:revoke", args=["prescriber", certification.pk])
    entry = {"reason": "Withdrew.", "printed_name": pharmacist.name, **SIGNED}
    assert client.post(revoking, entry).status_code == 302
    assert prescriber.certifications.count() == 2
    assert client.get(revoking).status_code == 404
    assert (
        client.get(reverse("rems:revoke", args=["nonsense", certification.pk])).status_code == 404
    )


def test_a_license_is_for_a_state(client: Client) -> None:
    store = the_store()
    sign_in(client, store.user)
    page = reverse("rems:licence", args=[store.pharmacy.pk])
    entry = {"state": "VT", "proof": "Board", "printed_name": store.user.name, **SIGNED}
    wrong = client.post(page, {**entry, "state": "XX", "ends_on": "9999-12-31"})
    assert wrong.status_code == 422
    assert set(wrong.context["form"].errors) == {"state", "ends_on"}
    assert client.post(page, {**entry, "ends_on": "2099-12-31"}).status_code == 302
    assert store.pharmacy.licences.filter(state="VT").exists()


def test_the_rest_of_the_forms_record_what_they_say(client: Client) -> None:
    patient = carl("checkout").patient
    pharmacist, doctor = the_store().user, prescriber_user(patient)
    by_pharmacist = {"printed_name": pharmacist.name, **SIGNED}
    sign_in(client, pharmacist)
    supply = {"days_supply": "28", "quantity": "28"}
    assert (
        client.post(url("outside-supply", patient), {**supply, **by_pharmacist}).status_code == 302
    )
    row = Supply.objects.get(patient=patient)
    today = timezone.localdate().isoformat()
    dose = url("first-dose", patient, row.pk)
    assert client.post(dose, {"started_on": "2999-01-01"}).status_code == 422
    assert client.post(dose, {"started_on": today}).status_code == 302
    lost = {"cause": "lost", "note": "Left on a train.", **by_pharmacist}
    assert client.post(url("end-supply", patient, row.pk), lost).status_code == 302
    sign_in(client, acting_user(patient))
    change = {"change": "partner_pregnancy", "note": ""}
    assert client.post(url("report-change", patient), change).status_code == 302
    report = ExposureReport.objects.get(patient=patient)
    sign_in(client, pharmacist)
    filing = {"case_number": "R-1", "medwatch_reference": "M-1"}
    assert client.post(url("file-exposure", patient, report.pk), filing).status_code == 302
    reaction = {"description": "Anaphylaxis"}
    assert client.post(url("hypersensitivity", patient), reaction).status_code == 302
    sign_in(client, doctor)
    assert client.post(url("stop", patient), {"reason": "Side effects."}).status_code == 302
    assert client.post(url("restart", patient), {}).status_code == 302
    proof = {"proof_type": "hysterectomy", "since_on": "2015-05-05"}
    assert client.post(url("status", patient), proof).status_code == 302
    category = {"category": "FNRP_ADULT", "reason": "Wrong.", "printed_name": doctor.name, **SIGNED}
    assert client.post(url("category", patient), category).status_code == 302
    kinds = {entry.kind for entry in timeline(patient.pk)}
    assert {
        "supply",
        "firstdose",
        "supplyend",
        "exposurereport",
        "exposurereportfiling",
        "hypersensitivity",
        "enrollmentend",
        "reproductivestatusproof",
        "categoryassignment",
    } <= kinds


NEW_PATIENT = {
    "name": "Nina Vale",
    "born_on": "1969-02-03",
    "phone": "(212) 555-0177",
    "street": "9 Oak Street",
    "city": "Albany",
    "state": "NY",
    "zip_code": "12207",
}


def test_the_prescribers_office_adds_a_patient(client: Client) -> None:
    prescriber = a_prescriber()
    page = reverse("rems:register-patient")
    sign_in(client, a_delegate(prescriber))
    wrong = client.post(page, {**NEW_PATIENT, "zip_code": "x", "born_on": "2999-01-01"})
    assert wrong.status_code == 422
    assert set(wrong.context["form"].errors) == {"zip_code", "born_on"}
    assert "Nina Vale" in wrong.content.decode()
    answer = client.post(page, NEW_PATIENT)
    patient = Patient.objects.get(name="Nina Vale")
    assert answer["Location"] == url("patient", patient)
    assert patient.prescriber == prescriber
    for reader in (a_technician(), an_auditor(), acting_user(a_patient())):
        sign_in(client, reader)
        assert client.post(page, {**NEW_PATIENT, "name": "Not Me"}).status_code == 403
    assert not Patient.objects.filter(name="Not Me").exists()


def test_a_pharmacist_links_and_unlinks_an_account(client: Client) -> None:
    patient = a_patient()
    own = acting_user(patient)
    second = a_user(Role.PATIENT, "Second Login")
    page = url("grant-access", patient)
    sign_in(client, own)
    assert client.post(page, {"user": second.email, "relation": "self"}).status_code == 403
    sign_in(client, the_store().user)
    for email in ("nobody@example.com", prescriber_user(patient).email):
        wrong = client.post(page, {"user": email, "relation": "self"})
        assert wrong.status_code == 422
        assert "user" in wrong.context["form"].errors
    assert client.post(page, {"user": second.email, "relation": "self"}).status_code == 302
    sign_in(client, second)
    assert client.get(url("treatment", patient)).status_code == 200
    access = patient.accesses.get(user=second)
    sign_in(client, the_store().user)
    ending = url("end-access", patient, access.pk)
    assert client.post(ending, {}).status_code == 302
    assert client.get(ending).status_code == 404
    sign_in(client, second)
    assert client.get(url("treatment", patient)).status_code == 404
