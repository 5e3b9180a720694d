"""Invariants 2, 3, 4 and 11: each kind of evidence, by raw SQL, table by table."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from uuid6 import uuid7

from rems.models import Evidence, PatientEvidence, Prescription, Seal, Supply
from rems.services import registration
from tests import builders as b
from tests.database import erase_rows
from tests.guards.evidence import EVIDENCE, a_row, correction_of, now_in, sign, table_of, write
from tests.guards.life import a_whole_life
from tests.guards.raw import CHECK, UNIQUE, Connection, copy_of, insert, refused, seal

# Column by column, what a row must share its patient with.
LINKS = {
    "rems_agreementsignature": "form_id",
    "rems_enrollment": "form_id",
    "rems_enrollmentend": "enrollment_id",
    "rems_testverification": "test_id",
    "rems_holdclearance": "hold_id",
    "rems_exposurereportfiling": "report_id",
    "rems_authorization": "prescription_id",
    "rems_confirmation": "prescription_id",
    "rems_supplydelivery": "supply_id",
    "rems_firstdose": "supply_id",
    "rems_supplyend": "supply_id",
    "rems_counselingrecord": "prescription_id",
}

# What nobody may record, correct or take back without signing for it.
ALWAYS_SIGNED = (
    "prescribercertification",
    "pharmacycertification",
    "pharmacisttraining",
    "statelicence",
    "categoryassignment",
    "reproductivestatusproof",
    "authorization",
    "confirmation",
)


@pytest.fixture(scope="module")
def ana_s_life(django_db_setup: None, django_db_blocker: Any, superuser_url: str) -> Iterator[None]:
    """One life for all tests of this file: what they try is refused, so it stays as it is."""
    with django_db_blocker.unblock():
        a_whole_life()
        yield
        connection.close()
    erase_rows(superuser_url)


@pytest.fixture
def app(ana_s_life: None, app_connection: Callable[..., Connection]) -> Connection:
    return app_connection(autocommit=True)


def counts() -> list[int]:
    return [model._default_manager.count() for model in EVIDENCE] + [Seal.objects.count()]


def test_a_right_correction_of_each_kind_goes_through_and_is_stamped_by_the_database(
    app: Connection,
) -> None:
    """Whatever the client sends for the stamps."""
    for model in EVIDENCE:
        with app.transaction():
            lie = {"recorded_at": "2020-01-01T00:00:00Z", "transaction_id": 7}
            row_id = write(app, a_row(model), **lie, occurred_at="2019-01-01T00:00:00Z")
            real = app.execute("SELECT pg_current_xact_id()::text::bigint").fetchone()
        stored = now_in(model, row_id)
        assert real is not None
        assert stored["transaction_id"] == real[0], model
        assert stored["recorded_at"] > b.ago(minutes=5), model


def test_nothing_is_recorded_before_it_happened(app: Connection) -> None:
    before = counts()
    for model in EVIDENCE:
        tomorrow = b.now() + timedelta(days=1)
        with refused(app, CHECK, f"{table_of(model)}_not_in_future"):
            write(app, a_row(model), occurred_at=tomorrow)
        # A client that also claims to write later is stamped with the real time.
        with refused(app, CHECK, f"{table_of(model)}_not_in_future"):
            write(app, a_row(model), occurred_at=tomorrow, recorded_at=tomorrow)
    assert counts() == before


def test_a_correction_says_why_and_a_retraction_says_of_what(app: Connection) -> None:
    before = counts()
    for model in EVIDENCE:
        name = f"{table_of(model)}_correction_has_reason"
        for lie in (
            {"correction_reason": ""},
            {"supersedes_id": None},
            {"supersedes_id": None, "correction_reason": "", "retracts": True},
        ):
            with refused(app, CHECK, name):
                write(app, a_row(model), **lie)
    assert counts() == before


def test_a_row_is_corrected_once(app: Connection) -> None:
    for model in EVIDENCE:
        row = a_row(model)
        with app.transaction():
            first = write(app, row)
        if table_of(model) in {"rems_enrollment", "rems_supply"}:
            continue  # a second of these meets another guard first; see their own tests
        with refused(app, UNIQUE, f"{table_of(model)}_supersedes_id_key"):
            write(app, row)
        assert now_in(model, first)["supersedes_id"] == row.pk


def test_evidence_without_a_seal_is_refused_at_the_commit(app: Connection) -> None:
    before = counts()
    for model in EVIDENCE:
        with refused(app, CHECK, f"{table_of(model)}_sealed"):
            write(app, a_row(model), sealed=False)
    assert counts() == before


def test_a_seal_in_somebody_else_s_chain_does_not_count(app: Connection) -> None:
    before = counts()
    for model in EVIDENCE:
        with refused(app, CHECK, f"{table_of(model)}_sealed"):
            row_id = write(app, a_row(model), sealed=False)
            seal(app, uuid7(), table_of(model), row_id)
    assert counts() == before


def test_a_correction_is_about_the_same_person(app: Connection) -> None:
    others = {
        "patient": b.a_patient(name="Gus Hall"),
        "prescriber": b.a_prescriber("Dr. Ada Else"),
        "pharmacist": b.a_pharmacist("Sam Ortiz"),
        "pharmacy": registration.register_pharmacy(
            name="Other", time_zone="UTC", phone="+12125550100", address="1 A Street", state="NJ"
        ),
    }
    before = counts()
    for model in EVIDENCE:
        field = model.subject_field()
        with refused(app, CHECK, "rems_correction_same_subject"):
            write(app, a_row(model), **{f"{field}_id": others[field].pk})
    assert counts() == before


def test_what_hangs_together_is_about_one_patient(app: Connection) -> None:
    """The clearing of Ana's hold does not clear Gus's, and so on for each link."""
    gus = b.a_patient(name="Gus Hall")
    before = counts()
    for model in EVIDENCE:
        if table_of(model) in LINKS:
            with refused(app, CHECK, f"{table_of(model)}_same_patient"):
                free = {"supersedes_id": None, "correction_reason": ""}
                write(app, a_row(model), patient_id=gus.pk, **free)
    assert counts() == before


def test_every_link_between_patients_rows_is_guarded() -> None:
    for model in EVIDENCE:
        for field in model._meta.concrete_fields:
            target = field.related_model
            if isinstance(target, type) and issubclass(target, PatientEvidence):
                assert field.name == "supersedes" or LINKS[table_of(model)] == field.column


@pytest.mark.parametrize(
    "lie",
    [
        {"signed_row": uuid7()},
        {"signed_table": "rems_elsewhere"},
        {"subject_id": uuid7()},
    ],
)
def test_a_signature_given_for_something_else_does_not_serve(
    lie: dict[str, Any], app: Connection
) -> None:
    before = counts()
    for model in EVIDENCE:
        row = a_row(model)
        values = correction_of(row)
        with refused(app, CHECK, f"{table_of(model)}_signature_is_its_own"):
            values["attestation_id"] = sign(app, row, values["id"], **lie)
            insert(app, table_of(model), values)
    assert counts() == before


def test_an_earlier_signature_does_not_serve_again(app: Connection) -> None:
    """Not even the one under the row that is corrected."""
    before = counts()
    signed_models = [model for model in EVIDENCE if a_row(model).attestation_id is not None]
    assert len(signed_models) > 8
    for model in signed_models:
        row = a_row(model)
        with refused(app, CHECK, f"{table_of(model)}_signature_is_its_own"):
            insert(app, table_of(model), correction_of(row, attestation_id=row.attestation_id))
    assert counts() == before


def test_what_the_program_wants_signed_is_signed(app: Connection) -> None:
    for name in (
        "agreementsignature",
        "testverification",
        "holdclearance",
        "prescription",
        "counselingrecord",
        "supplyend",
        "survey",
        *ALWAYS_SIGNED,
    ):
        row = a_row(next(m for m in EVIDENCE if table_of(m) == f"rems_{name}"))
        with refused(app, CHECK, f"rems_{name}_signed"):
            write(app, row, attestation_id=None)


def test_a_copy_of_a_prescription_was_checked_by_a_second_person(app: Connection) -> None:
    before = counts()
    written = a_row(Prescription)
    for channel in ("fax", "paper", "phone"):
        with refused(app, CHECK, "rems_prescription_copy_checked"):
            write(app, written, channel=channel, transcription_checked_by_id=None)
    assert counts() == before


def test_a_supply_from_elsewhere_is_signed(app: Connection) -> None:
    """One of ours rests on the signed step that packed it; this one on nobody but who tells of it."""
    before = counts()
    supply = a_row(Supply)
    elsewhere = {"source": "elsewhere", "order_id": None}
    with refused(app, CHECK, "rems_supply_signed"):
        write(app, supply, **elsewhere, attestation_id=None)
    assert counts() == before


@pytest.mark.parametrize(
    ("names", "guard"),
    [
        (("pregnancytest", "hold", "exposurereport", "hypersensitivity"), "taken_back_signed"),
        (ALWAYS_SIGNED, "signed"),
    ],
    ids=["what stops treatment", "what is always signed"],
)
def test_without_a_signature_it_is_not_taken_back(
    names: tuple[str, ...], guard: str, app: Connection
) -> None:
    for name in names:
        row = a_row(next(m for m in EVIDENCE if table_of(m) == f"rems_{name}"))
        taken_back = {"supersedes_id": row.pk, "retracts": True, "correction_reason": "Wrong."}
        with refused(app, CHECK, f"rems_{name}_{guard}"):
            write(app, row, **taken_back, attestation_id=None)
        assert not type(row)._default_manager.filter(supersedes=row.pk).exists()


def test_each_of_these_is_done_once(app: Connection) -> None:
    """Without superseding the first there is no second."""
    for name, guard in {
        "agreementsignature": "rems_agreementsignature_once",
        "enrollmentend": "rems_enrollmentend_once",
        "testverification": "rems_testverification_once",
        "holdclearance": "rems_holdclearance_once",
        "exposurereportfiling": "rems_exposurereportfiling_once",
        "authorization": "rems_authorization_one_per_prescription",
        "supplydelivery": "rems_supplydelivery_once",
        "firstdose": "rems_firstdose_once",
        "supplyend": "rems_supplyend_once",
    }.items():
        row = a_row(next(m for m in EVIDENCE if table_of(m) == f"rems_{name}"))
        with refused(app, UNIQUE, guard):
            write(app, row, supersedes_id=None, correction_reason="")


WORDS = {
    "rems_categoryassignment_category_known": "category",
    "rems_reproductivestatusproof_type_known": "proof_type",
    "rems_agreementform_category_known": "category",
    "rems_agreementsignature_role": "role",
    "rems_enrollmentend_cause_known": "cause",
    "rems_pregnancytest_result_known": "result",
    "rems_survey_category_known": "category",
    "rems_hold_type_known": "hold_type",
    "rems_exposurereport_kind_known": "kind",
    "rems_clinicalfactor_factor_known": "factor",
    "rems_prescription_category_known": "category",
    "rems_prescription_channel_known": "channel",
    "rems_confirmation_source_known": "source",
    "rems_supplyend_cause_known": "cause",
}


def test_a_word_that_the_rules_do_not_know_is_not_recorded(app: Connection) -> None:
    """An unknown category or result would have to be guessed at later."""
    for guard, column in WORDS.items():
        model = next(m for m in EVIDENCE if guard.startswith(f"{table_of(m)}_"))
        with refused(app, CHECK, guard):
            write(app, a_row(model), **{column: "x?"})


def test_a_credential_does_not_end_before_it_begins(app: Connection) -> None:
    for name in (
        "prescribercertification",
        "pharmacycertification",
        "pharmacisttraining",
        "statelicence",
    ):
        row = a_row(next(m for m in EVIDENCE if table_of(m) == f"rems_{name}"))
        with refused(app, CHECK, f"rems_{name}_interval_forward"):
            write(app, row, valid_until=row.valid_from - timedelta(seconds=1))  # type: ignore[attr-defined]


def test_figures_are_not_negative(app: Connection) -> None:
    for guard, column in {
        "rems_pregnancytest_detection_limit_check": "detection_limit",
        "rems_prescription_days_supply_check": "days_supply",
        "rems_prescription_quantity_check": "quantity",
        "rems_prescription_refills_authorized_check": "refills_authorized",
        "rems_supply_days_supply_check": "days_supply",
        "rems_supply_quantity_check": "quantity",
        "rems_enrollment_number_check": "number",
    }.items():
        model = next(m for m in EVIDENCE if guard.startswith(f"{table_of(m)}_"))
        with refused(app, CHECK, guard):
            write(app, a_row(model), **{column: -1})


def test_a_seal_follows_the_last_one_of_its_chain(app: Connection) -> None:
    last: Any = Seal.objects.order_by("-seq")[0]
    for seq in (last.seq, last.seq - 1, last.seq + 2, 0):
        values = copy_of(last, id=None, seq=seq, row_id=uuid7())
        del values["id"]
        with refused(app, CHECK, "rems_seal_seq_follows"):
            insert(app, "rems_seal", values)


def test_a_row_has_one_seal_and_a_place_one_link(
    app: Connection, superuser_connection: Connection
) -> None:
    last = Seal.objects.order_by("-seq")[0]
    with refused(app, UNIQUE, "rems_seal_row_unique"):
        seal(app, last.subject_id, last.table, last.row_id)
    values = copy_of(last, row_id=uuid7())
    del values["id"]
    with refused(superuser_connection, UNIQUE, "rems_seal_seq_unique"):
        superuser_connection.execute("SET LOCAL session_replication_role = replica")
        insert(superuser_connection, "rems_seal", values)


def test_a_row_is_signed_once_in_the_same_words(app: Connection) -> None:
    row: Evidence = next(a_row(m) for m in EVIDENCE if a_row(m).attestation_id is not None)
    assert row.attestation is not None
    with refused(app, UNIQUE, "rems_attestation_signed_once"):
        insert(app, "rems_attestation", copy_of(row.attestation))
