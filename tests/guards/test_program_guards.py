"""Invariants 1, 6, 7: versions, enrolments, numbers, people and products, round the ORM."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from uuid6 import uuid7

from accounts.roles import Role
from catalog.models import Product
from rems.models import (
    AgreementForm,
    AgreementSignature,
    ContactPreference,
    DecisionRecord,
    Enrollment,
    EnrollmentEnd,
    PatientAccess,
    Prescription,
    ProgramVersion,
    Reminder,
)
from rems.services import enrolling
from tests import builders as b
from tests.cast import carl
from tests.database import VirtualClock
from tests.guards.evidence import sign, write
from tests.guards.life import Fill, a_placed_order, a_whole_life
from tests.guards.raw import (
    CHECK,
    UNIQUE,
    Connection,
    copy_of,
    insert,
    insert_like,
    refused,
    seal,
    update,
)
from tests.guards.steps import permit, status_of, take

pytestmark = pytest.mark.django_db(transaction=True)
NEW = {"supersedes_id": None, "correction_reason": ""}


@pytest.fixture
def app(app_connection: Callable[..., Connection]) -> Connection:
    return app_connection(autocommit=True)


# Versions of the program ------------------------------------------------------------------------


def a_version(owner: Connection, **lies: Any) -> Any:
    """The owner brings in the next version, in force from tomorrow; its key."""
    last = ProgramVersion.objects.filter(program_id=b.PROGRAM).order_by("-number")[0]
    values = {"number": last.number + 1, "in_force_from": b.now() + timedelta(days=1)}
    return sealed_version(owner, last, **(values | lies))


def sealed_version(connection: Connection, row: ProgramVersion, **changes: Any) -> Any:
    """A copy of the version with its link; its key."""
    with connection.transaction():
        version = insert_like(connection, row, **changes)
        seal(connection, version, "rems_programversion", version)
    return version


def test_a_permit_by_a_version_that_is_not_in_force_yet_is_refused(
    app: Connection, owner_connection: Connection
) -> None:
    fill = a_placed_order()
    version = a_version(owner_connection)
    with refused(app, CHECK, "rems_decisionrecord_version_in_force"):
        take(app, fill, "approved", permit={"program_version_id": version})
    assert status_of(fill.order) == "placed"


def test_a_permit_by_a_version_that_is_no_longer_in_force_is_refused(
    app: Connection, owner_connection: Connection, clock: VirtualClock
) -> None:
    fill = a_placed_order()
    version = a_version(owner_connection)
    clock.shift(timedelta(days=2))
    with refused(app, CHECK, "rems_decisionrecord_version_in_force"):
        take(app, fill, "approved")
    with app.transaction():
        take(app, fill, "approved", permit={"program_version_id": version})
    assert status_of(fill.order) == "approved"


def test_a_new_version_does_not_rule_over_decisions_that_were_made(
    owner_connection: Connection,
) -> None:
    a_placed_order()
    decided_at = DecisionRecord.objects.latest("at").at
    for begins in (b.ago(days=400), decided_at):
        with refused(owner_connection, CHECK, "rems_programversion_past_kept"):
            a_version(owner_connection, in_force_from=begins)
    assert a_version(owner_connection)


def test_a_new_version_waits_for_the_decision_that_is_being_made(
    owner_connection: Connection,
) -> None:
    """The program's row is locked by decisions; the guard of versions wants it for itself."""
    b.the_store()
    owner_connection.execute("SET lock_timeout = '50ms'")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM rems_program WHERE code = %s FOR SHARE", [b.PROGRAM])
        with refused(owner_connection, "55P03"):
            a_version(owner_connection)
    assert a_version(owner_connection)


def test_versions_are_numbered_once_and_begin_once(owner_connection: Connection) -> None:
    last = ProgramVersion.objects.get(pk=a_version(owner_connection))
    with refused(owner_connection, UNIQUE, "rems_programversion_number_unique"):
        a_version(owner_connection, number=last.number)
    with refused(owner_connection, UNIQUE, "rems_programversion_start_unique"):
        a_version(owner_connection, in_force_from=last.in_force_from)


def another_program(owner: Connection) -> Any:
    """A second program with a version that is in force; the version's key."""
    owner.execute("INSERT INTO rems_program (code, name, revision) VALUES ('OTHER', 'Other', 0)")
    row = ProgramVersion.objects.filter(program_id=b.PROGRAM)[0]
    return sealed_version(owner, row, program_id="OTHER")


