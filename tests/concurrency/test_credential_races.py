"""What stands in the way of a decision may come from any of its parties: each of their rows is locked.

A credential that ends at the same moment, a new version of the program: either the decision came first,
or it knows of it.
"""

from collections.abc import Callable
from typing import Any

import pytest

from orders.models import Order
from rems.models import (
    Credential,
    DecisionRecord,
    Evidence,
    PharmacistTraining,
    PharmacyCertification,
    PrescriberCertification,
    ProgramVersion,
    StateLicence,
)
from rems.services import credentials
from tests import builders as b
from tests.cast import pat
from tests.concurrency.race import Connection
from tests.concurrency.work import (
    CHECKOUT_KNOWS_THE_FACTS,
    EVIDENCE_IS_WRITTEN,
    STEP_HAS_LOCKS,
    STEP_KNOWS_THE_FACTS,
    Race,
    Work,
    ana_s_order,
    approving,
    checking_out,
    decided_at,
    status,
)
from tests.guards.evidence import a_row, write
from tests.guards.life import stock
from tests.store import a_new_version

pytestmark = pytest.mark.django_db(transaction=True)

AT_CHECKOUT = [
    (PrescriberCertification, "R01"),
    (PharmacyCertification, "R02"),
    (StateLicence, "R53"),
]
at_checkout = pytest.mark.parametrize(("kind", "rule"), AT_CHECKOUT)
VERSION_IS_WRITTEN = "rems.services.versions.seal"


def signing_a_version() -> ProgramVersion:
    return a_new_version({"max_days_supply": 21})


def ending(kind: type[Credential]) -> Work:
    """Pat revokes the credential; of licences the one for the state that the parcel goes to."""
    rows = kind._default_manager.order_by("pk")
    of = {"state": "NY"} if kind is StateLicence else {}
    signature = b.sign(pat().user, "pharmacist", "I revoke this.")
    credential = rows.filter(**of)[0]
    return lambda: credentials.revoke_credential(
        credential=credential, reason="Withdrawn", actor=pat().user, signature=signature
    )


@at_checkout
def test_a_credential_that_just_ended_stops_the_checkout(
    kind: type[Credential], rule: str, race: Race
) -> None:
    cleared = b.a_cleared_patient()
    stock()
    _, result = race.run(ending(kind), EVIDENCE_IS_WRITTEN, checking_out(cleared))
    assert not result.is_done
    assert [finding.rule for finding in result.decision.findings] == [rule]
    assert not Order.objects.exists()


@at_checkout
def test_ending_a_credential_waits_for_a_checkout_under_way(
    kind: type[Credential], rule: str, race: Race
) -> None:
    cleared = b.a_cleared_patient()
    stock()
    result, ended = race.run(checking_out(cleared), CHECKOUT_KNOWS_THE_FACTS, ending(kind))
    assert result.is_done
    assert ended.recorded_at > DecisionRecord.objects.get(gate="checkout").at


@at_checkout
def test_control_without_the_locks_the_checkout_goes_by_what_has_ended(
    kind: type[Credential], rule: str, race: Race
) -> None:
    cleared = b.a_cleared_patient()
    stock()
    ended, result = race.run_unlocked(
        ending(kind), EVIDENCE_IS_WRITTEN, checking_out(cleared), CHECKOUT_KNOWS_THE_FACTS
    )
    assert result.is_done
    assert ended.recorded_at < DecisionRecord.objects.get(gate="checkout").at


def test_a_training_that_just_ended_stops_the_approval(race: Race) -> None:
    fill = ana_s_order()
    _, result = race.run(ending(PharmacistTraining), EVIDENCE_IS_WRITTEN, approving(fill))
    assert not result.is_done
    assert [finding.rule for finding in result.decision.findings] == ["R05"]
    assert status(fill) == "placed"


def test_ending_a_training_waits_for_an_approval_under_way(race: Race) -> None:
    fill = ana_s_order()
    result, ended = race.run(approving(fill), STEP_KNOWS_THE_FACTS, ending(PharmacistTraining))
    assert result.is_done
    assert ended.recorded_at > decided_at(fill, "approve")


def test_control_without_the_locks_an_untrained_pharmacist_approves(race: Race) -> None:
    fill = ana_s_order()
    ended, result = race.run_unlocked(
        ending(PharmacistTraining), EVIDENCE_IS_WRITTEN, approving(fill), STEP_KNOWS_THE_FACTS
    )
    assert result.is_done
    assert ended.recorded_at < decided_at(fill, "approve")


def test_a_new_version_of_the_program_waits_for_a_checkout_under_way(race: Race) -> None:
    cleared = b.a_cleared_patient()
    stock()
    result, version = race.run(checking_out(cleared), CHECKOUT_KNOWS_THE_FACTS, signing_a_version)
    assert result.is_done
    assert version.recorded_at > DecisionRecord.objects.get(gate="checkout").at


def test_control_without_the_locks_a_new_version_is_signed_in_the_middle_of_a_checkout(
    race: Race,
) -> None:
    cleared = b.a_cleared_patient()
    stock()
    result, version = race.run_unlocked(
        checking_out(cleared), CHECKOUT_KNOWS_THE_FACTS, signing_a_version, VERSION_IS_WRITTEN
    )
    assert result.is_done
    assert version.number > 1


@pytest.mark.parametrize(
    "kind",
    [
        PrescriberCertification,
        PharmacyCertification,
        StateLicence,
        PharmacistTraining,
    ],
)
def test_a_raw_insert_about_another_party_waits_for_the_decision_and_is_dated_after_it(
    kind: type[Evidence], race: Race, app_connection: Callable[..., Connection]
) -> None:
    """As one about the patient does (test_races.py)."""
    fill = ana_s_order()
    app = app_connection(autocommit=True)

    def raw() -> Any:
        with app.transaction():
            return write(app, a_row(kind))

    result, row_id = race.run(approving(fill), STEP_HAS_LOCKS, raw)
    assert result.is_done
    assert kind._default_manager.get(pk=row_id).recorded_at > decided_at(fill, "approve")
