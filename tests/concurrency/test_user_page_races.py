"""Two administrators save one person's page at once: the second sees what the first did."""

from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest
from django.http import HttpResponse
from django.test import Client

from accounts.models import User
from accounts.roles import Role
from tests import builders as b
from tests.accounts.test_user_pages import address, drawn
from tests.concurrency.race import Connection, stopped_after, two_threads, wait_until_blocked

pytestmark = pytest.mark.django_db(transaction=True)

Saving = Callable[[], HttpResponse]
# The page has been compared with the account, and is not saved yet.
COMPARED = "accounts.admin.has_moved"


def an_administrator(name: str) -> Client:
    user = b.a_user(Role.PHARMACIST, name)
    user.is_staff = user.is_superuser = True
    user.save()
    return b.sign_in(Client(), user)


@pytest.fixture
def tess() -> User:
    return b.a_user(Role.TECHNICIAN, "Tess Novak")


def renaming(tess: User) -> Saving:
    adam = an_administrator("Adam Stone")
    page = {**drawn(adam, tess), "name": "Tess Cole"}
    return lambda: adam.post(address(tess), page)


def closing(tess: User) -> Saving:
    """Eve Marsh takes the tick from `active`."""
    eve = an_administrator("Eve Marsh")
    page = drawn(eve, tess)
    del page["is_active"]
    return lambda: eve.post(address(tess), page)


def test_an_account_that_is_closed_while_its_page_is_saved_stays_closed(
    tess: User, superuser_connection: Connection
) -> None:
    rename, close = renaming(tess), closing(tess)
    with stopped_after(COMPARED) as gate, two_threads() as start:
        renamed = start(rename)
        gate.wait_until_reached()
        closed = start(close)
        wait_until_blocked(superuser_connection)
        gate.open()
        assert [renamed.result().status_code, closed.result().status_code] == [302, 302]
    tess.refresh_from_db()
    assert (tess.name, tess.is_active) == ("Tess Cole", False)


def unlocked(request: Any, rows: Any) -> Any:
    return rows


def test_control_without_the_lock_the_page_opens_the_account_again(tess: User) -> None:
    rename, close = renaming(tess), closing(tess)
    with (
        patch("accounts.admin.taken_to_save", unlocked),
        stopped_after(COMPARED) as gate,
        two_threads() as start,
    ):
        renamed = start(rename)
        gate.wait_until_reached()
        assert start(close).result().status_code == 302
        assert not User.objects.get(pk=tess.pk).is_active
        gate.open()
        assert renamed.result().status_code == 302
    assert User.objects.get(pk=tess.pk).is_active
