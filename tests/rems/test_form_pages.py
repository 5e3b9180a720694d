"""What prescribers, patients and guardians record: signed, refused beside the field, kept."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from rems.models import (
    AgreementForm,
    Enrollment,
    Hold,
    HoldClearance,
    Patient,
    PregnancyTest,
    Prescription,
    Survey,
)
from tests.builders import (
    a_delegate,
    a_hold,
    a_patient,
    a_test,
    acting_user,
    ago,
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
    answers = {item.key: item.choices[0][0] for item in page.context["form"].items}
    answer = client.post(
        url("survey", patient), {**answers, "printed_name": guardian.name, **SIGNED}
    )
    assert answer.status_code == 302
    survey = Survey.objects.get(patient=patient)
    assert survey.attestation is not None
    assert survey.attestation.role == "guardian"


def test_ana_s_late_period_in_the_survey_stops_her_order_and_her_prescriber_reads_it(
    client: Client,
) -> None:
    patient = ana("checkout").patient
    user = acting_user(patient)
    sign_in(client, user)
    form = client.get(url("survey", patient)).context["form"]
    answers = {item.key: item.choices[0][0] for item in form.items} | {"no_missed_period": "no"}
    entry = {**answers, "printed_name": user.name, **SIGNED}
    page = client.post(url("survey", patient), entry, follow=True).content.decode()
    assert "Please call your prescriber now" in page
    assert Hold.objects.get(patient=patient).hold_type == "missed_period"
    sign_in(client, prescriber_user(patient))
    record = client.get(url("patient", patient)).content.decode()
    assert "to: Have your periods come as expected?" in record
    assert "Told in the patient survey." in record


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
