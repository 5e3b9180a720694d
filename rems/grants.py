"""What the application's role may do with the tables of the program.

Evidence, decisions, signatures and seals: insert and read, nothing else. An anchor's `revision`
is there so that its row can be locked: a row lock needs an UPDATE privilege.
"""

from collections.abc import Mapping

_APPEND = "SELECT, INSERT"
_APPEND_ONLY_TABLES = (
    "agreementform",
    "agreementsignature",
    "attestation",
    "authorization",
    "bloodcount",
    "categoryassignment",
    "clinicalfactor",
    "confirmation",
    "counselingrecord",
    "decisionrecord",
    "enrollment",
    "enrollmentend",
    "exposurereport",
    "exposurereportfiling",
    "firstdose",
    "hold",
    "holdclearance",
    "hypersensitivity",
    "limitsignoff",
    "pharmacisttraining",
    "pharmacycertification",
    "pregnancytest",
    "prescribercertification",
    "prescription",
    "programversion",
    "reproductivestatusproof",
    "seal",
    "statelicence",
    "supply",
    "supplydelivery",
    "supplyend",
    "survey",
    "testverification",
)

GRANTS: Mapping[str, str] = {
    **{f"rems_{table}": _APPEND for table in _APPEND_ONLY_TABLES},
    "rems_program": "SELECT, UPDATE (revision)",
    "rems_pharmacy": "SELECT, INSERT, UPDATE (revision, phone, address)",
    "rems_prescriber": "SELECT, INSERT, UPDATE (revision, user_id, phone)",
    "rems_prescriberdelegate": "SELECT, INSERT, UPDATE (ends_at)",
    "rems_pharmacist": "SELECT, INSERT, UPDATE (revision)",
    "rems_patient": (
        "SELECT, INSERT, UPDATE (revision, phone, street, city, state, zip_code, time_zone, "
        "language, prescriber_id)"
    ),
    "rems_patientaccess": "SELECT, INSERT, UPDATE (ends_at)",
    "rems_contactpreference": (
        "SELECT, INSERT, UPDATE (email_on, sms_on, phone, language, time_zone, quiet_from, "
        "quiet_until, advisory_on)"
    ),
    # The digest stays what it is; revoking is all that can happen to a feed.
    "rems_calendarfeed": "SELECT, INSERT, UPDATE (revoked_at)",
    "rems_reminder": "SELECT, INSERT, UPDATE",
}
