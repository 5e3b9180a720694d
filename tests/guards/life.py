"""One patient's whole story through the services: at least one row in every table that is sealed."""

from dataclasses import dataclass
from typing import Any

from accounts.services import log_read
from catalog.models import Lot
from orders import services as orders
from orders.models import Order
from rems.models import ExposureReport, Stamped, Supply, SupplyEnd
from rems.services import changes, clinical, enrolling, exposure, supplies, testing
from rems.services.enrolling import pharmacy_today
from rems.signatures import Signature
from tests import builders as b
from tests.cast import carl, pat
from tests.remembering import remembered
from tests.store import a_sign_off


@dataclass(frozen=True)
class Fill:
    """A cleared patient's order and the people who fill it."""

    cleared: b.Cleared
    order: Order

    @property
    def lot(self) -> Lot:
        """The lot that the capsules come from."""
        return b.the_store().lot

    def pharmacist(self, meaning: str = "I take this step.") -> dict[str, Any]:
        """The order, and Pat Lee with a signature: what every step is called with."""
        return {"order_id": self.order.pk, "actor": pat().user, "signature": signed(meaning)}

    @remembered
    def to(self, status: str) -> "Fill":
        """The same fill, taken through its steps up to this status."""
        if status != "placed":
            assert orders.approve(**self.pharmacist("I approve this order.")).is_done
        if status in {"dispensed", "shipped", "delivered"}:
            assert orders.dispense(
                **self.pharmacist("I dispensed this."),
                lot_id=self.lot.pk,
                serial_number=f"S{self.order.number}",
            ).is_done
        if status in {"shipped", "delivered"}:
            assert orders.ship(
                **self.pharmacist("I release this parcel."),
                carrier="UPS",
                tracking_number="1Z999",
            ).is_done
        if status == "delivered":
            assert orders.deliver(order_id=self.order.pk, actor=pat().user).is_done
        self.order.refresh_from_db()
        return self


def signed(meaning: str = "I take this step.") -> Signature:
    """Pat Lee's signature."""
    return b.sign(pat().user, "pharmacist", meaning)


@remembered
def a_placed_order(cleared: b.Cleared | None = None, mode: str = "ship") -> Fill:
    """Carl's order, placed by himself (or another cleared patient's)."""
    cleared = cleared or carl()
    stock()
    result = orders.place(
        patient_id=cleared.patient.pk,
        prescription_id=cleared.prescription.pk,
        package_id=b.the_store().package.pk,
        mode=mode,
        actor=cleared.user,
    )
    assert result.order is not None, result.decision
    return Fill(cleared, Order.objects.get(pk=result.order.pk))


def stock(packages: int = 10) -> None:
    """Fill the shelf."""
    Lot.objects.update(quantity_on_hand=packages)


@remembered
def a_whole_life() -> Fill:
    """Ana starts, is filled, has a scare, stops: every kind of evidence is written on the way."""
    fill = a_placed_order(b.a_cleared_patient("FRP_ADULT", "Ana Ruiz")).to("delivered")
    patient, user = fill.cleared.patient, fill.cleared.user
    pharmacist = pat().user
    supply = Supply.objects.get(order_id=fill.order.pk)
    supplies.record_first_dose(
        supply_id=supply.pk, started_on=pharmacy_today(supply.occurred_at), actor=user
    )
    b.a_survey(patient)
    b.prove(patient, "menopause")
    hold = b.a_hold(patient, reported_at=b.ago(hours=2))
    unverified = b.a_test(patient, b.ago(hours=1), verified=False)
    testing.verify_pregnancy_test(
        test_id=unverified.pk,
        actor=b.prescriber_user(patient),
        signature=b.sign(b.prescriber_user(patient), "prescriber", "I verify this result."),
    )
    b.clear(hold)
    changes.report_change(patient_id=patient.pk, change="partner_pregnancy", actor=user)
    exposure.file_exposure_report(
        report_id=ExposureReport.objects.get(patient=patient).pk,
        case_number="REMS-1",
        medwatch_reference="MW-1",
        actor=pharmacist,
    )
    exposure.record_hypersensitivity(patient_id=patient.pk, description="Rash", actor=pharmacist)
    clinical.record_clinical_factor(
        patient_id=patient.pk, factor="on_dialysis", is_present=True, actor=pharmacist
    )
    clinical.record_blood_count(patient_id=patient.pk, actor=pharmacist)
    assert orders.record_loss(**fill.pharmacist("The parcel is lost."), reason="Fire").is_done
    enrolling.discontinue_treatment(patient_id=patient.pk, reason="Moved", actor=pharmacist)
    a_sign_off("max_days_left")
    log_read(pharmacist, patient.pk, "record")
    assert SupplyEnd.objects.filter(patient=patient).exists()
    return fill


def stamped_models() -> list[type[Stamped]]:
    """Every concrete table that the database stamps: evidence, signatures, decisions, events."""
    found: list[type[Stamped]] = []
    waiting: list[type[Stamped]] = [Stamped]
    while waiting:
        model = waiting.pop()
        waiting += model.__subclasses__()
        if not model._meta.abstract:
            found.append(model)
    return sorted(found, key=lambda model: model._meta.db_table)
