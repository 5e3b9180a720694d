"""What a superuser with the triggers off did to the records is found, and named."""

import hashlib
import io
import json
import re
from collections.abc import Callable
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
from celery.schedules import crontab
from django.apps import apps
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pharmacy.celery import app as celery_app
from rems.models import Hold, Prescriber, Seal, Stamped
from rems.seals import BEGINNING, link_digest
from rems.services.verify import BrokenRecords, export_heads, faults
from rems.tasks import EXPORT_SEAL_HEADS, export_seal_heads
from tests import builders as b
from tests.guards.life import Fill, a_placed_order, a_whole_life
from tests.guards.raw import Connection, copy_of, insert

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def no_heads_are_kept_yet(settings: Any, tmp_path: Path) -> None:
    """What another test's worker exported is about other records."""
    settings.SEAL_HEADS_DIR = str(tmp_path / "nothing yet")


@pytest.fixture
def intruder(superuser_connection: Connection) -> Connection:
    """A superuser, to whom no trigger and no foreign key speaks."""
    superuser_connection.execute("SET session_replication_role = replica")
    return superuser_connection


def verify(**files: Path) -> str:
    """What `manage.py verify_records` prints. Raises CommandError on a fault."""
    out = io.StringIO()
    call_command("verify_records", stdout=out, **files)
    return out.getvalue()


def found(**files: Path) -> list[str]:
    """The faults that it prints before it exits with an error."""
    out = io.StringIO()
    with pytest.raises(CommandError, match="faults"):
        call_command("verify_records", stdout=out, **files)
    return out.getvalue().splitlines()


def links(fill: Fill) -> list[Seal]:
    return list(Seal.objects.filter(subject_id=fill.order.patient_id).order_by("seq"))


def test_ana_s_whole_life_is_as_it_was_sealed() -> None:
    """Every kind of record, as the services wrote it, reads back to the same digest."""
    a_whole_life()
    stamped = [model for model in apps.get_models() if issubclass(model, Stamped)]
    assert all(model._default_manager.exists() for model in stamped)
    assert "as they were sealed" in verify()


CHANGES = {
    "a positive test made negative": "UPDATE rems_pregnancytest SET result = 'neg', "
    "detection_limit = 24",
    "a test moved by a day": "UPDATE rems_pregnancytest SET occurred_at = occurred_at "
    "- interval '1 day'",
    "a test received earlier": "UPDATE rems_pregnancytest SET recorded_at = recorded_at "
    "- interval '1 microsecond'",
    "a decision's gate": "UPDATE rems_decisionrecord SET gate = 'release'",
    "a decision's facts": "UPDATE rems_decisionrecord SET facts = facts || '{\"x\": 1}'",
    "a signature's name": "UPDATE rems_attestation SET printed_name = 'Somebody Else'",
    "an event's reason": "UPDATE orders_orderevent SET reason = 'because'",
    "a dispense's lot": "UPDATE orders_dispense SET serial_number = 'OTHER'",
    "a tracking number": "UPDATE orders_release SET tracking_number = 'OTHER'",
    "a certification": "UPDATE rems_prescribercertification SET valid_until = now()",
    "a licence": "UPDATE rems_statelicence SET state = 'NJ'",
    "a training": "UPDATE rems_pharmacisttraining SET proof = 'none'",
}


def test_each_change_is_found(intruder: Connection) -> None:
    a_placed_order(b.a_cleared_patient("FRP_ADULT", "Ana Ruiz")).to("shipped")
    for what, statement in CHANGES.items():
        table = statement.split()[1]
        intruder.execute(f"CREATE TEMPORARY TABLE before AS TABLE {table}")
        verify()

        assert intruder.execute(statement).rowcount, what

        assert any(f"({table} " in line and "was changed" in line for line in found()), what
        intruder.execute(f"DELETE FROM {table}")
        intruder.execute(f"INSERT INTO {table} TABLE before")
        intruder.execute("DROP TABLE before")


