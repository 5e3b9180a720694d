"""Gina chooses how she is reached while she is given access to Mia: her choice holds for Mia too."""

from collections.abc import Callable
from datetime import time
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest

from accounts.models import User
from accounts.roles import Role
from rems.models import Patient
from rems.services import preferences, registration
from rems.services.planning import plan_everything
from tests import builders as b
from tests.concurrency.race import Connection, stopped_after, two_threads, wait_until_blocked
from tests.rems.treated import in_treatment

pytestmark = pytest.mark.django_db(transaction=True)

NEW_YORK = ZoneInfo("America/New_York")
Work = Callable[[], object]
# What each does that the other does not see before it is committed.
ACCESS = "rems.services.registration.plan_for_patient"
CHOICE = "rems.services.preferences._told_about"


def mia_and_gina() -> tuple[Patient, User]:
    return in_treatment("FRP_CHILD", "Mia Novak"), b.a_user(Role.PATIENT, "Gina Novak")


def grant(mia: Patient, gina: User) -> Work:
    asked: dict[str, Any] = {"relation": "guardian", "actor": b.the_store().user}
    return lambda: registration.grant_access(patient_id=mia.pk, user=gina, **asked)


def choose_the_evening(gina: User) -> Work:
    """Nothing before two in the afternoon."""
    hours = {"quiet_from": time(2), "quiet_until": time(14)}
    chosen: dict[str, Any] = {"email_on": True, "language": "en", "time_zone": "", **hours}
    return lambda: preferences.save_preferences(actor=gina, **chosen)


@pytest.mark.parametrize(("first", "stops_after"), [("grant", ACCESS), ("choice", CHOICE)])
def test_whoever_comes_second_waits_and_plans_with_what_the_first_did(
    first: str, stops_after: str, superuser_connection: Connection
) -> None:
    mia, gina = mia_and_gina()
    works = [grant(mia, gina), choose_the_evening(gina)]
    with stopped_after(stops_after) as gate, two_threads() as start:
        one, other = works if first == "grant" else works[::-1]
        done = [start(one)]
        gate.wait_until_reached()
        done.append(start(other))
        wait_until_blocked(superuser_connection)
        gate.open()
        for work in done:
            work.result()
    assert list(plan_everything(check=True)) == []
    told = [row.send_at.astimezone(NEW_YORK).hour for row in mia.reminders.filter(recipient=gina)]
    assert 14 in told
    assert not set(told) & set(range(2, 14))


def test_control_without_the_lock_mia_s_reminders_keep_to_gina_s_old_hours() -> None:
    mia, gina = mia_and_gina()
    with (
        patch("rems.services.registration.lock_user"),
        patch("rems.services.preferences.lock_user"),
        stopped_after(ACCESS) as gate,
        two_threads() as start,
    ):
        granted = start(grant(mia, gina))
        gate.wait_until_reached()
        start(choose_the_evening(gina)).result()
        gate.open()
        granted.result()
    assert list(plan_everything(check=True)) != []
