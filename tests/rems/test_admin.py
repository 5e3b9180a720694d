"""The admin shows the program's tables to those who may read them, and lets nobody change them."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from accounts.models import AccessLog, User
from accounts.roles import Role
from rems.models import DecisionRecord, PatientEvidence, PregnancyTest, ProgramVersion
from tests.builders import a_user, acting_user, an_auditor, sign_in, the_store
from tests.cast import ana
from tests.rems.asking import nothing_recorded

pytestmark = pytest.mark.django_db(transaction=True)

TABLES = [model for model in apps.get_app_config("rems").get_models() if model._meta.managed]


def test_every_kind_of_evidence_is_shown() -> None:
    shown = set(admin.site._registry)
    kinds = {model for model in TABLES if issubclass(model, PatientEvidence)}
    assert kinds <= shown


@pytest.mark.parametrize("model", [m for m in TABLES if m in admin.site._registry])
def test_an_auditor_reads_each_table_and_changes_nothing(client: Client, model: type) -> None:
    ana()
    sign_in(client, an_auditor())
    name = f"admin:rems_{model._meta.model_name}"  # type: ignore[attr-defined]
    assert client.get(reverse(f"{name}_changelist")).status_code == 200
    assert client.get(reverse(f"{name}_add")).status_code == 403
    row = model.objects.first()  # type: ignore[attr-defined]
    if row is None:
        return
    page = reverse(f"{name}_change", args=[row.pk])
    assert client.get(page).status_code == 200
    with nothing_recorded():
        assert client.post(page, {"number": "X"}).status_code == 403
        assert client.post(reverse(f"{name}_delete", args=[row.pk])).status_code == 403


def test_reading_a_row_in_the_admin_is_logged(client: Client) -> None:
    patient = ana().patient
    auditor = an_auditor()
    sign_in(client, auditor)
    test = PregnancyTest.objects.filter(patient=patient)[0]
    client.get(reverse("admin:rems_pregnancytest_change", args=[test.pk]))
    client.get(reverse("admin:rems_pregnancytest_changelist"))
    reads = AccessLog.objects.filter(
        user=auditor, subject_id=patient.pk, purpose="admin: pregnancy test"
    )
    assert reads.count() == 2


def test_an_editor_and_a_patient_see_no_evidence(client: Client) -> None:
    patient = ana().patient
    for user in (a_user(Role.EDITOR, "Edna Marsh"), acting_user(patient)):
        sign_in(client, user)
        answer = client.get(reverse("admin:rems_pregnancytest_changelist"))
        assert answer.status_code in {302, 403}


def test_unverified_limits_are_marked(client: Client) -> None:
    sign_in(client, the_store().user)
    version = ProgramVersion.objects.get()
    text = client.get(
        reverse("admin:rems_programversion_change", args=[version.pk])
    ).content.decode()
    assert "not verified" in text
    assert "max_days_supply" in text
    assert "assumed to match" in text


def test_even_a_superuser_cannot_change_a_decision(client: Client) -> None:
    root = User.objects.create_superuser("root@example.com", "a long passphrase", name="Root")
    sign_in(client, root)
    assert client.get(reverse("admin:rems_decisionrecord_add")).status_code == 403
    assert not DecisionRecord.objects.exists()