def test_the_first_broken_link_is_named(intruder: Connection) -> None:
    fill = a_placed_order()
    broken = links(fill)[4]
    intruder.execute(
        f"UPDATE {broken.table} SET recorded_at = now() WHERE id = %s", [broken.row_id]
    )

    assert found() == [
        f"chain {fill.order.patient_id}, link 5 ({broken.table} {broken.row_id}): "
        "the row or its seal was changed"
    ]


def test_a_removed_row_is_found(intruder: Connection) -> None:
    fill = a_placed_order()
    gone = links(fill)[3]
    intruder.execute(f"DELETE FROM {gone.table} WHERE id = %s", [gone.row_id])
    assert found() == [
        f"chain {fill.order.patient_id}, link 4 ({gone.table} {gone.row_id}): the row is missing"
    ]


def test_a_row_removed_together_with_its_link_is_found(intruder: Connection) -> None:
    fill = a_placed_order()
    gone = links(fill)[3]
    intruder.execute(f"DELETE FROM {gone.table} WHERE id = %s", [gone.row_id])
    intruder.execute("DELETE FROM rems_seal WHERE id = %s", [gone.pk])
    assert "link 4 is missing" in found()[0]
    # Nor does it help to close the ranks.
    close_ranks(intruder, gone)
    assert "was changed" in found()[0]


def close_ranks(intruder: Connection, gone: Seal) -> None:
    """The later links move up, by a detour: two never stand in one place."""
    for step in (10_000, -10_001):
        intruder.execute(
            "UPDATE rems_seal SET seq = seq + %s WHERE subject_id = %s AND seq > %s",
            [step, gone.subject_id, gone.seq],
        )


def test_a_row_that_was_slipped_in_is_found(intruder: Connection) -> None:
    """A negative test without a link, and one with a link made without the key."""
    cleared = b.a_cleared_patient("FRP_ADULT", "Ana Ruiz")
    test = b.a_test(cleared.patient)
    slipped = insert(intruder, "rems_pregnancytest", copy_of(test))
    assert found() == [
        f"chain {cleared.patient.pk} (rems_pregnancytest {slipped}): the row has no link"
    ]
    link_without_key(intruder, cleared.patient.pk, "rems_pregnancytest", slipped)
    assert "was changed" in found()[0]


def link_without_key(intruder: Connection, subject_id: Any, table: str, row_id: Any) -> None:
    """The best that can be done without the key: a digest made in the same way with another."""
    last = Seal.objects.filter(subject_id=subject_id).order_by("-seq")[0]
    digest = hashlib.sha256(f"{last.digest}{row_id}".encode()).hexdigest()
    intruder.execute(
        'INSERT INTO rems_seal (subject_id, seq, "table", row_id, digest) VALUES (%s,%s,%s,%s,%s)',
        [subject_id, last.seq + 1, table, row_id, digest],
    )


def change_a_row(intruder: Connection, fill: Fill) -> None:
    intruder.execute("UPDATE rems_decisionrecord SET advisories = '[\"none\"]'")


def slip_a_row_in(intruder: Connection, fill: Fill) -> None:
    hold = b.a_hold(fill.cleared.patient)
    slipped = insert(intruder, "rems_hold", copy_of(hold))
    link_without_key(intruder, hold.patient_id, "rems_hold", slipped)


def take_a_row_out(intruder: Connection, fill: Fill) -> None:
    gone = Seal.objects.get(row_id=b.a_hold(fill.cleared.patient).pk)
    b.a_survey(fill.cleared.patient)
    intruder.execute("DELETE FROM rems_hold WHERE id = %s", [gone.row_id])
    intruder.execute("DELETE FROM rems_seal WHERE id = %s", [gone.pk])
    close_ranks(intruder, gone)


