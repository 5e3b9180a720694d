"""A person's page in the admin site: one that is out of date gives nothing back."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from accounts.models import User
from accounts.roles import Role
from accounts.services import grant_role

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def tess() -> User:
    user = User.objects.create_user("tess@example.com", "a long passphrase", name="Tess Novak")
    grant_role(user, Role.TECHNICIAN)
    return user


def address(user: User) -> str:
    return f"/admin/accounts/user/{user.pk}/change/"


def drawn(browser: Client, user: User) -> dict[str, Any]:
    """The page's fields as the browser would send them back."""
    form = browser.get(address(user)).context["adminform"].form
    fields: dict[str, Any] = {}
    for name in ("email", "name", "is_active", "is_staff", "is_superuser", "groups"):
        value = form[name].value()
        fields[form[name].html_initial_name] = value
        # A box that is not ticked is not sent.
        if value is not False:
            fields[name] = value
    return fields


def roles(user: User) -> set[str]:
    return set(User.objects.get(pk=user.pk).groups.values_list("name", flat=True))


def test_adam_changes_a_name_and_a_role(adam: Client, tess: User) -> None:
    pharmacist = Group.objects.get(name=Role.PHARMACIST)
    page = {**drawn(adam, tess), "name": "Tess Cole", "groups": [pharmacist.pk]}
    assert adam.post(address(tess), page).status_code == 302
    tess.refresh_from_db()
    assert (tess.name, tess.is_active, roles(tess)) == ("Tess Cole", True, {Role.PHARMACIST})


@pytest.mark.parametrize("right", ["groups", "is_active"])
def test_a_page_drawn_before_a_right_was_taken_does_not_give_it_back(
    adam: Client, tess: User, right: str
) -> None:
    page = drawn(adam, tess)
    if right == "groups":
        tess.groups.clear()
    else:
        User.objects.filter(pk=tess.pk).update(is_active=False)
    answer = adam.post(address(tess), {**page, "name": "Tess Cole"})
    assert answer.status_code == 200
    (told,) = answer.context["adminform"].form.errors.items()
    assert told == (right, ["Somebody changed this since you opened the page. Open it again."])
    assert "Tess Cole" in answer.content.decode(), "what was typed is kept"
    tess.refresh_from_db()
    assert tess.name == "Tess Novak"
    assert (tess.is_active, bool(roles(tess))) == (right != "is_active", right != "groups")


def test_a_first_role_is_kept_through_another_field_s_error(adam: Client, tess: User) -> None:
    """Nobody changed it meanwhile: it was typed."""
    tess.groups.clear()
    group = Group.objects.get(name=Role.PHARMACIST)
    page = {**drawn(adam, tess), "initial-groups": [""], "groups": [group.pk], "name": ""}
    again = adam.post(address(tess), page)
    assert list(again.context["adminform"].form.errors) == ["name"]
    told = re.findall(r'name="initial-groups" value="([^"]*)"', again.content.decode())
    mended = {**page, "initial-groups": told, "name": "Tess Cole"}
    assert adam.post(address(tess), mended).status_code == 302
    assert roles(tess) == {Role.PHARMACIST}


def test_a_page_drawn_before_an_address_was_changed_does_not_bring_the_old_one_back(
    adam: Client, tess: User
) -> None:
    page = drawn(adam, tess)
    User.objects.filter(pk=tess.pk).update(email="tess.novak@example.com")
    assert adam.post(address(tess), {**page, "name": "Tess Cole"}).status_code == 302
    tess.refresh_from_db()
    assert (tess.email, tess.name) == ("tess.novak@example.com", "Tess Cole")
