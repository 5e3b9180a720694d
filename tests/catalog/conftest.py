"""The people and the shelf of the catalog's tests, made through the services."""

from pathlib import Path

import pytest
from django.test import Client

from accounts.models import User
from accounts.roles import Role
from accounts.services import grant_role
from catalog import programs
from catalog.models import LabelVersion, Product
from catalog.selectors import label_in_force
from catalog.services import load_content, put_on_sale, read_content
from tests.remembering import remembered

CONTENT = Path(__file__).resolve().parents[2] / "catalog/content/pomalidomide-4-mg-capsules.toml"


@pytest.fixture(autouse=True)
def known_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """The core has rules for pomalidomide, and for nothing else."""
    monkeypatch.setattr(programs, "_known", {"PS-POMALIDOMIDE"})


@pytest.fixture
def edna(transactional_db: None) -> User:
    """Edna Marsh, content editor."""
    return _staff("edna@example.com", "Edna Marsh", Role.EDITOR)


@pytest.fixture
def theo(transactional_db: None) -> User:
    """Theo Lindqvist, technician: staff, but no editor."""
    return _staff("theo@example.com", "Theo Lindqvist", Role.TECHNICIAN)


@pytest.fixture
def rosa(transactional_db: None) -> User:
    """Rosa Alvarez, a patient."""
    user = User.objects.create_user("rosa@example.com", "a long passphrase", name="Rosa Alvarez")
    grant_role(user, Role.PATIENT)
    return user


@pytest.fixture
def pomalidomide(edna: User) -> Product:
    """Pomalidomide 4 mg capsules, on sale with its first label."""
    return _on_sale(edna)


@pytest.fixture
def first_label(pomalidomide: Product) -> LabelVersion:
    """The label that readers see."""
    return label_in_force(pomalidomide)


@remembered
def _on_sale(editor: User) -> Product:
    product = load_content(read_content(CONTENT), editor)
    return put_on_sale(product.pk, editor)


@remembered
def _staff(email: str, name: str, role: Role) -> User:
    user = User.objects.create_user(email, "a long passphrase", name=name, is_staff=True)
    grant_role(user, role)
    return user


@pytest.fixture
def adam(client: Client, transactional_db: None) -> Client:
    """The browser of Adam Stone, who runs the site."""
    client.force_login(User.objects.create_superuser("adam@example.com", "x", name="Adam Stone"))
    return client
