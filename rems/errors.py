"""The domain's errors. Guards speak in constraint names; here the names become errors."""

from datetime import timedelta

from django.db import IntegrityError


class DomainError(Exception):
    """Something that a person asked for cannot be done. The message is for that person."""


class EntryRefused(DomainError):
    """One entry of a form is wrong. `field` is the service's keyword that it was passed as."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


class NotAllowed(DomainError):
    """The person's role does not include the act."""


class SignatureRefused(DomainError):
    """The signature is not one: no name, or too long since the signer proved who they are."""


class StaleForm(DomainError):
    """The thing changed since the page was drawn; nothing was done."""


class ClockSetBack(DomainError):
    """Something was recorded later than it now is: by this clock it would not have happened yet.

    `ahead`: by how much. More than a little is for those who keep the clock (docs/adr/0010).
    """

    def __init__(self, ahead: timedelta) -> None:
        minutes = ahead // timedelta(minutes=1) + 2
        cure = f"Try again in {minutes} minutes." if minutes <= 60 else "Please call the pharmacy."
        super().__init__(f"The store's clock was set back. Nothing was changed. {cure}")


class GuardRefused(DomainError):
    """The database refused. `guard` is the constraint's name (docs/guards.md).

    The driver's DETAIL, which prints rows with patient data, is left out on purpose.
    """

    def __init__(self, guard: str) -> None:
        self.guard = guard
        super().__init__(MESSAGES.get(guard, "The records refused this change. Nothing was saved."))


# What a person is told about the guards that they can meet without any fault in the software.
MESSAGES: dict[str, str] = {
    "orders_order_on_sale": "This package is not on sale.",
    "orders_order_package_suffices": "This package does not hold what was prescribed.",
    "orders_order_quantity_within_days": (
        "The prescription is for more capsules than days. Ask the prescriber for a new one."
    ),
    "orders_order_one_per_prescription": "This prescription already has an order.",
    "orders_order_authorization_once": "This authorization number already has an order.",
    "orders_order_authorization_used": "This authorization number was used before.",
    "orders_dispense_serial_once": "A package with this serial number was dispensed before.",
    "rems_authorization_number_one_prescription": (
        "This authorization number is on record for another prescription. If it was typed there by "
        "mistake, ask the program for a new number."
    ),
    "rems_authorization_one_per_prescription": (
        "This prescription already has an authorization number."
    ),
    "rems_confirmation_number_one_prescription": (
        "This confirmation number is on record for another prescription. If it was typed there by "
        "mistake, ask the program for a new number."
    ),
    "rems_authorization_number_not_renewed": "We had this number before that time.",
    "rems_confirmation_number_not_renewed": "We had this number before that time.",
    "rems_enrollment_one_active": "The patient is already enrolled.",
    "rems_prescription_copy_checked": "A second person has to check the copy of a prescription.",
    "rems_firstdose_after_release": "These capsules have not left the pharmacy yet.",
    "rems_patientaccess_once": "This account acts for the patient already.",
    "rems_holdclearance_once": "This hold was already cleared.",
    "rems_testverification_once": "This result was already verified.",
    "rems_exposurereportfiling_once": "This report was already filed.",
    "catalog_lot_quantity_not_negative": "There is no package of this lot left.",
}


def guard_name(error: IntegrityError) -> str:
    """The name of the constraint or guard that spoke, or `unnamed`."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return getattr(diagnosis, "constraint_name", None) or "unnamed"
