"""Each role has what the design lists, and nothing else; people sign in by e-mail."""

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError
from django.test import Client

from accounts.models import AccessLog, User
from accounts.roles import PERMISSIONS, Role
from accounts.services import grant_role, log_read

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "a long enough password"


def a_user(role: Role, email: str = "someone@example.com") -> User:
    user = User.objects.create_user(email, PASSWORD, name="Some One")
    grant_role(user, role)
    return user


@pytest.mark.parametrize("role", list(Role))
def test_a_role_has_exactly_its_permissions(role: Role) -> None:
    user = a_user(role)

    assert user.get_all_permissions() == set(PERMISSIONS[role])
    assert user.role_names == {role.value}


def test_only_a_pharmacist_may_approve_dispense_and_release() -> None:
    signed_steps = {"orders.approve_order", "orders.dispense_order", "orders.release_order"}

    holders = {role for role, names in PERMISSIONS.items() if signed_steps & set(names)}

    assert holders == {Role.PHARMACIST}


def test_only_a_prescriber_may_sign_evidence_of_a_prescriber() -> None:
    holders = {role for role, names in PERMISSIONS.items() if "rems.sign_evidence" in names}

    assert holders == {Role.PRESCRIBER}


def test_there_is_a_group_for_each_role_and_no_other() -> None:
    assert set(Group.objects.values_list("name", flat=True)) == {role.value for role in Role}


def test_two_people_cannot_have_one_address_in_two_spellings() -> None:
    a_user(Role.PATIENT, "ana@example.com")

    with pytest.raises(IntegrityError):
        User.objects.create(email="Ana@Example.com", name="Another")

    assert User.objects.count() == 1


def test_a_user_without_an_address_is_refused() -> None:
    with pytest.raises(ValueError, match="e-mail"):
        User.objects.create_user("", PASSWORD, name="Nobody")

    assert not User.objects.exists()


def test_a_deactivated_pharmacist_has_no_role() -> None:
    user = a_user(Role.PHARMACIST)

    user.is_active = False

    assert not user.has_role(Role.PHARMACIST)
    assert not user.has_perm("orders.approve_order")


def test_a_read_is_logged_with_the_databases_time() -> None:
    user = a_user(Role.AUDITOR)

    log_read(user, user.pk, "patient record")

    read = AccessLog.objects.get()
    assert (read.user, read.subject_id, read.purpose) == (user, user.pk, "patient record")
    assert read.at is not None


def test_the_admin_sends_people_to_the_one_sign_in(client: Client) -> None:
    """The admin's own form would go round the second factor."""
    answer = client.get("/admin/", follow=True)

    assert answer.redirect_chain[-1][0].startswith("/account/login/")


def test_a_patient_cannot_open_the_admin(client: Client) -> None:
    client.force_login(a_user(Role.PATIENT))

    answer = client.get("/admin/", follow=True)

    assert answer.status_code == 403 or b"Site administration" not in answer.content


def test_a_new_person_signs_up_with_their_printed_name(client: Client) -> None:
    answer = client.post(
        "/account/signup/",
        {
            "email": "new@example.com",
            "name": "  New Person ",
            "password1": PASSWORD,
            "password2": PASSWORD,
        },
    )

    assert answer.status_code == 302
    user = User.objects.get(email="new@example.com")
    assert user.name == "New Person"
    assert user.role_names == {"patient"}
    assert not user.patient_accesses.exists()
