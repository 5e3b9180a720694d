"""The prescriber's office and a guardian do their part, and a reminder goes out."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.clock import read_clock
from orders.management.demo.cast import ALAN, DANA, HANA, MARA, OKAFOR
from rems.models import Authorization, PregnancyTest, Survey
from tests.journeys.arranging import patient_of
from tests.journeys.barriers import barriers
from tests.journeys.store import PRODUCT_PATH, Store, choose, expect_heading, press, sign

pytestmark = pytest.mark.journey


def test_mara_was_told_by_mail_in_words_that_betray_nothing(store: Store) -> None:
    with store.person(ALAN) as page:
        mail = page.get_by_role("row").filter(has_text=MARA.person.email)
        for _ in range(40):
            page.goto("/admin/outgoing-mail/")
            if mail.count():
                break
            page.wait_for_timeout(500)
        assert barriers(page) == []
        mail.get_by_role("link").first.click()
        page.wait_for_url("**/outgoing-mail/*/")
        assert barriers(page) == []
        written = page.locator("#content").inner_text().lower()
    assert "sign in" in written
    for word in ("pregnan", "pomalidomide", "rems", "myeloma"):
        assert word not in written


def test_dr_okafor_renews_hanas_prescription_and_hana_can_order(store: Store) -> None:
    with store.person(HANA.person) as page:
        page.goto(PRODUCT_PATH)
        expect(page.get_by_text("You cannot order yet")).to_be_visible()
    with store.person(OKAFOR) as page:
        page.goto("/treatment/patients/")
        page.get_by_role("link", name=HANA.person.name).click()
        press(page, "Prescription")
        page.get_by_label("How to take it (sig)").fill("Take 1 capsule by mouth once a day.")
        page.get_by_label("Authorization number").fill("AUTH-HANA-2")
        sign(page, OKAFOR, "Sign and send")
        expect(page.get_by_text("The prescription is recorded.")).to_be_visible()
    with store.person(HANA.person) as page:
        page.goto(PRODUCT_PATH)
        expect(page.get_by_text("You can order now")).to_be_visible()
    assert Authorization.objects.get(number="AUTH-HANA-2").patient == patient_of(HANA)


def test_dr_okafor_records_danas_test_and_diane_answers_the_survey(store: Store) -> None:
    dana = patient_of(DANA)
    before = PregnancyTest.objects.filter(patient=dana).count()
    with store.person(OKAFOR) as page:
        page.goto(f"/treatment/patients/{dana.pk}/")
        press(page, "Pregnancy test")
        choose(page, "Result", "Negative")
        taken = timezone.localtime(read_clock() - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M")
        page.get_by_label("When the sample was taken").fill(taken)
        page.get_by_label("Detection limit (mIU/mL)").fill("25")
        sign(page, OKAFOR, "Save")
        page.wait_for_url(f"**/treatment/patients/{dana.pk}/")
    assert PregnancyTest.objects.filter(patient=dana).count() == before + 1
    assert DANA.guardian is not None
    with store.person(DANA.guardian) as page:
        page.goto("/treatment/")
        press(page, "Complete the survey")
        expect_heading(page, "Patient survey")
        for question in page.locator("fieldset:has(input[type=radio])").all():
            question.locator("input[type=radio]").first.check()
        sign(page, DANA.guardian, "Send the survey")
        page.wait_for_url(f"**/treatment/patients/{dana.pk}/treatment/")
    survey = Survey.objects.get(patient=dana)
    assert survey.attestation is not None
    assert survey.attestation.printed_name == DANA.guardian.name
