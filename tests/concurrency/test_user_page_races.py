"""Two administrators save one person's page at once: the second sees what the first did."""

from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client

from accounts.models import User
from accounts.roles import Role
from tests import builders as b
from tests.accounts.test_user_pages import address, drawn
from tests.concurrency.race import Connection
from tests.concurrency.work import Race, save_without_the_lock

pytestmark = pytest.mark.django_db(transaction=True)

Saving = Callable[[], HttpResponse]
# The page has been compared with the account, and is not saved yet.
COMPARED = "accounts.admin.users.has_moved"


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
    renamed, closed = Race(superuser_connection).run(rename, COMPARED, close)
    assert [renamed.status_code, closed.status_code] == [302, 302]
    tess.refresh_from_db()
    assert (tess.name, tess.is_active) == ("Tess Cole", False)


def test_control_without_the_lock_the_page_opens_the_account_again(tess: User) -> None:
    rename, close = renaming(tess), closing(tess)

    def close_and_look() -> None:
        assert close().status_code == 302
        assert not User.objects.get(pk=tess.pk).is_active

    assert save_without_the_lock(rename, COMPARED, close_and_look).status_code == 302
    assert User.objects.get(pk=tess.pk).is_active
