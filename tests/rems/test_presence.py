"""Presence: how long ago somebody typed the password, before a signature."""

from datetime import timedelta

import pytest
from allauth.account.internal.flows import login
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.models import User
from accounts.presence import can_sign_now, presence_age, reauthentication_url
from accounts.roles import Role
from rems.models import CategoryAssignment
from tests.builders import a_patient, a_user, prescriber_user, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


def request_of(client: Client, user: User | AnonymousUser) -> object:
    request = RequestFactory().get("/")
    request.session = client.session
    request.user = user
    return request


def test_nobody_who_never_typed_a_password_is_present(client: Client) -> None:
    user = a_user(Role.PATIENT, "Carl Berg")
    client.force_login(user)
    request = request_of(client, user)
    assert presence_age(request) is None  # type: ignore[arg-type]
    assert not can_sign_now(request)  # type: ignore[arg-type]
    assert presence_age(request_of(Client(), AnonymousUser())) is None  # type: ignore[arg-type]


def test_the_age_is_that_of_the_newest_proof(client: Client) -> None:
    user = a_user(Role.PATIENT, "Carl Berg")
    sign_in(client, user, age=timedelta(seconds=200))
    session = client.session
    records = session[login.AUTHENTICATION_METHODS_SESSION_KEY]
    older = {**records[0], "at": records[0]["at"] - 1000}
    session[login.AUTHENTICATION_METHODS_SESSION_KEY] = [*records, older]
    session.save()
    age = presence_age(request_of(client, user))  # type: ignore[arg-type]
    assert age is not None
    assert timedelta(seconds=200) <= age < timedelta(seconds=230)


@pytest.mark.parametrize("record", [{"method": "code"}, {"method": "socialaccount"}])
def test_another_kind_of_proof_does_not_count(client: Client, record: dict[str, object]) -> None:
    user = a_user(Role.PATIENT, "Carl Berg")
    sign_in(client, user)
    session = client.session
    at = session[login.AUTHENTICATION_METHODS_SESSION_KEY][0]["at"]
    session[login.AUTHENTICATION_METHODS_SESSION_KEY] = [{**record, "at": at}]
    session.save()
    assert presence_age(request_of(client, user)) is None  # type: ignore[arg-type]


def test_a_proof_from_the_future_or_of_somebody_else_does_not_count(client: Client) -> None:
    user, other = a_user(Role.PATIENT, "Carl Berg"), a_user(Role.PATIENT, "Hal Own")
    sign_in(client, user, age=timedelta(seconds=-60))
    assert presence_age(request_of(client, user)) is None  # type: ignore[arg-type]
    sign_in(client, user)
    assert presence_age(request_of(client, other)) is None  # type: ignore[arg-type]


def test_the_form_is_not_shown_when_little_of_the_window_is_left(client: Client) -> None:
    patient = a_patient()
    page = reverse("rems:category", args=[patient.pk])
    sign_in(client, prescriber_user(patient), age=timedelta(seconds=170))
    assert client.get(page).status_code == 200
    sign_in(client, prescriber_user(patient), age=timedelta(seconds=190))
    assert client.get(page)["Location"] == reauthentication_url(page)


def test_a_form_sent_late_is_signed_only_after_the_password(client: Client) -> None:
    patient = a_patient(None)
    user = prescriber_user(patient)
    page = reverse("rems:category", args=[patient.pk])
    entry = {"category": "MALE_ADULT", "printed_name": user.name, "is_signed": "on"}
    sign_in(client, user, age=timedelta(seconds=301))
    answer = client.post(page, entry)
    assert answer.status_code == 302
    assert not CategoryAssignment.objects.exists()
    client.post(answer["Location"], {"password": "a long passphrase", "next": page})
    row = CategoryAssignment.objects.get()
    assert row.attestation is not None
    assert row.attestation.recorded_at - row.attestation.reauthenticated_at < timedelta(seconds=60)


def test_a_form_sent_in_time_is_signed_at_once(client: Client) -> None:
    patient = a_patient(None)
    user = prescriber_user(patient)
    page = reverse("rems:category", args=[patient.pk])
    entry = {"category": "MALE_ADULT", "printed_name": user.name, "is_signed": "on"}
    sign_in(client, user, age=timedelta(seconds=290))
    assert client.post(page, entry).status_code == 302
    assert CategoryAssignment.objects.exists()
