"""What the pharmacy and the prescriber's office record through their pages."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccessLog
from accounts.roles import Role
from rems.models import (
    EnrollmentEnd,
    ExposureReport,
    Patient,
    Supply,
)
from rems.pages.record import timeline
from tests.builders import (
    a_delegate,
    a_patient,
    a_prescriber,
    a_prescription,
    a_technician,
    a_user,
    acting_user,
    an_auditor,
    prescriber_user,
    sign_in,
    the_store,
)
from tests.cast import ana, carl

pytestmark = pytest.mark.django_db(transaction=True)

SIGNED = {"is_signed": "on"}


NEW_PATIENT = {
    "name": "Nina Vale",
    "born_on": "1969-02-03",
    "phone": "(212) 555-0177",
    "street": "9 Oak Street",
    "city": "Albany",
    "state": "NY",
    "zip_code": "12207",
}


def url(name: str, patient: Patient, *more: object) -> str:
    return reverse(f"rems:{name}", args=[patient.pk, *more])


def local(at: object) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%dT%H:%M")  # type: ignore[arg-type]


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


def test_pat_copies_an_authorization_number_and_signs_it_and_a_delegate_cannot(
    client: Client,
) -> None:
    patient = a_patient()
    prescription = a_prescription(patient)
    adding = url("authorization", patient, prescription.pk)
    sign_in(client, a_delegate(patient.prescriber))
    assert adding not in client.get(url("patient", patient)).content.decode()
    assert client.get(adding).status_code == 403
    pat = the_store().user
    sign_in(client, pat)
    assert adding in client.get(url("patient", patient)).content.decode()
    unsigned = client.post(adding, {"number": "A77"})
    assert unsigned.context["form"].errors.keys() == {"printed_name", "is_signed"}
    assert unsigned.context["form"]["number"].value() == "A77"
    entry = {"number": "A77", "printed_name": pat.name, **SIGNED}
    assert client.post(adding, entry).status_code == 302
    signed = prescription.authorizations.get().attestation
    assert signed is not None
    assert (signed.signer, signed.role) == (pat, Role.PHARMACIST)


def test_a_prescription_of_another_patient_is_not_found(client: Client) -> None:
    carls, anas = carl("checkout"), ana("checkout")
    sign_in(client, the_store().user)
    for name in ("confirmation", "counseling", "authorization"):
        assert client.get(url(name, carls.patient, anas.prescription.pk)).status_code == 404


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
    proof |= {"printed_name": doctor.name, **SIGNED}
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


def test_a_stop_of_the_day_before_is_told_with_its_time_and_one_to_come_is_not(
    client: Client,
) -> None:
    patient = carl("checkout").patient
    sign_in(client, prescriber_user(patient))
    tomorrow = timezone.localtime() + timedelta(days=1)
    told = {"reason": "Side effects.", "stopped_at": tomorrow.strftime("%Y-%m-%dT%H:%M")}
    page = client.post(url("stop", patient), told)
    assert page.status_code == 422
    assert page.context["form"].errors["stopped_at"] == ["This time is in the future."]
    assert "Side effects." in page.content.decode()
    assert not EnrollmentEnd.objects.filter(patient=patient).exists()
    yesterday = timezone.localtime() - timedelta(days=1)
    told["stopped_at"] = yesterday.strftime("%Y-%m-%dT%H:%M")
    assert client.post(url("stop", patient), told).status_code == 302
    end = EnrollmentEnd.objects.get(patient=patient)
    assert abs(end.occurred_at - yesterday) < timedelta(minutes=1)
    assert end.recorded_at > end.occurred_at + timedelta(hours=23)


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
    for _ in ("once", "a double click"):
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
