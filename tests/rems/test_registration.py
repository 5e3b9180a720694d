"""Who brings the participants in: asked of the account as it stands, not as a page once read it."""

from collections.abc import Callable

import pytest

from accounts.models import User
from accounts.roles import Role
from rems.errors import EntryRefused, NotAllowed
from rems.models import Pharmacist, Prescriber, PrescriberDelegate
from rems.services import registration
from tests import builders as b
from tests.cast import pat
from tests.closing import closed, without_roles

pytestmark = pytest.mark.django_db(transaction=True)


def as_a_page_read(user: User, role: Role) -> User:
    """The account with its roles in memory, as a page has it that asked for them."""
    assert user.has_role(role)
    return user


def bring_in_a_prescriber(actor: User, user: User | None = None) -> Prescriber:
    return registration.register_prescriber(
        name="Dr. Ada Else", npi="1234567893", phone="+12125550111", actor=actor, user=user
    )


@pytest.mark.parametrize("taken_away", [closed, without_roles])
def test_a_pharmacist_who_is_none_any_more_brings_nobody_in(
    taken_away: Callable[[User], None],
) -> None:
    actor = as_a_page_read(pat().user, Role.PHARMACIST)
    taken_away(actor)
    with pytest.raises(NotAllowed):
        bring_in_a_prescriber(actor)
    assert not Prescriber.objects.exists()


@pytest.mark.parametrize("taken_away", [closed, without_roles])
def test_a_prescriber_who_is_none_any_more_names_no_delegate(
    taken_away: Callable[[User], None],
) -> None:
    prescriber = b.a_prescriber()
    assert prescriber.user is not None
    actor = as_a_page_read(prescriber.user, Role.PRESCRIBER)
    noor = b.a_user(Role.DELEGATE, "Noor Haddad")
    taken_away(actor)
    with pytest.raises(NotAllowed):
        registration.add_delegate(prescriber=prescriber, user=noor, actor=actor)
    assert not PrescriberDelegate.objects.exists()


@pytest.mark.parametrize("taken_away", [closed, without_roles])
def test_an_account_that_is_no_delegate_s_any_more_becomes_none(
    taken_away: Callable[[User], None],
) -> None:
    prescriber = b.a_prescriber()
    assert prescriber.user is not None
    noor = as_a_page_read(b.a_user(Role.DELEGATE, "Noor Haddad"), Role.DELEGATE)
    taken_away(noor)
    with pytest.raises(EntryRefused):
        registration.add_delegate(prescriber=prescriber, user=noor, actor=prescriber.user)
    assert not PrescriberDelegate.objects.exists()


@pytest.mark.parametrize("taken_away", [closed, without_roles])
def test_an_account_that_lost_its_role_is_no_prescriber_s(
    taken_away: Callable[[User], None],
) -> None:
    user = b.the_store().user
    olga = as_a_page_read(b.a_user(Role.PRESCRIBER, "Olga Mraz"), Role.PRESCRIBER)
    taken_away(olga)
    with pytest.raises(EntryRefused):
        bring_in_a_prescriber(user, olga)
    assert not Prescriber.objects.exists()


@pytest.mark.parametrize("taken_away", [closed, without_roles])
def test_an_account_that_lost_its_role_is_no_pharmacist_s(
    taken_away: Callable[[User], None],
) -> None:
    pharmacy = b.the_store().pharmacy
    olga = as_a_page_read(b.a_user(Role.PHARMACIST, "Olga Mraz"), Role.PHARMACIST)
    taken_away(olga)
    with pytest.raises(NotAllowed):
        registration.register_pharmacist(
            user=olga, pharmacy=pharmacy, name="Olga Mraz", license_number="NY-1"
        )
    assert not Pharmacist.objects.filter(user=olga).exists()


def test_who_still_may_brings_them_in() -> None:
    """So that the refusals above are not refusals of everything."""
    ada = bring_in_a_prescriber(pat().user, b.a_user(Role.PRESCRIBER, "Ada Else"))
    assert ada.user is not None
    noor = b.a_user(Role.DELEGATE, "Noor Haddad")
    named = registration.add_delegate(prescriber=ada, user=noor, actor=ada.user)
    assert named.prescriber == ada
