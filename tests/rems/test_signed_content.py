"""A signature says who, by which name, when and what it means, and is bound to what was signed."""

from datetime import timedelta

import pytest

from orders.models import OrderEvent
from rems.canonical import digest_of
from rems.models import Attestation, Evidence
from rems.services.recording import signed_content
from tests.guards.evidence import EVIDENCE
from tests.guards.life import a_whole_life

pytestmark = pytest.mark.django_db(transaction=True)

# What the program wants signed, by whom (design, section 5). A delegate's or a faxed test waits.
SIGNED_BY = {
    "rems_agreementsignature": {"prescriber", "patient"},
    "rems_authorization": {"prescriber"},
    "rems_categoryassignment": {"prescriber"},
    "rems_confirmation": {"pharmacist"},
    "rems_counselingrecord": {"pharmacist"},
    "rems_holdclearance": {"prescriber"},
    "rems_pharmacisttraining": {"pharmacist"},
    "rems_pharmacycertification": {"pharmacist"},
    "rems_prescribercertification": {"pharmacist"},
    "rems_prescription": {"prescriber"},
    "rems_reproductivestatusproof": {"prescriber"},
    "rems_statelicence": {"pharmacist"},
    "rems_survey": {"patient"},
    "rems_testverification": {"prescriber"},
}


def signed_rows() -> list[Evidence]:
    """Evidence with a signature of its own; a parcel's end stands under its order's step."""
    found: list[Evidence] = []
    for model in EVIDENCE:
        rows = model._default_manager.filter(attestation__isnull=False)
        found += rows.exclude(attestation__signed_table="orders_order")
    return found


def test_ana_s_whole_life_is_signed_where_the_program_wants_it_each_row_by_whom_it_wants() -> None:
    a_whole_life()
    roles: dict[str, set[str]] = {}
    for row in signed_rows():
        signed = row.attestation
        assert signed is not None
        table = row._meta.db_table
        roles.setdefault(table, set()).add(signed.role)
        assert (signed.signed_table, signed.signed_row) == (table, row.pk)
        assert signed.signer == row.recorded_by, table
        assert signed.printed_name == signed.signer.name, table
        assert signed.meaning, table
        age = signed.recorded_at - signed.reauthenticated_at
        assert timedelta(0) <= age < timedelta(minutes=6), table
        assert signed.digest == digest_of(signed_content(row)), table
    assert {table: roles.get(table) for table in SIGNED_BY} == SIGNED_BY
    for model in EVIDENCE:
        if model._meta.db_table in SIGNED_BY:
            assert not model._default_manager.filter(attestation__isnull=True).exists(), model


def test_another_word_under_a_signature_has_another_digest() -> None:
    a_whole_life()
    for row in signed_rows():
        signed = row.attestation
        assert signed is not None
        row.occurred_at += timedelta(microseconds=1)
        assert signed.digest != digest_of(signed_content(row)), row._meta.db_table


def test_each_step_of_an_order_is_signed_for_itself_and_for_its_decision() -> None:
    order = a_whole_life().order
    steps = OrderEvent.objects.filter(order=order, attestation__isnull=False).order_by("seq")
    assert [step.to_status for step in steps] == ["approved", "dispensed", "shipped", "lost"]
    for step in steps:
        signed = step.attestation
        assert isinstance(signed, Attestation)
        assert f"(order {order.number}, step {step.seq})" in signed.meaning
        said = {
            "order": order.pk,
            "seq": step.seq,
            "to_status": step.to_status,
            "decision": step.decision_id,
            "prescription": order.prescription_id,
            "quantity": order.quantity,
            "days_supply": order.days_supply,
        }
        assert signed.digest == digest_of(said)
        assert signed.digest != digest_of(said | {"quantity": order.quantity + 1})
