"""The pharmacy's pages: every step from the form to the record, and every refusal."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from catalog.models import Lot
from orders.models import Dispense, Order, Release
from rems.models import Attestation, DecisionRecord
from tests import cast
from tests.builders import Cleared, a_hold, a_pharmacist, a_positive_test, sign_in, the_store

from .conftest import SignedIn
from .pages import reads, words
from .steps import approve, approved, delivered, dispensed, placed, shipped, status_of, traces

pytestmark = pytest.mark.django_db(transaction=True)

SIGNED = {"printed_name": "Pat Lee", "is_signed": "on"}


def address(order: Order, step: str) -> str:
    return f"/orders/queue/{order.pk}/{step}/"


def filled(order: Order, step: str, **other: Any) -> dict[str, Any]:
    """What Pat's browser sends: the order as the page shows it now, and what is typed."""
    seen = {"seen": Order.objects.values_list("revision", flat=True).get(pk=order.pk)}
    own = {
        "dispense": {"lot_id": the_store().lot.pk, "serial_number": "SN-1"},
        "ship": {"carrier": "UPS", "tracking_number": "1Z999"},
        "hand-over": {"handed_to": "Carl Berg", "identification": "driver's license"},
        **{slug: {"reason": "The patient called."} for slug in WITH_REASON},
    }
    unsigned = {"deliver", "pause"}
    return {**seen, **own.get(step, {}), **({} if step in unsigned else SIGNED), **other}


WITH_REASON = ("pause", "resume", "reject", "cancel", "lost", "returned")


def on_hold(cleared: Cleared) -> Order:
    order = placed(cleared)
    client = sign_in(Client(), the_store().user)
    assert client.post(address(order, "pause"), filled(order, "pause")).status_code == 302
    return order


def dispensed_for_counter(cleared: Cleared) -> Order:
    return dispensed(cleared, "hand")


# By step: the order as it stands before, and where it stands afterwards.
STEPS: dict[str, tuple[Any, str, str]] = {
    "approve": (placed, "placed", "approved"),
    "dispense": (approved, "approved", "dispensed"),
    "ship": (dispensed, "dispensed", "shipped"),
    "hand-over": (dispensed_for_counter, "dispensed", "handed_over"),
    "deliver": (shipped, "shipped", "delivered"),
    "pause": (approved, "approved", "on_hold"),
    "resume": (on_hold, "on_hold", "placed"),
    "reject": (placed, "placed", "rejected"),
    "cancel": (dispensed, "dispensed", "cancelled"),
    "lost": (shipped, "shipped", "lost"),
    "returned": (delivered, "delivered", "returned"),
}
GATED = ("approve", "dispense", "ship", "hand-over")


@pytest.fixture
def pat(signed_in: SignedIn) -> Client:
    """Pat Lee's browser."""
    return signed_in(the_store().user)


@pytest.mark.parametrize("step", STEPS)
def test_pat_takes_the_step_on_its_page(step: str, pat: Client) -> None:
    before_it, _, after = STEPS[step]
    order = before_it(cast.carl())
    form = pat.get(address(order, step))
    assert form.status_code == 200
    assert "Carl Berg" in words(form)
    answer = pat.post(address(order, step), filled(order, step))
    assert answer.headers["Location"] == f"/orders/queue/{order.pk}/"
    assert status_of(order.pk) == after
    page = pat.get(answer.headers["Location"])
    assert page.status_code == 200


@pytest.mark.parametrize("step", STEPS)
def test_a_second_click_changes_nothing_more(step: str, pat: Client) -> None:
    before_it, _, after = STEPS[step]
    order = before_it(cast.carl())
    sent = filled(order, step)
    pat.post(address(order, step), sent)
    before = traces()
    again = pat.post(address(order, step), sent)
    assert again.status_code == 409
    assert "Nothing was changed" in words(again)
    assert (status_of(order.pk), traces()) == (after, before)
    assert reads(f"refused: {step}") == 1


