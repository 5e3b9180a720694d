"""The store, its professionals and their signatures for tests: `tests.builders` has the rest."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from allauth.account.internal.flows import login
from allauth.account.internal.userkit import user_id_to_str
from django.conf import settings
from django.db.models import DateField
from django.db.models.functions import Cast
from django.test import Client

from accounts.clock import PharmacyClock, read_clock
from accounts.models import User
from accounts.roles import STAFF_ROLES, Role
from accounts.services import grant_role
from catalog.models import Lot, MedicationGuide, Package, Product
from catalog.services import load_content, put_on_sale, read_content
from rems.models import (
    LimitSignOff,
    Pharmacist,
    Pharmacy,
    Prescriber,
    ProgramVersion,
)
from rems.services import (
    credentials,
    registration,
    versions,
)
from rems.signatures import Signature
from tests.remembering import remembered

CONTENT = Path(__file__).resolve().parents[1] / "catalog/content/pomalidomide-4-mg-capsules.toml"
PROGRAM = "PS-POMALIDOMIDE"
PASSWORD = "a long passphrase"
A_MOMENT = timedelta(seconds=5)
_NPI_STEM = "123456"


def now() -> datetime:
    """What the database's clock says."""
    return read_clock()


def ago(**duration: float) -> datetime:
    """An instant before now: `ago(days=3, hours=2)`."""
    return read_clock() - timedelta(**duration)


# People who sign in -----------------------------------------------------------------------------


def a_user(role: Role, name: str) -> User:
    """The user of that name, made with the role when first asked for."""
    email = _email_of(name)
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email, PASSWORD, name=name, is_staff=role in STAFF_ROLES)
        grant_role(user, role)
    return user


def _email_of(name: str) -> str:
    return f"{name.lower().replace(' ', '.').replace('..', '.')}@example.com"


def sign(
    user: User,
    role: Role | str,
    meaning: str = "I confirm that this is right.",
    age: timedelta = A_MOMENT,
) -> Signature:
    """The user's signature, by somebody who typed the password a moment ago."""
    return Signature(user, user.name, meaning, str(role), age)


def sign_in(client: Client, user: User, age: timedelta = A_MOMENT) -> Client:
    """Sign the user in on this client, with a password typed `age` ago."""
    # A remembered session is up to two minutes older: right for "a moment ago", not for a border.
    session = _a_fresh_session(user) if age == A_MOMENT else a_session(user, age)
    client.cookies[settings.SESSION_COOKIE_NAME] = session
    return client


@remembered
def _a_fresh_session(user: User) -> str:
    return a_session(user)