@pytest.mark.parametrize("tamper", [change_a_row, slip_a_row_in, take_a_row_out])
def test_digests_that_were_made_anew_without_the_key_are_found(
    tamper: Callable[[Connection, Fill], None], intruder: Connection, settings: Any
) -> None:
    """The intruder tampers, then computes the whole chain again in the very same way."""
    fill = a_placed_order()
    own_key = settings.SEAL_KEY
    tamper(intruder, fill)
    settings.SEAL_KEY = "a key that the intruder made up"
    seal_anew(intruder, fill)
    assert "as they were sealed" in verify_chain_of(fill)
    settings.SEAL_KEY = own_key
    assert "link 1 " in found()[0]
    assert "was changed" in found()[0]


def verify_chain_of(fill: Fill) -> str:
    """With the intruder's own key the intruder's chain would look whole: the control."""
    chain = str(fill.order.patient_id)
    broken = [fault for fault in faults() if fault.subject_id == chain]
    return "as they were sealed" if not broken else str(broken)


def seal_anew(intruder: Connection, fill: Fill) -> None:
    digest = BEGINNING
    models = {model._meta.db_table: model for model in apps.get_models()}
    for link in links(fill):
        row = models[link.table]._default_manager.get(pk=link.row_id)
        digest = link_digest(digest, link.seq, row)
        intruder.execute("UPDATE rems_seal SET digest = %s WHERE id = %s", [digest, link.pk])


def test_a_cut_tail_is_found_against_the_heads_that_were_kept_elsewhere(
    intruder: Connection, tmp_path: Path
) -> None:
    fill = a_placed_order()
    hold = b.a_hold(fill.cleared.patient)
    heads = tmp_path / "heads.json"
    assert "heads of" in verify(export=heads)
    reached = len(links(fill))

    intruder.execute("DELETE FROM rems_hold WHERE id = %s", [hold.pk])
    intruder.execute("DELETE FROM rems_seal WHERE row_id = %s", [hold.pk])

    # What is left is whole in itself; only the file remembers.
    verify()
    assert not Hold.objects.exists()
    assert found(against=heads) == [
        f"chain {fill.order.patient_id}, link {reached} (rems_seal -): "
        f"cut after link {reached - 1}: it once reached {reached}"
    ]


def test_a_cut_tail_is_found_against_the_newest_daily_file_without_being_told_of_it(
    intruder: Connection, settings: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    verify()
    assert "No exported heads" in capsys.readouterr().err
    settings.SEAL_HEADS_DIR = str(tmp_path)
    hold = b.a_hold(a_placed_order().cleared.patient)
    (tmp_path / "heads-2020-01-01.json").write_text('{"heads": {}}')
    export_seal_heads()
    verify()
    assert capsys.readouterr().err == ""

    intruder.execute("DELETE FROM rems_hold WHERE id = %s", [hold.pk])
    intruder.execute("DELETE FROM rems_seal WHERE row_id = %s", [hold.pk])

    assert any("cut after link" in line for line in found())


def test_a_look_at_all_chains_may_take_hours_and_no_second_worker_begins_it(settings: Any) -> None:
    broker = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    assert export_seal_heads.soft_time_limit > broker["visibility_timeout"]
    assert export_seal_heads.time_limit > export_seal_heads.soft_time_limit
    assert not export_seal_heads.acks_late, "the broker would hand it out again"


def test_a_tail_that_was_cut_and_grew_again_is_found(intruder: Connection, tmp_path: Path) -> None:
    fill = a_placed_order()
    b.a_hold(fill.cleared.patient)
    heads = tmp_path / "heads.json"
    verify(export=heads)
    last = links(fill)[-1]
    intruder.execute(f"DELETE FROM {last.table} WHERE id = %s", [last.row_id])
    intruder.execute("DELETE FROM rems_seal WHERE id = %s", [last.pk])
    b.a_survey(fill.cleared.patient)
    assert any("not the link that was exported" in line for line in found(against=heads))


def test_a_chain_that_vanished_is_found(intruder: Connection, tmp_path: Path) -> None:
    a_placed_order()
    heads = tmp_path / "heads.json"
    count = export_heads(heads)
    assert count == Seal.objects.values("subject_id").distinct().count()
    prescriber = Prescriber.objects.get()
    intruder.execute("DELETE FROM rems_prescribercertification")
    intruder.execute("DELETE FROM rems_seal WHERE subject_id = %s", [prescriber.pk])
    gone = f"chain {prescriber.pk}, link 2 (rems_seal -): cut after link 0: it once reached 2"
    assert gone in found(against=heads)


def test_what_is_written_later_is_no_fault_against_an_older_file(tmp_path: Path) -> None:
    fill = a_placed_order()
    heads = tmp_path / "heads.json"
    verify(export=heads)
    fill.to("delivered")
    assert "as they were sealed" in verify(against=heads)


def test_broken_records_are_not_exported(intruder: Connection, tmp_path: Path) -> None:
    a_placed_order()
    intruder.execute("UPDATE rems_attestation SET meaning = 'Something else'")
    heads = tmp_path / "heads.json"
    assert found(export=heads)
    assert not heads.exists()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"heads": {"x": 1}}', '{"heads": []}', "\xff"])