@pytest.mark.parametrize("step", STEPS)
def test_a_step_out_of_its_order_is_refused_and_recorded(step: str, pat: Client) -> None:
    """No page was visited: the form is sent straight away, to an order that stands elsewhere."""
    wrong = {"cancel": shipped, "pause": shipped, "reject": shipped}.get(step)
    elsewhere = wrong or (placed if step not in {"approve"} else approved)
    order = elsewhere(cast.carl())
    before, stood = traces(), status_of(order.pk)
    answer = pat.post(address(order, step), filled(order, step))
    assert answer.status_code == 409
    assert pat.get(address(order, step)).status_code == 409
    assert (status_of(order.pk), traces()) == (stood, before)
    assert reads(f"refused: {step}") == 1


@pytest.mark.parametrize("step", GATED)
def test_a_hold_in_between_stops_the_page_with_its_rule(step: str, pat: Client) -> None:
    before_it, stood, _ = STEPS[step]
    ana = cast.ana()
    order = before_it(ana)
    a_hold(ana.patient)
    before = traces()
    page = pat.post(address(order, step), filled(order, step))
    assert page.status_code == 409
    text = words(page)
    assert "R25" in text
    assert "There is no override" in text
    assert "Who can do it: The prescriber" in text
    assert (status_of(order.pk), traces()) == (stood, before)
    assert DecisionRecord.objects.filter(subject_id=order.pk, outcome="refuse").count() == 1


@pytest.mark.parametrize("step", [s for s in STEPS if s not in {"deliver", "pause"}])
def test_a_signature_wants_the_own_name_and_the_box(step: str, pat: Client) -> None:
    before_it, stood, _ = STEPS[step]
    order = before_it(cast.carl())
    before = traces()
    for wrong in ({"printed_name": "Sam Ortiz"}, {"printed_name": ""}, {"is_signed": ""}):
        page = pat.post(address(order, step), filled(order, step, **wrong))
        assert page.status_code == 422
        assert "Please check the form. Nothing was saved." in words(page)
    assert (status_of(order.pk), traces()) == (stood, before)


@pytest.mark.parametrize("step", ["approve", "ship"])
def test_an_old_password_is_asked_for_before_the_form_and_before_the_act(step: str) -> None:
    before_it, stood, _ = STEPS[step]
    order = before_it(cast.carl())
    before = traces()
    tired = sign_in(Client(), the_store().user, age=timedelta(minutes=6))
    for answer in (
        tired.get(address(order, step)),
        tired.post(address(order, step), filled(order, step)),
    ):
        assert answer.status_code == 302
        assert "/account/reauthenticate/" in answer.headers["Location"]
    assert (status_of(order.pk), traces()) == (stood, before)


def test_what_was_typed_survives_the_password_page() -> None:
    order = dispensed(cast.carl())
    tired = sign_in(Client(), the_store().user, age=timedelta(minutes=6))
    asked = tired.post(address(order, "ship"), filled(order, "ship", tracking_number="1Z-KEPT"))
    answer = tired.post(asked.headers["Location"], {"password": "a long passphrase"}, follow=True)
    assert answer.status_code == 200
    assert status_of(order.pk) == "shipped"
    assert Release.objects.get().tracking_number == "1Z-KEPT"


@pytest.mark.parametrize("step", ["dispense", "ship", "hand-over", *WITH_REASON])
def test_missing_entries_are_named_beside_their_fields_and_the_rest_is_kept(
    step: str, pat: Client
) -> None:
    before_it, stood, _ = STEPS[step]
    order = before_it(cast.carl())
    own = [name for name in filled(order, step) if name not in {"seen", *SIGNED}]
    before = traces()
    page = pat.post(address(order, step), filled(order, step, **{own[-1]: " "}))
    assert page.status_code == 422
    html = page.content.decode()
    assert f'id="id_{own[-1]}_error"' in html
    if step not in {"pause"}:
        assert 'value="Pat Lee"' in html
    assert (status_of(order.pk), traces()) == (stood, before)


def test_only_lots_that_may_be_used_are_offered_the_first_to_expire_first(pat: Client) -> None:
    order = approved(cast.carl())
    good = the_store().lot
    more = {"package": good.package, "quantity_on_hand": 5}
    later = Lot.objects.create(
        number="LATER", expires_on=good.expires_on + timedelta(days=30), **more
    )
    Lot.objects.create(number="RECALLED", expires_on=good.expires_on, is_recalled=True, **more)
    Lot.objects.create(number="SUSPECT", expires_on=good.expires_on, is_suspect=True, **more)
    Lot.objects.create(number="EMPTY", expires_on=good.expires_on, package=good.package)
    text = words(pat.get(address(order, "dispense")))
    assert text.index(good.number) < text.index(later.number)
    for name in ("RECALLED", "SUSPECT", "EMPTY"):
        assert name not in text


