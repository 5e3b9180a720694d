"""A new password is a new password, and gives nothing back that was taken away meanwhile."""

import re

import pytest
from django.core import mail
from django.test import Client

from accounts.models import User
from accounts.roles import Role
from accounts.services import grant_role

pytestmark = pytest.mark.django_db(transaction=True)

OLD, NEW = "a long passphrase", "another long passphrase"
TWICE = {"password1": NEW, "password2": NEW}


@pytest.fixture
def tess(monkeypatch: pytest.MonkeyPatch) -> User:
    """Tess Novak, whose account is closed while the hash of her new password is reckoned."""
    user = User.objects.create_user("tess@example.com", OLD, name="Tess Novak", is_superuser=True)
    grant_role(user, Role.TECHNICIAN)
    reckon = User.set_password

    def slowly(account: User, password: str) -> None:
        User.objects.filter(pk=account.pk).update(is_active=False, is_superuser=False)
        reckon(account, password)

    monkeypatch.setattr(User, "set_password", slowly)
    return user


def is_closed_with_the_new_password(user: User) -> bool:
    now = User.objects.get(pk=user.pk)
    return now.check_password(NEW) and not now.is_active and not now.is_superuser


def test_tess_changes_her_password_while_her_account_is_closed(client: Client, tess: User) -> None:
    client.force_login(tess)
    answer = client.post("/account/password/change/", {"oldpassword": OLD, **TWICE})
    assert answer.status_code == 302
    assert is_closed_with_the_new_password(tess)


def test_tess_resets_her_password_while_her_account_is_closed(client: Client, tess: User) -> None:
    client.post("/account/password/reset/", {"email": tess.email})
    (link,) = re.findall(r"http://[^/]*(/\S+)", str(mail.outbox[0].body))
    form = client.get(link)["Location"]
    assert client.post(form, TWICE).status_code == 302
    assert is_closed_with_the_new_password(tess)


def test_tess_sets_a_first_password_while_her_account_is_closed(client: Client, tess: User) -> None:
    tess.set_unusable_password()
    tess.save(update_fields=["password"])
    client.force_login(tess)
    assert client.post("/account/password/set/", TWICE).status_code == 302
    assert is_closed_with_the_new_password(tess)


def test_adam_gives_tess_a_password_while_her_account_is_closed(adam: Client, tess: User) -> None:
    page = f"/admin/accounts/user/{tess.pk}/password/"
    answer = adam.post(page, {**TWICE, "usable_password": "true", "set-password": "1"})
    assert answer.status_code == 302
    assert is_closed_with_the_new_password(tess)


def test_adam_takes_tess_s_password_while_her_account_is_closed(
    adam: Client, tess: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    take = User.set_unusable_password

    def slowly(account: User) -> None:
        User.objects.filter(pk=account.pk).update(is_active=False)
        take(account)

    monkeypatch.setattr(User, "set_unusable_password", slowly)
    page = f"/admin/accounts/user/{tess.pk}/password/"
    answer = adam.post(page, {"usable_password": "false", "unset-password": "1"})
    assert answer.status_code == 302
    tess.refresh_from_db()
    assert (tess.has_usable_password(), tess.is_active) == (False, False)
