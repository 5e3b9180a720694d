"""The named cast: one patient for each risk category, cleared for a fill, and who cares for them."""

from rems.models import Pharmacist, Prescriber
from tests.builders import Cleared, a_cleared_patient, a_pharmacist, a_prescriber


def dr_okafor() -> Prescriber:
    """Dr. Chidi Okafor, certified, who treats everybody."""
    return a_prescriber("Dr. Chidi Okafor")


def pat() -> Pharmacist:
    """Pat Lee, pharmacist, trained."""
    return a_pharmacist("Pat Lee")


def sam() -> Pharmacist:
    """Sam Ortiz, the second pharmacist, trained."""
    return a_pharmacist("Sam Ortiz")


def ana(ready_for: str = "dispense") -> Cleared:
    """Ana Ruiz, an adult who can become pregnant."""
    return a_cleared_patient("FRP_ADULT", "Ana Ruiz", ready_for)


def beth(ready_for: str = "dispense") -> Cleared:
    """Beth Moore, an adult after menopause."""
    return a_cleared_patient("FNRP_ADULT", "Beth Moore", ready_for)


def carl(ready_for: str = "dispense") -> Cleared:
    """Carl Berg, a man."""
    return a_cleared_patient("MALE_ADULT", "Carl Berg", ready_for)


def dana(ready_for: str = "dispense") -> Cleared:
    """Dana Cole, a girl who has begun menstruating; her guardian acts for her."""
    return a_cleared_patient("FRP_CHILD", "Dana Cole", ready_for)


def ella(ready_for: str = "dispense") -> Cleared:
    """Ella Fox, a girl who has not begun menstruating; her guardian acts for her."""
    return a_cleared_patient("FNRP_CHILD", "Ella Fox", ready_for)


def finn(ready_for: str = "dispense") -> Cleared:
    """Finn Gray, a boy; his guardian acts for him."""
    return a_cleared_patient("MALE_CHILD", "Finn Gray", ready_for)


CAST = {
    "FRP_ADULT": ana,
    "FNRP_ADULT": beth,
    "MALE_ADULT": carl,
    "FRP_CHILD": dana,
    "FNRP_CHILD": ella,
    "MALE_CHILD": finn,
}