def test_a_permit_by_another_program_is_refused(
    app: Connection, owner_connection: Connection
) -> None:
    fill = a_placed_order()
    version = another_program(owner_connection)
    with refused(app, CHECK, "orders_orderevent_permit_of_program"):
        take(app, fill, "approved", permit={"program_version_id": version})
    with refused(app, CHECK, "orders_order_cap_of_program"):
        values = copy_of(fill.order, number="2")
        permit(app, fill, "checkout", program_version_id=version, subject_id=values["id"])
        insert(app, "orders_order", values)
    assert status_of(fill.order) == "placed"


def test_form_enrolment_prescription_and_drug_are_of_one_program(
    app: Connection, owner_connection: Connection
) -> None:
    carl()
    another_program(owner_connection)
    with refused(app, CHECK, "rems_enrollment_form_of_program"):
        write(app, Enrollment.objects.get(), program_id="OTHER", **NEW)
    with refused(app, CHECK, "rems_prescription_program_of_product"):
        write(app, Prescription.objects.get(), program_id="OTHER", **NEW)
    assert AgreementForm.objects.count() == Enrollment.objects.count() == 1


def test_a_product_is_on_sale_only_under_a_program_that_has_rules(app: Connection) -> None:
    product = b.the_store().product
    with refused(app, CHECK, "catalog_product_program_known"):
        update(app, product, program_code="NO-SUCH-PROGRAM")
    with refused(app, CHECK, "catalog_product_program_known"):
        update(app, product, program_code="")
    assert Product.objects.get() == product


def test_a_product_of_an_unknown_program_is_not_put_on_sale(app: Connection) -> None:
    """Neither by a new row nor by one that lay off sale; off sale it may lie there."""
    product = b.the_store().product
    for code in ("NO-SUCH-PROGRAM", "", "ps-pomalidomide"):
        off_sale = {"slug": f"off-{code or 'none'}", "program_code": code, "on_sale": False}
        key = insert_like(app, product, **off_sale)
        with refused(app, CHECK, "catalog_product_program_known"):
            app.execute("UPDATE catalog_product SET on_sale = true WHERE id = %s", [key])
        with refused(app, CHECK, "catalog_product_program_known"):
            insert_like(app, product, slug=f"on-{code}", program_code=code, on_sale=True)
    assert Product.objects.get(on_sale=True) == product


# Enrolment --------------------------------------------------------------------------------------


def test_one_person_does_not_sign_a_form_as_prescriber_and_as_patient(app: Connection) -> None:
    carl()
    as_prescriber, as_patient = AgreementSignature.objects.order_by("-role")
    with app.transaction():
        form = write(app, AgreementForm.objects.get(), **NEW)
        write(app, as_prescriber, form_id=form, **NEW)
    assert as_prescriber.attestation is not None
    doctor, key = as_prescriber.attestation.signer_id, uuid7()
    with refused(app, CHECK, "rems_agreementsignature_two_people"):
        signed = sign(app, as_patient, key, signer_id=doctor)
        write(app, as_patient, id=key, form_id=form, attestation_id=signed, **NEW)
    assert AgreementSignature.objects.filter(form=form).count() == 1


def test_nobody_is_enrolled_twice(app: Connection) -> None:
    carl()
    with refused(app, CHECK, "rems_enrollment_one_active"):
        write(app, Enrollment.objects.get(), **NEW)
    assert Enrollment.objects.count() == 1


def a_stop_and_a_restart(app: Connection) -> tuple[Enrollment, EnrollmentEnd]:
    """Carl stopped and began again: his first enrolment, and its end."""
    patient = carl().patient
    user = b.prescriber_user(patient)
    end = enrolling.discontinue_treatment(patient_id=patient.pk, reason="Travel", actor=user)
    enrolling.restart_treatment(patient_id=patient.pk, actor=user)
    return end.enrollment, end


def test_correcting_an_ended_enrolment_does_not_bring_a_second_one_to_life(
    app: Connection,
) -> None:
    first, _ = a_stop_and_a_restart(app)
    with refused(app, CHECK, "rems_enrollment_one_active"):
        write(app, first)
    assert Enrollment.objects.count() == 2


def test_taking_back_the_end_of_an_enrolment_does_not_bring_a_second_one_to_life(
    app: Connection,
) -> None:
    _, end = a_stop_and_a_restart(app)
    with refused(app, CHECK, "rems_enrollment_one_active"):
        write(app, end, retracts=True)
    assert EnrollmentEnd.objects.count() == 1


def test_an_enrolment_s_number_is_used_once(app: Connection) -> None:
    carl()
    with refused(app, UNIQUE, "rems_enrollment_number_unique"):
        row = Enrollment.objects.get()
        write(app, row, number=row.number)


