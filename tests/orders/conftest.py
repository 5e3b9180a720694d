"""What the tests of the orders' pages share."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from tests.builders import sign_in

SignedIn = Callable[[User], Client]


@pytest.fixture
def signed_in() -> SignedIn:
    """A browser in which this user has just typed the password."""
    return lambda user: sign_in(Client(), user)