def a_session(user: User, age: timedelta = A_MOMENT) -> str:
    """The key of a session, begun in a browser of its own with a password typed `age` ago."""
    client = Client()
    client.force_login(user)
    session = client.session
    at = time.time() - age.total_seconds()
    session[login.AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": at}]
    session[login._AUTHENTICATION_METHODS_USER_SESSION_KEY] = user_id_to_str(user)
    session.save()
    assert session.session_key is not None
    return session.session_key


# The store and the professionals ----------------------------------------------------------------


@dataclass(frozen=True)
class Store:
    """The pharmacy, what it sells, and the pharmacist Pat Lee, all certified."""

    pharmacy: Pharmacy
    pharmacist: Pharmacist
    product: Product
    package: Package
    lot: Lot

    @property
    def guide(self) -> MedicationGuide:
        """The Medication Guide that goes into each parcel."""
        return MedicationGuide.objects.filter(product=self.product)[0]

    @property
    def user(self) -> User:
        """How Pat Lee signs in."""
        return self.pharmacist.user


@remembered
def the_store() -> Store:
    """The store, opened when first asked for: certified, trained, licensed for New York."""
    lot = _best_lot()
    if lot is None:
        _open_the_store()
        lot = _best_lot()
    assert lot is not None
    pharmacist = _pharmacist_of(_email_of("Pat Lee")) or a_pharmacist("Pat Lee")
    return Store(pharmacist.pharmacy, pharmacist, lot.package.product, lot.package, lot)


def _open_the_store() -> None:
    if not Pharmacy.objects.exists():
        a_pharmacy()
    if not Product.objects.exists():
        _a_product()


def _best_lot() -> Lot | None:
    """Of the smallest package, the lot that expires first, as the pharmacist would take it."""
    lots = Lot.objects.select_related("package__product").order_by(
        "package__capsules", "expires_on"
    )
    today = Cast(PharmacyClock(), DateField())
    return lots.filter(is_recalled=False, is_suspect=False, expires_on__gt=today).first()


def _a_product() -> Product:
    editor = a_user(Role.EDITOR, "Edna Marsh")
    product = load_content(read_content(CONTENT), editor)
    return put_on_sale(product.pk, editor)


def a_pharmacy(certified: bool = True, licensed_for: tuple[str, ...] = ("NY",)) -> Pharmacy:
    """A pharmacy in New York, with Pat Lee as its pharmacist."""
    pharmacy = registration.register_pharmacy(
        name="Foundry Specialty Pharmacy",
        time_zone="America/New_York",
        phone="+12125550100",
        address="12 Mill Street, Albany, NY 12207",
        state="NY",
    )
    by = _signed_by_pharmacist()
    if certified:
        certify_pharmacy(pharmacy)
    for state in licensed_for:
        credentials.record_state_licence(
            pharmacy_id=pharmacy.pk,
            state=state,
            proof="Board of Pharmacy",
            valid_from=ago(days=400),
            **by,
        )
    return pharmacy


def certify_pharmacy(pharmacy: Pharmacy) -> None:
    """The pharmacy is certified since 400 days."""
    credentials.record_pharmacy_certification(
        pharmacy_id=pharmacy.pk,
        program_code=PROGRAM,
        proof="Program letter",
        valid_from=ago(days=400),
        **_signed_by_pharmacist(),
    )


@remembered
def a_pharmacist(name: str = "Pat Lee", trained: bool = True) -> Pharmacist:
    """The pharmacist of that name, at the store's pharmacy."""
    user = a_user(Role.PHARMACIST, name)
    found = _pharmacist_of(user.email)
    if found is not None:
        return found
    pharmacy = Pharmacy.objects.order_by("pk").first()
    if pharmacy is None:
        the_store()
        return a_pharmacist(name, trained)
    pharmacist = registration.register_pharmacist(
        user=user, pharmacy=pharmacy, name=name, license_number=f"NY-{user.pk.hex[-5:]}"
    )
    if trained:
        train(pharmacist)
    return pharmacist


def _pharmacist_of(email: str) -> Pharmacist | None:
    known = Pharmacist.objects.select_related("user", "pharmacy")
    return known.filter(user__email=email).first()


def train(pharmacist: Pharmacist) -> None:
    """The pharmacist is trained since 400 days."""
    credentials.record_pharmacist_training(
        pharmacist_id=pharmacist.pk,
        program_code=PROGRAM,
        proof="Training certificate",
        valid_from=ago(days=400),
        actor=pharmacist.user,
        signature=sign(pharmacist.user, Role.PHARMACIST),
    )


@remembered
def a_prescriber(name: str = "Dr. Chidi Okafor", certified: bool = True) -> Prescriber:
    """The prescriber of that name, who signs in."""
    user = a_user(Role.PRESCRIBER, name)
    found = Prescriber.objects.filter(user=user).select_related("user").first()
    if found is not None:
        return found
    prescriber = registration.register_prescriber(
        name=name, npi=_npi(), phone="+12125550111", user=user, actor=the_store().user
    )
    if certified:
        certify(prescriber)
    return prescriber


def certify(prescriber: Prescriber) -> None:
    """The prescriber is certified since 400 days."""
    credentials.record_prescriber_certification(
        prescriber_id=prescriber.pk,
        program_code=PROGRAM,
        proof="Program letter",
        valid_from=ago(days=400),
        **_signed_by_pharmacist(),
    )


def a_delegate(prescriber: Prescriber, name: str = "Noor Haddad") -> User:
    """Somebody who enters, but never signs, for the prescriber."""
    user = a_user(Role.DELEGATE, name)
    assert prescriber.user is not None
    registration.add_delegate(prescriber=prescriber, user=user, actor=prescriber.user)
    return user


def a_technician(name: str = "Tess Novak") -> User:
    """A technician."""
    return a_user(Role.TECHNICIAN, name)


def an_auditor(name: str = "Ari Stone") -> User:
    """An auditor."""
    return a_user(Role.AUDITOR, name)


def a_sign_off(key: str, name: str = "Pat Lee") -> LimitSignOff:
    """The pharmacist signs off one limit of the version in force."""
    user = a_pharmacist(name).user
    (row,) = versions.sign_off_limits(
        version_id=versions.version_in_force(PROGRAM, now()),
        keys=[key],
        seen_in="Pharmacy Guide, March 2026",
        actor=user,
        signature=sign(user, Role.PHARMACIST),
    )
    return row


def a_new_version(
    values: dict[str, int] | None = None, begins: timedelta = timedelta(days=1), **changes: Any
) -> ProgramVersion:
    """Pat Lee changes limits (`values`) or decisions of the newest version, from then on."""
    user, newest = the_store().user, versions.newest_version(PROGRAM)
    given = {
        "program_code": PROGRAM,
        "base_id": newest,
        "in_force_from": now() + begins,
        "limits": {
            key: versions.LimitEntry(value, "Pharmacy Guide, March 2026", "C")
            for key, value in (values or {}).items()
        },
        "decisions": {},
        "reason": "The program's guide changed.",
        "actor": user,
        "signature": sign(user, Role.PHARMACIST),
    }
    return versions.begin_version(**(given | changes))


def _signed_by_pharmacist() -> dict[str, Any]:
    user = a_pharmacist("Pat Lee").user
    return {"actor": user, "signature": sign(user, Role.PHARMACIST)}


def _npi() -> str:
    stem = f"{_NPI_STEM}{Prescriber.objects.count():03d}"
    return next(f"{stem}{d}" for d in "0123456789" if registration.is_npi(f"{stem}{d}"))