def test_a_file_that_is_no_list_of_heads_is_a_clear_error(text: str, tmp_path: Path) -> None:
    path = tmp_path / "heads.json"
    path.write_text(text, encoding="latin-1")
    with pytest.raises(CommandError, match="not a file of exported heads"):
        verify(against=path)


def test_the_file_and_the_faults_hold_no_patient_s_data(
    intruder: Connection, tmp_path: Path
) -> None:
    fill = a_placed_order()
    heads = tmp_path / "heads.json"
    verify(export=heads)
    intruder.execute("UPDATE rems_attestation SET meaning = 'Something else'")
    text = heads.read_text() + "".join(found())
    patient = fill.cleared.patient
    # As words: a number that is all digits can also stand inside of a key.
    for secret in (patient.name, patient.number, fill.order.number, "Pat Lee"):
        assert not re.search(rf"\b{re.escape(secret)}\b", text)
    assert json.loads(heads.read_text()).keys() == {"heads"}


def test_a_row_is_not_asked_for_its_order_one_by_one() -> None:
    a_placed_order().to("delivered")
    with CaptureQueriesContext(connection) as asked:
        assert list(faults()) == []
    assert not [query for query in asked if 'FROM "orders_order" WHERE' in query["sql"]]


def test_the_heads_are_exported_every_day_unless_the_records_are_broken(
    intruder: Connection, settings: Any, tmp_path: Path
) -> None:
    settings.SEAL_HEADS_DIR = str(tmp_path / "elsewhere")
    a_placed_order()

    export_seal_heads()

    (file,) = (tmp_path / "elsewhere").iterdir()
    assert file.name == f"heads-{b.now().astimezone(UTC):%Y-%m-%d}.json"
    assert "as they were sealed" in verify(against=file)
    file.unlink()
    intruder.execute("UPDATE rems_attestation SET meaning = 'Something else'")
    with pytest.raises(BrokenRecords):
        export_seal_heads()
    assert not file.exists()
    (entry,) = (
        entry
        for entry in celery_app.conf.beat_schedule.values()
        if entry["task"] == EXPORT_SEAL_HEADS
    )
    assert entry["schedule"] == crontab(hour="5", minute="10"), "once a day, every day"


def test_a_cut_tail_is_not_vouched_for_by_the_next_day_s_file(
    intruder: Connection, settings: Any, tmp_path: Path
) -> None:
    settings.SEAL_HEADS_DIR = str(tmp_path)
    hold = b.a_hold(a_placed_order().cleared.patient)
    export_seal_heads()
    (file,) = tmp_path.iterdir()
    written = file.read_text()
    intruder.execute("DELETE FROM rems_hold WHERE id = %s", [hold.pk])
    intruder.execute("DELETE FROM rems_seal WHERE row_id = %s", [hold.pk])
    with pytest.raises(BrokenRecords):
        export_seal_heads()
    assert file.read_text() == written
