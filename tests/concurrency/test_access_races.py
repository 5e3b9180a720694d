"""Pat clicks "Save" twice: an account is linked to a patient once. With the controls."""

from typing import Any

import pytest

from accounts.roles import Role
from rems.errors import GuardRefused
from rems.models import Patient
from rems.services import registration
from tests import builders as b
from tests.concurrency.race import Connection, without
from tests.concurrency.work import Race, Work, no_locks
from tests.rems.treated import in_treatment

pytestmark = pytest.mark.django_db(transaction=True)

ACCESS_IS_WRITTEN = "rems.services.registration._add_access"


def carl_and_a_link_to_him() -> tuple[Patient, Work]:
    carl, helper = in_treatment("MALE_ADULT", "Carl Weber"), b.a_user(Role.PATIENT, "Uma Weber")
    asked: dict[str, Any] = {"user": helper, "relation": "self", "actor": b.the_store().user}
    return carl, lambda: registration.grant_access(patient_id=carl.pk, **asked)


def links(carl: Patient) -> int:
    return carl.accesses.filter(user__name="Uma Weber").count()


def test_two_clicks_link_an_account_once(race: Race) -> None:
    carl, link = carl_and_a_link_to_him()
    first, second = race.run(link, ACCESS_IS_WRITTEN, link)
    assert first == second
    assert links(carl) == 1


def test_without_the_locks_the_database_refuses_the_second_link(race: Race) -> None:
    carl, link = carl_and_a_link_to_him()
    with no_locks():
        _, second = race.run(link, ACCESS_IS_WRITTEN, link)
    assert isinstance(second, GuardRefused)
    assert str(second) == "This account acts for the patient already."
    assert links(carl) == 1


def test_control_without_locks_and_guard_two_clicks_link_twice(
    race: Race, superuser_connection: Connection
) -> None:
    carl, link = carl_and_a_link_to_him()
    with without(superuser_connection, constraints="rems_patientaccess.rems_patientaccess_once"):
        race.run_unlocked(link, ACCESS_IS_WRITTEN, link, ACCESS_IS_WRITTEN)
        assert links(carl) == 2
