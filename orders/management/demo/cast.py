"""Who is in the demonstration, as data. The README's table and the tests read the same names."""

from dataclasses import dataclass
from datetime import date

from accounts.roles import Role

PASSWORD = "a demonstration is not a pharmacy"  # noqa: S105 (seed_demo refuses elsewhere)
PROGRAM = "PS-POMALIDOMIDE"
PRODUCT = "pomalidomide-4-mg-capsules"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who signs in."""

    key: str
    name: str
    role: Role

    @property
    def email(self) -> str:
        """The address they sign in with."""
        return f"{self.key}@example.com"


@dataclass(frozen=True, slots=True)
class Member:
    """A patient and the state in which the demonstration keeps them.

    `refused_by` are the rules that refuse approval, empty for who can be dispensed to today.
    `proof` is the type and date of what shows that the patient cannot become pregnant.
    """

    person: Person
    category: str
    born_on: date
    stands: str
    refused_by: frozenset[str] = frozenset()
    guardian: Person | None = None
    proof: tuple[str, date] | None = None
    prescriber_key: str = "okafor"

    @property
    def acting(self) -> Person:
        """Who signs in and signs for the patient."""
        return self.guardian or self.person


def _patient(key: str, name: str) -> Person:
    return Person(key, name, Role.PATIENT)


OKAFOR = Person("okafor", "Dr. Ngozi Okafor", Role.PRESCRIBER)
NOVAK = Person("novak", "Dr. Petr Novak", Role.PRESCRIBER)
PRIYA = Person("priya", "Priya Raman", Role.PHARMACIST)
PAUL = Person("paul", "Paul Adeyemi", Role.PHARMACIST)
TESS = Person("tess", "Tess Lindqvist", Role.TECHNICIAN)
EDDA = Person("edda", "Edda Marsh", Role.EDITOR)
ALAN = Person("alan", "Alan Whitfield", Role.AUDITOR)
STAFF = (OKAFOR, NOVAK, PRIYA, PAUL, TESS, EDDA, ALAN)

READY = "can be dispensed to today"

ANA = Member(_patient("ana", "Ana Torres"), "FRP_ADULT", date(1991, 3, 2), READY)
BETH = Member(
    _patient("beth", "Beth Nakamura"),
    "FNRP_ADULT",
    date(1958, 6, 15),
    READY,
    proof=("menopause", date(2011, 2, 10)),
)
CARL = Member(_patient("carl", "Carl Jensen"), "MALE_ADULT", date(1955, 11, 20), READY)
DANA = Member(
    _patient("dana", "Dana Whitlock"),
    "FRP_CHILD",
    date(2012, 4, 9),
    READY,
    guardian=_patient("diane", "Diane Whitlock"),
)
ELLA = Member(
    _patient("ella", "Ella Moreau"),
    "FNRP_CHILD",
    date(2018, 8, 30),
    READY,
    guardian=_patient("eric", "Eric Moreau"),
    proof=("prepubertal", date(2026, 9, 1)),
)
FINN = Member(
    _patient("finn", "Finn Gallagher"),
    "MALE_CHILD",
    date(2013, 1, 25),
    READY,
    guardian=_patient("fay", "Fay Gallagher"),
)
GINA = Member(
    _patient("gina", "Gina Castellano"),
    "FRP_ADULT",
    date(1994, 9, 12),
    "second test missing",
    frozenset({"R14", "R21"}),
)
HANA = Member(
    _patient("hana", "Hana Novotna"),
    "FNRP_ADULT",
    date(1960, 1, 30),
    "authorization expired",
    frozenset({"R15"}),
    proof=("hysterectomy", date(2015, 5, 4)),
)
IRIS = Member(
    _patient("iris", "Iris Feldman"),
    "FRP_ADULT",
    date(1989, 12, 5),
    "positive test",
    frozenset({"R23"}),
)
JACK = Member(
    _patient("jack", "Jack Oyelaran"),
    "MALE_ADULT",
    date(1962, 7, 18),
    "survey overdue",
    frozenset({"R30"}),
)
KURT = Member(
    _patient("kurt", "Kurt Baumann"),
    "MALE_ADULT",
    date(1950, 10, 3),
    "8 days of capsules from elsewhere left",
    frozenset({"R45"}),
)
LENA = Member(
    _patient("lena", "Lena Fischer"),
    "FRP_ADULT",
    date(1987, 5, 21),
    "prescriber not certified",
    frozenset({"R01"}),
    prescriber_key="novak",
)
MARA = Member(
    _patient("mara", "Mara Silva"),
    "FRP_ADULT",
    date(1992, 2, 14),
    "next test due tomorrow",
)

MEMBERS = (ANA, BETH, CARL, DANA, ELLA, FINN, GINA, HANA, IRIS, JACK, KURT, LENA, MARA)