# People, reminders, events ------------------------------------------------------------------------


def test_a_guardian_s_access_ends_and_has_a_name_that_is_known(app: Connection) -> None:
    b.a_patient("MALE_CHILD", "Finn Gray")
    access = PatientAccess.objects.get()
    with refused(app, CHECK, "rems_patientaccess_guardian_ends"):
        insert_like(app, access, ends_at=None)
    with refused(app, CHECK, "rems_patientaccess_guardian_ends"):
        app.execute("UPDATE rems_patientaccess SET ends_at = NULL")
    with refused(app, CHECK, "rems_patientaccess_relation_known"):
        insert_like(app, access, relation="friend")


def test_a_professional_is_one_person(app: Connection) -> None:
    prescriber, pharmacist = b.a_prescriber(), b.a_pharmacist()
    with refused(app, UNIQUE, "rems_prescriber_npi_key"):
        insert_like(app, prescriber, user_id=None)
    with refused(app, UNIQUE, "rems_prescriber_user_id_key"):
        insert_like(app, prescriber, npi="1234567893")
    with refused(app, UNIQUE, "rems_pharmacist_user_id_key"):
        insert_like(app, pharmacist)


def test_a_reminder_is_told_once_and_in_words_that_are_known(app: Connection) -> None:
    a_whole_life()
    reminder = Reminder.objects.all()[0]
    with refused(app, UNIQUE, "rems_reminder_once"):
        insert_like(app, reminder)
    with refused(app, CHECK, "rems_reminder_status_known"):
        insert_like(app, reminder, step=9, status="forgotten", sent_at=None)
    with refused(app, CHECK, "rems_reminder_sent_has_time"):
        insert_like(app, reminder, step=9, status="sent", sent_at=None)
    with refused(app, CHECK, "rems_reminder_attempts_check"):
        insert_like(app, reminder, step=9, attempts=-1)
    with refused(app, CHECK, "rems_reminder_step_check"):
        insert_like(app, reminder, step=-1)
    with refused(app, CHECK, "rems_reminder_possible_duplicates_check"):
        insert_like(app, reminder, step=9, possible_duplicates=-1)
    with refused(app, CHECK, "rems_reminder_channel_known"):
        insert_like(app, reminder, step=9, channel="pigeon")
    with refused(app, CHECK, "rems_reminder_delivery_known"):
        insert_like(app, reminder, step=9, delivery="perhaps")


def test_a_task_is_done_by_a_person_who_is_named_and_is_never_sent(app: Connection) -> None:
    a_whole_life()
    reminder = Reminder.objects.all()[0]
    task = {"step": 9, "channel": "task", "sent_at": None, "status": "planned"}
    at, person = b.now(), b.the_store().user.pk
    with refused(app, CHECK, "rems_reminder_task_never_sent"):
        insert_like(app, reminder, **task | {"status": "sent", "sent_at": at})
    with refused(app, CHECK, "rems_reminder_done_has_person"):
        insert_like(app, reminder, **task | {"status": "done"})
    for half in ({"resolved_at": at}, {"resolved_by_id": person}):
        with refused(app, CHECK, "rems_reminder_resolved_by_somebody"):
            insert_like(app, reminder, **task | half)
    insert_like(app, reminder, **task | {"resolved_at": at, "resolved_by_id": person})


def test_nobody_can_be_made_unreachable(app: Connection) -> None:
    user = b.the_store().user
    one = ContactPreference.objects.create(user=user)
    other = b.a_user(Role.PATIENT, "Ana Ruiz").pk
    with refused(app, UNIQUE, "rems_contactpreference_user_id_key"):
        insert_like(app, one)
    with refused(app, CHECK, "rems_contactpreference_some_channel"):
        insert_like(app, one, user_id=other, email_on=False)
    with refused(app, CHECK, "rems_contactpreference_sms_has_phone"):
        insert_like(app, one, user_id=other, sms_on=True)
    with refused(app, CHECK, "rems_contactpreference_language_known"):
        insert_like(app, one, user_id=other, language="xx")


def test_revisions_only_count_up_from_zero(app: Connection) -> None:
    fill: Fill = a_placed_order()
    store = b.the_store()
    for row in (store.pharmacy, store.pharmacist, fill.cleared.patient, b.a_prescriber()):
        with refused(app, CHECK, f"{row._meta.db_table}_revision_check"):
            update(app, row, revision=-1)
    with refused(app, CHECK, "rems_program_revision_check"):
        app.execute("UPDATE rems_program SET revision = -1")
    with refused(app, CHECK, "orders_order_revision_check"):
        update(app, fill.order, revision=-1)
