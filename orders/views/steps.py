"""Everything that the pharmacy does to an order, step by step."""

from typing import Any

from django import forms
from django.urls import reverse

from accounts.models import User
from orders import services
from orders.forms import DispenseForm, HandOverForm, ReasonForm, ShipForm
from orders.models import Order
from orders.services import StepResult
from orders.states import Status
from orders.views.step import StepView
from rems import core


class ApproveView(StepView):
    """The pharmacist approves."""

    slug = "approve"
    to_status = Status.APPROVED
    permissions = ("orders.approve_order",)
    title = "Approve the order"
    intro = "The rules are asked once more when you sign."
    button = "Sign and approve"
    done = "The order is approved."
    meaning = "I have reviewed this order and approve that it is filled."

    def take(self, form: forms.Form) -> StepResult:
        """Approve it."""
        return services.approve(**self.signed(form))


class DispenseView(StepView):
    """The pharmacist counts the capsules out of a lot."""

    slug = "dispense"
    to_status = Status.DISPENSED
    from_status = Status.APPROVED
    permissions = ("orders.dispense_order",)
    form_class = DispenseForm
    title = "Dispense"
    intro = "The lot that expires first is chosen for you. The rules are asked once more."
    button = "Sign and dispense"
    done = "The capsules are dispensed."
    meaning = "I have dispensed these capsules from this package for this order."

    def form_arguments(self) -> dict[str, Any]:
        """The lots on the shelf today."""
        zone = core.zone_named(self.order.pharmacy.time_zone)
        today = core.local_date(self.at, zone)
        return {"package_id": self.order.package_id, "today": today}

    def take(self, form: forms.Form) -> StepResult:
        """Dispense it."""
        data = form.cleaned_data
        return services.dispense(
            **self.signed(form), lot_id=data["lot_id"].pk, serial_number=data["serial_number"]
        )


class ShipView(StepView):
    """The pharmacist gives the parcel to the carrier."""

    slug = "ship"
    to_status = Status.SHIPPED
    mode = "ship"
    permissions = ("orders.release_order",)
    form_class = ShipForm
    title = "Ship"
    intro = "The rules are asked once more: a new hold or a number that ran out stops the parcel."
    button = "Sign and ship"
    done = "The parcel is on its way."
    meaning = "I release this parcel to the carrier."

    def take(self, form: forms.Form) -> StepResult:
        """Ship it."""
        data = form.cleaned_data
        return services.ship(
            **self.signed(form), carrier=data["carrier"], tracking_number=data["tracking_number"]
        )


class HandOverView(StepView):
    """The pharmacist gives the parcel to a person."""

    slug = "hand-over"
    to_status = Status.HANDED_OVER
    mode = "hand"
    permissions = ("orders.release_order",)
    form_class = HandOverForm
    title = "Hand over"
    intro = "The rules are asked once more: a new hold or a number that ran out stops the parcel."
    button = "Sign and hand over"
    done = "The parcel is handed over."
    meaning = "I hand this parcel over to the person named here."

    def take(self, form: forms.Form) -> StepResult:
        """Hand it over."""
        data = form.cleaned_data
        return services.hand_over(
            **self.signed(form), handed_to=data["handed_to"], identification=data["identification"]
        )


class DeliverView(StepView):
    """The parcel arrived."""

    slug = "deliver"
    to_status = Status.DELIVERED
    permissions = ("orders.release_order",)
    title = "Note that it arrived"
    intro = "The supply counts from today, until the patient tells us the first day of taking it."
    button = "It arrived"
    done = "The delivery is noted."

    def take(self, form: forms.Form) -> StepResult:
        """Note it."""
        return services.deliver(**self.unsigned())


