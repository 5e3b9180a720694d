"""The dispensing packet: the pharmacy's label, the counseling checklist, the packing slip.

Pure reading and typesetting: nothing is decided or written here. No address is ever fetched.
"""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from weasyprint import CSS, HTML
from weasyprint.urls import FatalURLFetchingError, URLFetcher

from catalog.models import ProgramContact
from orders.models import Dispense, Order
from rems import core
from rems.checklists import Item, counseling_items
from rems.models import CounselingRecord

STYLESHEET = "css/packet.css"


@dataclass(frozen=True, slots=True)
class ChecklistLine:
    """One line of the checklist, and whether the pharmacist ticked it for this fill."""

    text: str
    is_done: bool


@dataclass(frozen=True, slots=True)
class Packet:
    """What the papers say. Dates are the pharmacy's local ones; None where not yet known."""

    order: Order
    dispense: Dispense | None
    counseling: CounselingRecord | None
    counseled_at: datetime | None
    checklist: tuple[ChecklistLine, ...]
    category: str
    is_child: bool
    written_on: date
    filled_on: date | None
    program_contact: ProgramContact | None


class NoFetching(URLFetcher):  # type: ignore[misc]
    """Refuses every address: a paper about a patient must not tell anybody that it is printed."""

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
        """Raises FatalURLFetchingError, which stops the rendering."""
        raise FatalURLFetchingError("The packet may not fetch anything.")


def load_packet(order_id: UUID) -> Packet:
    """The order's facts, for the papers. Raises Order.DoesNotExist."""
    order = Order.objects.select_related(
        "patient", "pharmacy", "prescription__prescriber", "package__product__labeler"
    ).get(pk=order_id)
    dispense = (
        Dispense.objects.select_related("lot", "pharmacist").filter(order_id=order_id).first()
    )
    counseling = _counseling(order)
    zone = core.zone_named(order.pharmacy.time_zone)
    category = core.RiskCategory(order.prescription.category)
    return Packet(
        order=order,
        dispense=dispense,
        counseling=counseling,
        counseled_at=counseling.occurred_at.astimezone(zone) if counseling else None,
        checklist=_checklist(counseling_items(category), counseling),
        category=CATEGORY_NAMES[category],
        is_child=category.is_child,
        written_on=core.local_date(order.prescription.occurred_at, zone),
        filled_on=_local_date(dispense, zone),
        program_contact=ProgramContact.objects.filter(
            program_code=order.prescription.program_id
        ).first(),
    )


CATEGORY_NAMES: dict[core.RiskCategory, str] = {
    core.RiskCategory.FRP_ADULT: "Adult female who can get pregnant",
    core.RiskCategory.FNRP_ADULT: "Adult female who cannot get pregnant",
    core.RiskCategory.MALE_ADULT: "Adult male",
    core.RiskCategory.FRP_CHILD: "Female child who can get pregnant",
    core.RiskCategory.FNRP_CHILD: "Female child who cannot get pregnant",
    core.RiskCategory.MALE_CHILD: "Male child",
}


def packet_html(packet: Packet) -> str:
    """The three papers as one HTML page."""
    return render_to_string("orders/packet/packet.html", {"packet": packet})


def pdf_of(html: str) -> bytes:
    """The page as a tagged PDF (PDF/UA-1).

    Raises FatalURLFetchingError when the page asks for anything from elsewhere.
    """
    fetcher = NoFetching()
    document = HTML(string=html, url_fetcher=fetcher)
    stylesheet = CSS(string=_stylesheet(), url_fetcher=fetcher)
    pdf: bytes = document.write_pdf(stylesheets=[stylesheet], pdf_variant="pdf/ua-1")
    return pdf


def _stylesheet() -> str:
    found = finders.find(STYLESHEET)
    if not found:
        raise FileNotFoundError(STYLESHEET)
    return Path(found).read_text(encoding="utf-8")


def _counseling(order: Order) -> CounselingRecord | None:
    """The counseling of this fill that stands: the newest that was neither corrected nor retracted."""
    return (
        CounselingRecord.objects.select_related("attestation", "medication_guide")
        .filter(prescription_id=order.prescription_id, retracts=False, superseded_by__isnull=True)
        .order_by("occurred_at", "recorded_at")
        .last()
    )


def _checklist(
    items: tuple[Item, ...], counseling: CounselingRecord | None
) -> tuple[ChecklistLine, ...]:
    ticked = counseling.checklist if counseling else {}
    return tuple(ChecklistLine(item.text, bool(ticked.get(item.key))) for item in items)


def _local_date(dispense: Dispense | None, zone: ZoneInfo) -> date | None:
    return core.local_date(dispense.recorded_at, zone) if dispense else None
