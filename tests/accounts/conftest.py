"""Who runs the site."""

import pytest
from django.test import Client

from accounts.models import User


@pytest.fixture
def adam(client: Client) -> Client:
    """The browser of Adam Stone, who runs the site."""
    user = User.objects.create_superuser("adam@example.com", "a long passphrase", name="Adam Stone")
    client.force_login(user)
    return client
