"""The roles of the store (design, section 5) and what each may do, as data.

A role is a Django group. Permissions are named `app_label.codename`; the groups are brought into
agreement with this table by `manage.py setup_database`.
"""

from enum import StrEnum


class Role(StrEnum):
    """A person's role in the store; the value is the Django group's name."""

    PATIENT = "patient"
    PRESCRIBER = "prescriber"
    DELEGATE = "delegate"
    PHARMACIST = "pharmacist"
    TECHNICIAN = "technician"
    EDITOR = "content editor"
    AUDITOR = "auditor"


# Roles whose people work in the pharmacy and may open the admin site.
STAFF_ROLES = frozenset({Role.PHARMACIST, Role.TECHNICIAN, Role.EDITOR, Role.AUDITOR})

_LABEL_MODELS = ("labelversion", "labelsection", "labelstatement")

# `change_contactpreference` is for those whom a reminder can be addressed to: how they are reached.
PERMISSIONS: dict[Role, tuple[str, ...]] = {
    Role.PATIENT: (
        "orders.place_order",
        "rems.complete_survey",
        "rems.report_change",
        "rems.change_contactpreference",
    ),
    Role.PRESCRIBER: (
        "rems.view_own_patients",
        "rems.sign_evidence",
        "rems.enter_evidence",
        "rems.report_change",
        "rems.change_contactpreference",
    ),
    Role.DELEGATE: ("rems.view_own_patients", "rems.enter_evidence", "rems.report_change"),
    Role.PHARMACIST: (
        "orders.view_queue",
        "orders.approve_order",
        "orders.dispense_order",
        "orders.release_order",
        "orders.cancel_order",
        "rems.view_any_patient",
        "rems.enter_evidence",
        "rems.record_confirmation",
        "rems.record_counseling",
        "rems.record_certification",
        "rems.report_change",
        "rems.verify_program",
        "catalog.view_lot",
        "catalog.add_lot",
        "catalog.change_lot",
        "rems.view_reminder",
        "rems.attend_reminder",
        "rems.change_contactpreference",
    ),
    Role.TECHNICIAN: (
        "orders.view_queue",
        "orders.pack_order",
        "rems.view_any_patient",
        "rems.report_change",
        "rems.view_reminder",
        "rems.attend_reminder",
        "catalog.view_lot",
    ),
    Role.EDITOR: (
        *(
            f"catalog.{verb}_{model}"
            for model in _LABEL_MODELS
            for verb in ("view", "add", "change", "delete")
        ),
        "catalog.publish_labelversion",
        "catalog.view_product",
        "catalog.change_product",
        "catalog.view_category",
        "catalog.view_package",
        "catalog.view_review",
        "catalog.change_review",
        "catalog.view_medicationguide",
        "catalog.add_medicationguide",
        "catalog.view_labeler",
        "catalog.view_programcontact",
        "catalog.change_programcontact",
        "catalog.view_source",
        "catalog.add_source",
        "catalog.change_source",
    ),
    Role.AUDITOR: (
        "orders.view_queue",
        "orders.view_order",
        "orders.view_orderevent",
        "rems.view_any_patient",
        "rems.view_decisionrecord",
        "rems.view_reminder",
        "rems.view_seal",
        "accounts.view_accesslog",
        "catalog.view_product",
        "catalog.view_lot",
    ),
}
