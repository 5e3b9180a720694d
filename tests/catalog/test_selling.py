"""Going on sale: never without rules, a label, a package and somebody to call."""

import hashlib
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError

from accounts.models import User
from catalog import programs
from catalog.errors import CannotSell, MalformedContent
from catalog.models import LabelVersion, Lot, MedicationGuide, Package, Product, ProgramContact
from catalog.services import load_content, put_on_sale, read_content, take_off_sale

from .conftest import CONTENT

STATIC = Path(__file__).resolve().parents[2] / "static"


@pytest.fixture
def off_sale(pomalidomide: Product, edna: User) -> Product:
    """Pomalidomide, taken off sale."""
    return take_off_sale(pomalidomide.pk, edna)


def refused(product: Product, editor: User, reason: str) -> None:
    """Putting it on sale is refused for this reason, and it stays off."""
    with pytest.raises(CannotSell, match=reason):
        put_on_sale(product.pk, editor)
    assert not Product.objects.get(pk=product.pk).on_sale


def test_a_complete_product_goes_on_sale(off_sale: Product, edna: User) -> None:
    put_on_sale(off_sale.pk, edna)
    assert Product.objects.get(pk=off_sale.pk).on_sale


@pytest.mark.parametrize("code", ["", "LENALIDOMIDE", "ps-pomalidomide"])
def test_a_program_without_rules_is_never_on_sale(off_sale: Product, edna: User, code: str) -> None:
    Product.objects.filter(pk=off_sale.pk).update(program_code=code)
    refused(off_sale, edna, "no rules")


def test_a_program_that_lost_its_rules_is_refused_in_the_form(
    pomalidomide: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs, "_known", set())
    with pytest.raises(ValidationError, match="no rules"):
        pomalidomide.full_clean()


def test_a_product_without_a_label_in_force_is_refused(pomalidomide: Product, edna: User) -> None:
    unlabeled = Product.objects.create(
        category=pomalidomide.category,
        labeler=pomalidomide.labeler,
        slug="unlabeled",
        name="Unlabeled",
        generic_name="unlabeled",
        strength="1 mg",
        dosage_form="capsule",
        summary="Nothing is said about it.",
        program_code="PS-POMALIDOMIDE",
    )
    refused(unlabeled, edna, "no package")
    Package.objects.create(
        product=unlabeled,
        ndc11="00000000001",
        ndc_printed="00000-0000-1",
        capsules=21,
        container="bottle",
        price=1,
    )
    refused(unlabeled, edna, "no published label")


def test_a_program_nobody_can_call_is_refused(off_sale: Product, edna: User) -> None:
    ProgramContact.objects.update(program_code="ANOTHER")
    refused(off_sale, edna, "no phone number")


@pytest.mark.parametrize("person", ["rosa", "theo"])
def test_only_an_editor_sells(
    off_sale: Product, person: str, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(PermissionDenied):
        put_on_sale(off_sale.pk, request.getfixturevalue(person))
    assert not Product.objects.get(pk=off_sale.pk).on_sale


@pytest.mark.parametrize("code", ["", "LENALIDOMIDE"])
def test_the_database_refuses_a_product_on_sale_without_a_known_program(
    pomalidomide: Product, code: str
) -> None:
    with pytest.raises(IntegrityError, match="no rules for this program"):
        Product.objects.filter(pk=pomalidomide.pk).update(program_code=code)
    assert Product.objects.get().program_code == "PS-POMALIDOMIDE"


def test_the_database_refuses_to_sell_more_packages_than_there_are(pomalidomide: Product) -> None:
    with pytest.raises(IntegrityError, match="catalog_lot_quantity_not_negative"):
        Lot.objects.filter(number="DEMO-A117").update(quantity_on_hand=-1)
    assert Lot.objects.get(number="DEMO-A117").quantity_on_hand == 60


def test_a_lot_is_fit_until_the_end_of_its_last_day(pomalidomide: Product) -> None:
    lot = Lot.objects.get(number="DEMO-A117")
    assert lot.is_fit_for_use(lot.expires_on)
    assert not lot.is_fit_for_use(lot.expires_on.replace(year=2030))
    recalled = Lot.objects.get(number="DEMO-R009")
    assert not recalled.is_fit_for_use(recalled.expires_on)
    lot.is_suspect = True
    assert not lot.is_fit_for_use(lot.expires_on)


@pytest.mark.parametrize("printed", ["6050545002", "60505-450-2", "sixty"])
def test_a_package_with_a_wrong_ndc_is_refused_beside_the_field(
    pomalidomide: Product, printed: str
) -> None:
    package = pomalidomide.packages.get()
    package.ndc_printed = printed
    with pytest.raises(ValidationError) as error:
        package.full_clean()
    assert "ndc_printed" in error.value.message_dict


def test_the_guide_on_file_is_known_by_its_hash_and_says_what_it_is(pomalidomide: Product) -> None:
    guide = MedicationGuide.objects.get()
    file = STATIC / guide.static_path
    assert guide.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    assert guide.is_stand_in
    assert "This is not a Medication Guide" in file.read_text()


def test_the_seed_command_puts_the_store_in_order_and_then_changes_nothing(
    edna: User, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        call_command("seed_catalog", published_by=edna.email)
        assert "Pomalidomide 4 mg capsules is on sale." in capsys.readouterr().out
    assert Product.objects.get().on_sale
    assert LabelVersion.objects.count() == 1


@pytest.mark.parametrize("person", ["theo", "rosa"])
def test_the_seed_command_needs_an_editor(person: str, request: pytest.FixtureRequest) -> None:
    user: User = request.getfixturevalue(person)
    with pytest.raises(CommandError, match="may not"):
        call_command("seed_catalog", published_by=user.email)
    assert not Product.objects.exists()


def test_the_seed_command_does_not_know_strangers(transactional_db: None) -> None:
    with pytest.raises(CommandError, match="Nobody signs in"):
        call_command("seed_catalog", published_by="nobody@example.com")


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('kind = "boxed_warning"', 'kind = "good_news"', "good_news"),
        ('confidence = "C"', 'confidence = "X"', "X"),
        ("expires_on = 2029-03-31", 'expires_on = "soon"', "expires_on"),
        ("[medication_guide]", "[guide]", "medication_guide"),
        ("[program]", "[program", "Expected"),
    ],
)
def test_a_content_file_with_an_error_is_refused_with_its_place(
    tmp_path: Path, old: str, new: str, reason: str
) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text(CONTENT.read_text().replace(old, new))
    with pytest.raises(MalformedContent, match=reason):
        read_content(broken)


def test_a_refused_load_leaves_nothing_behind(theo: User, rosa: User) -> None:
    with pytest.raises(PermissionDenied):
        load_content(read_content(CONTENT), theo)
    assert not Product.objects.exists()
    assert not ProgramContact.objects.exists()
