"""What the application's role may do with the catalog's tables."""

from collections.abc import Mapping
from typing import Final

_EDITED: Final = "SELECT, INSERT, UPDATE"
_DRAFTED: Final = "SELECT, INSERT, UPDATE, DELETE"
_KEPT: Final = "SELECT, INSERT"

GRANTS: Mapping[str, str] = {
    "catalog_category": _EDITED,
    "catalog_labeler": _EDITED,
    "catalog_programcontact": _EDITED,
    "catalog_product": _EDITED,
    "catalog_package": _EDITED,
    "catalog_medicationguide": _KEPT,
    "catalog_lot": _EDITED,
    "catalog_review": _EDITED,
    "catalog_source": _EDITED,
    # Drafts are thrown away; what was published is protected by guard triggers.
    "catalog_labelversion": _DRAFTED,
    "catalog_labelsection": _DRAFTED,
    "catalog_labelstatement": _DRAFTED,
    "catalog_historicalprogramcontact": _KEPT,
    "catalog_historicalproduct": _KEPT,
    "catalog_historicalpackage": _KEPT,
    "catalog_historicallot": _KEPT,
    "catalog_historicallabelversion": _KEPT,
    "catalog_historicallabelsection": _KEPT,
    "catalog_historicallabelstatement": _KEPT,
}