@pytest.mark.parametrize("lot", ["recalled", "unknown", "nonsense"])
def test_a_forged_lot_is_refused_beside_its_field(lot: str, pat: Client) -> None:
    order = approved(cast.carl())
    good = the_store().lot
    recalled = Lot.objects.create(
        package=good.package,
        number="RECALLED",
        expires_on=good.expires_on,
        is_recalled=True,
        quantity_on_hand=5,
    )
    keys = {"recalled": recalled.pk, "unknown": uuid4(), "nonsense": "x"}
    page = pat.post(address(order, "dispense"), filled(order, "dispense", lot_id=keys[lot]))
    assert page.status_code == 422
    assert 'value="SN-1"' in page.content.decode()
    assert not Dispense.objects.exists()
    assert status_of(order.pk) == "approved"


def test_a_serial_number_used_before_is_told_and_what_was_typed_is_kept(pat: Client) -> None:
    first, second = dispensed(cast.beth()), approved(cast.carl())
    used = Dispense.objects.get(order=first).serial_number
    before = traces()
    page = pat.post(address(second, "dispense"), filled(second, "dispense", serial_number=used))
    assert page.status_code == 409
    assert "A package with this serial number was dispensed before." in words(page)
    assert f'value="{used}"' in page.content.decode()
    assert (status_of(second.pk), traces()) == ("approved", before)
    assert reads("refused: dispense") == 1


def test_a_parcel_for_the_counter_cannot_be_shipped(pat: Client) -> None:
    order = dispensed(cast.carl(), "hand")
    assert "Hand over" in words(pat.get(f"/orders/queue/{order.pk}/"))
    assert pat.post(address(order, "ship"), filled(order, "ship")).status_code == 409
    assert status_of(order.pk) == "dispensed"


def test_an_untrained_pharmacist_reads_why_the_approval_is_refused(signed_in: SignedIn) -> None:
    order = placed(cast.carl())
    uma = a_pharmacist("Uma Reed", trained=False)
    page = signed_in(uma.user).post(
        address(order, "approve"), filled(order, "approve", printed_name="Uma Reed")
    )
    assert page.status_code == 409
    assert "R05" in words(page)
    assert status_of(order.pk) == "placed"


def test_two_pharmacists_at_once_approve_once(pat: Client, signed_in: SignedIn) -> None:
    order = placed(cast.carl())
    sam = signed_in(cast.sam().user)
    assert sam.get(address(order, "approve")).status_code == 200
    drawn = filled(order, "approve", printed_name="Sam Ortiz")
    assert pat.post(address(order, "approve"), filled(order, "approve")).status_code == 302
    late = sam.post(address(order, "approve"), drawn)
    assert late.status_code == 409
    assert Attestation.objects.filter(signed_row=order.pk).count() == 1


def test_the_orders_page_shows_everything_the_pharmacist_needs(pat: Client) -> None:
    ana = cast.ana()
    order = placed(ana)
    approve(order)
    page = pat.get(f"/orders/queue/{order.pk}/")
    text = words(page)
    for shown in (
        "Ana Ruiz",
        "Adult who can become pregnant",
        ana.authorization.number,
        "Take one capsule by mouth once daily",
        "limits of",
        "Dispensing: what the rules say now",
        "Nothing stands in the way",
        "Checkout: permitted",
        "Approval: permitted",
        "Signed: Pat Lee (pharmacist): I confirm that this is right.",
        "Put on hold",
        "Record a confirmation number",
        "Counseling checklist",
        "Print packet",
    ):
        assert shown in text, shown
    assert reads("order") == 1


def test_a_positive_test_is_on_the_orders_page_at_once(pat: Client) -> None:
    ana = cast.ana()
    order = placed(ana)
    a_positive_test(ana.patient)
    text = words(pat.get(f"/orders/queue/{order.pk}/"))
    assert "The rules would refuse" in text
    assert "R23" in text
    approve(order)
    assert "Approval: refused" in words(pat.get(f"/orders/queue/{order.pk}/"))