class PauseView(StepView):
    """Stop an order for now."""

    slug = "pause"
    to_status = Status.ON_HOLD
    permissions = ("orders.cancel_order", "orders.pack_order")
    form_class = ReasonForm
    title = "Put on hold"
    intro = "Nothing more happens to the order until a pharmacist takes it off hold."
    button = "Put on hold"
    done = "The order is on hold."
    is_danger = True
    stops = True

    def take(self, form: forms.Form) -> StepResult:
        """Stop it."""
        reason = form.cleaned_data["reason"]
        return services.pause(order_id=self.order.pk, actor=self.reader, reason=reason)


class ResumeView(StepView):
    """Take an order off hold."""

    slug = "resume"
    # Where it goes from here the service decides: packed, or to be approved anew.
    to_status = Status.PLACED
    from_status = Status.ON_HOLD
    permissions = ("orders.approve_order",)
    form_class = ReasonForm
    title = "Take off hold"
    intro = "The rules are asked once more. An order that is not packed is approved anew."
    button = "Sign and take off hold"
    done = "The order is off hold."
    meaning = "I take this order off hold."

    def take(self, form: forms.Form) -> StepResult:
        """Go on with it."""
        return services.resume(**self.signed(form), reason=form.cleaned_data["reason"])


class RejectView(StepView):
    """Decline to fill an order."""

    slug = "reject"
    to_status = Status.REJECTED
    permissions = ("orders.approve_order",)
    form_class = ReasonForm
    title = "Decline the order"
    button = "Sign and decline"
    done = "The order is declined."
    meaning = "I decline to fill this order."
    is_danger = True

    def take(self, form: forms.Form) -> StepResult:
        """Decline it."""
        return services.reject(**self.signed(form), reason=form.cleaned_data["reason"])


class CancelView(StepView):
    """Cancel an order for the patient."""

    slug = "cancel"
    to_status = Status.CANCELLED
    permissions = ("orders.cancel_order",)
    form_class = ReasonForm
    title = "Cancel the order"
    intro = "Capsules that are packed already are never put back on the shelf."
    button = "Sign and cancel"
    done = "The order is cancelled."
    meaning = "I cancel this order. Capsules counted out for it were never released."
    is_danger = True

    def take(self, form: forms.Form) -> StepResult:
        """Cancel it."""
        return services.cancel(**self.signed(form), reason=form.cleaned_data["reason"])


class LostView(StepView):
    """The parcel was lost."""

    slug = "lost"
    to_status = Status.LOST
    permissions = ("orders.release_order",)
    form_class = ReasonForm
    title = "Record a loss"
    intro = "The capsules no longer count as a supply that the patient has."
    button = "Sign and record the loss"
    done = "The loss is recorded."
    meaning = "I record that these capsules were lost."
    is_danger = True

    def take(self, form: forms.Form) -> StepResult:
        """Record it."""
        return services.record_loss(**self.signed(form), reason=form.cleaned_data["reason"])


class ReturnedView(StepView):
    """The capsules came back."""

    slug = "returned"
    to_status = Status.RETURNED
    permissions = ("orders.release_order",)
    form_class = ReasonForm
    title = "Record a return"
    intro = "Capsules that came back are destroyed or sent to the program, never restocked."
    button = "Sign and record the return"
    done = "The return is recorded."
    meaning = "I record that these capsules came back and will not be dispensed again."
    is_danger = True

    def take(self, form: forms.Form) -> StepResult:
        """Record it."""
        return services.record_return(**self.signed(form), reason=form.cleaned_data["reason"])


STEPS: tuple[type[StepView], ...] = (
    ApproveView,
    DispenseView,
    ShipView,
    HandOverView,
    DeliverView,
    ResumeView,
    PauseView,
    RejectView,
    CancelView,
    LostView,
    ReturnedView,
)


def open_steps(order: Order, reader: User) -> list[dict[str, Any]]:
    """The steps that the reader may take on this order now: title, address, whether it stops."""
    return [
        {
            "title": step.title,
            "url": reverse(f"orders:{step.slug}", args=[order.pk]),
            "is_danger": step.is_danger,
        }
        for step in STEPS
        if step.is_open(order) and any(reader.has_perm(name) for name in step.permissions)
    ]
