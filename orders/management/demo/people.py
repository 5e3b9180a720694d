"""The demonstration's users, pharmacy, professionals and their credentials."""

from datetime import timedelta
from functools import cache

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from accounts.clock import read_clock
from accounts.models import User
from accounts.roles import STAFF_ROLES, Role
from accounts.services import grant_role
from orders.management.demo.cast import NOVAK, OKAFOR, PASSWORD, PAUL, PRIYA, PROGRAM, Person
from rems.models import (
    Pharmacist,
    PharmacistTraining,
    Pharmacy,
    PharmacyCertification,
    Prescriber,
    PrescriberCertification,
    StateLicence,
)
from rems.services import credentials, registration
from rems.signatures import Signature

PROOF = "demonstration document"
STATES = ("NJ", "NY", "PA")
NPIS = {OKAFOR.key: "1234567893", NOVAK.key: "1245319599"}


def user_of(person: Person) -> User:
    """The person's account, made when it is missing, with its role and a verified address."""
    user = User.objects.filter(email=person.email).first()
    if user is None:
        user = User.objects.create(
            email=person.email,
            password=_hash_of_the_password(),
            name=person.name,
            is_staff=person.role in STAFF_ROLES,
        )
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        grant_role(user, person.role)
    return user


@cache
def _hash_of_the_password() -> str:
    """The cast shares a password that everybody may read: hashed once, not for each of them."""
    return make_password(PASSWORD)


def account_of(prescriber: Prescriber) -> User:
    """The account that the prescriber signs in with. Raises LookupError when there is none."""
    if prescriber.user is None:
        raise LookupError(f"{prescriber.npi} does not sign in")
    return prescriber.user


def sign(user: User, role: str, meaning: str) -> Signature:
    """The user's signature, given just after proving who they are."""
    return Signature(user, user.name, meaning, role, timedelta(seconds=1))


def ensure_pharmacy() -> Pharmacy:
    """The pharmacy with its two pharmacists, and all that certifies them."""
    pharmacy = Pharmacy.objects.first() or registration.register_pharmacy(
        name="Foundry Specialty Pharmacy",
        time_zone="America/New_York",
        phone="+12125550142",
        address="12 Foundry Street, New York, NY 10013",
        state="NY",
    )
    for person in (PRIYA, PAUL):
        _ensure_pharmacist(person, pharmacy)
    _certify_pharmacy(pharmacy)
    return pharmacy


def ensure_prescriber(person: Person, certified: bool) -> Prescriber:
    """The prescriber; certified in the program or, for the demonstration, not."""
    priya = user_of(PRIYA)
    user = user_of(person)
    prescriber = Prescriber.objects.filter(user=user).first()
    if prescriber is None:
        prescriber = registration.register_prescriber(
            name=person.name, npi=NPIS[person.key], phone="+12125550177", actor=priya, user=user
        )
    if certified and not PrescriberCertification.objects.filter(prescriber=prescriber).exists():
        credentials.record_prescriber_certification(
            prescriber_id=prescriber.pk,
            program_code=PROGRAM,
            proof=PROOF,
            actor=priya,
            signature=_vouch(priya),
            valid_from=read_clock() - timedelta(days=90),
        )
    return prescriber


def _ensure_pharmacist(person: Person, pharmacy: Pharmacy) -> None:
    user = user_of(person)
    pharmacist = Pharmacist.objects.filter(user=user).first()
    if pharmacist is None:
        pharmacist = registration.register_pharmacist(
            user=user, pharmacy=pharmacy, name=person.name, license_number=f"RPH-{person.key}"
        )
    if not PharmacistTraining.objects.filter(pharmacist=pharmacist).exists():
        credentials.record_pharmacist_training(
            pharmacist_id=pharmacist.pk,
            program_code=PROGRAM,
            proof=PROOF,
            actor=user,
            signature=_vouch(user),
            valid_from=read_clock() - timedelta(days=90),
        )


def _certify_pharmacy(pharmacy: Pharmacy) -> None:
    priya = user_of(PRIYA)
    since = read_clock() - timedelta(days=90)
    if not PharmacyCertification.objects.filter(pharmacy=pharmacy).exists():
        credentials.record_pharmacy_certification(
            pharmacy_id=pharmacy.pk,
            program_code=PROGRAM,
            proof=PROOF,
            actor=priya,
            signature=_vouch(priya),
            valid_from=since,
        )
    licensed = set(StateLicence.objects.filter(pharmacy=pharmacy).values_list("state", flat=True))
    for state in set(STATES) - licensed:
        credentials.record_state_licence(
            pharmacy_id=pharmacy.pk,
            state=state,
            proof=PROOF,
            actor=priya,
            signature=_vouch(priya),
            valid_from=since,
        )


def _vouch(user: User) -> Signature:
    return sign(user, Role.PHARMACIST, "I have seen the document")
