"""A pharmacist signs a limit off; a change is a new version, which never rewrites the past."""

import html
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from accounts.roles import Role
from rems import core
from rems.canonical import digest_of, row_content
from rems.errors import DomainError, EntryRefused, NotAllowed, SignatureRefused, StaleForm
from rems.models import DecisionRecord, LimitSignOff, ProgramVersion, Seal
from rems.services import versions
from rems.services.verify import faults
from tests import builders as b
from tests.cast import carl, pat, sam
from tests.database import VirtualClock
from tests.orders.steps import approve, approved, dispense, placed, traces
from tests.rems.test_replay import assert_all_replay
from tests.store import a_new_version, a_sign_off

pytestmark = pytest.mark.django_db(transaction=True)
SIGNED = {"printed_name": "Pat Lee", "is_signed": "on"}
NEW_YORK = ZoneInfo("America/New_York")


def in_force() -> core.ProgramVersion:
    return versions.verified(versions.version_in_force(b.PROGRAM, b.now()))


def nothing_signed() -> bool:
    return not LimitSignOff.objects.exists() and ProgramVersion.objects.count() == 1


def text_of(answer: Any) -> str:
    return html.unescape(answer.content.decode())


# Signing off ------------------------------------------------------------------------------------


def test_pat_signs_a_limit_off_with_name_time_meaning_and_a_digest_of_what_was_signed() -> None:
    b.the_store()
    row = a_sign_off("max_days_left")
    signed = row.attestation
    assert (signed.signer, signed.printed_name, signed.role) == (
        pat().user,
        "Pat Lee",
        "pharmacist",
    )
    assert (signed.signed_table, signed.signed_row) == ("rems_limitsignoff", row.pk)
    content = row_content(LimitSignOff.objects.get(pk=row.pk))
    for stamp in versions.UNSIGNED_COLUMNS:
        del content[stamp]
    assert signed.digest == digest_of(content)
    assert row.limit["value"] == 7
    assert "Lenalidomide" in row.limit["source"]
    assert in_force().limit("max_days_left").verified_by == "Pat Lee"
    assert len(in_force().unverified) == len(core.PROGRAMS[0].limits) - 1
    sealed = Seal.objects.filter(subject_id=row.program_version_id).order_by("seq")
    assert [one.table for one in sealed] == [
        "rems_programversion",
        "rems_attestation",
        "rems_limitsignoff",
    ]
    assert list(faults()) == []


def test_a_limit_is_signed_off_once_by_a_pharmacist_with_a_fresh_signature_and_a_document() -> None:
    store = b.the_store()
    asked: dict[str, Any] = {
        "version_id": versions.version_in_force(b.PROGRAM, b.now()),
        "keys": ["max_days_left"],
        "seen_in": "Pharmacy Guide",
        "actor": store.user,
        "signature": b.sign(store.user, Role.PHARMACIST),
    }
    tess = b.a_technician()
    refused: list[tuple[type[Exception], dict[str, Any]]] = [
        (EntryRefused, {"seen_in": " "}),
        (EntryRefused, {"keys": []}),
        (EntryRefused, {"keys": ["phase_of_the_moon"]}),
        (NotAllowed, {"actor": tess, "signature": b.sign(tess, Role.PHARMACIST)}),
        (SignatureRefused, {"signature": b.sign(sam().user, Role.PHARMACIST)}),
        (
            SignatureRefused,
            {"signature": b.sign(store.user, Role.PHARMACIST, age=timedelta(days=1))},
        ),
    ]
    for error, lie in refused:
        with pytest.raises(error):
            versions.sign_off_limits(**(asked | lie))
    assert nothing_signed()
    versions.sign_off_limits(**asked)
    with pytest.raises(EntryRefused, match="nobody has signed off yet"):
        versions.sign_off_limits(**asked)
    assert LimitSignOff.objects.count() == 1


def test_in_the_admin_pat_goes_from_not_verified_to_her_name_beside_the_limit(
    client: Client,
) -> None:
    b.sign_in(client, b.the_store().user)
    version = ProgramVersion.objects.get()
    page = reverse("admin:rems_programversion_change", args=[version.pk])
    form = reverse("rems:sign-off-limits", args=[version.pk])
    assert f'href="{form}"' in text_of(client.get(page))
    assert "Max days left: 7 days" in text_of(client.get(form))

    without = client.post(form, {"seen_in": "Guide", **SIGNED})
    assert without.status_code == 422
    assert "Tick each limit" in text_of(without)
    assert nothing_signed()

    entries = {"seen_in": "Pharmacy Guide, March 2026", "keys": ["max_days_left"], **SIGNED}
    assert client.post(form, entries).headers["Location"] == page
    shown = text_of(client.get(page))
    assert "Pat Lee, " in shown
    assert "by Pharmacy Guide, March 2026" in shown
    assert "20 of 21 limits not verified" in shown
    assert client.post(form, entries).status_code == 422, "once is enough"


def test_nobody_else_signs_off_or_begins_a_version(client: Client) -> None:
    carl()
    version = ProgramVersion.objects.get()
    pages = (reverse("rems:sign-off-limits", args=[version.pk]), reverse("rems:new-version"))
    for user in (
        b.a_technician(),
        b.an_auditor(),
        b.a_prescriber().user,
        b.acting_user(carl().patient),
    ):
        assert user is not None
        b.sign_in(client, user)
        for page in pages:
            assert client.get(page).status_code == 403
            assert client.post(page, SIGNED).status_code == 403
    assert nothing_signed()


def test_where_pat_decides_each_unverified_limit_is_shown_until_it_is_signed_off(
    client: Client,
) -> None:
    order = placed(carl())
    b.sign_in(client, pat().user)
    pages = (f"/orders/queue/{order.pk}/", f"/orders/queue/{order.pk}/approve/")
    for page in pages:
        assert "max_days_left: 7 days" in text_of(client.get(page))
    a_sign_off("max_days_left")
    for page in pages:
        shown = text_of(client.get(page))
        assert "max_days_left" not in shown
        assert "confirmation_life: 24 hours" in shown
    assert "Not verified" not in text_of(client.get(f"/orders/queue/{order.pk}/cancel/"))


# A new version ----------------------------------------------------------------------------------


def test_an_order_is_judged_by_the_version_in_force_when_the_rules_are_asked(
    clock: VirtualClock,
) -> None:
    order = placed(carl())
    before = DecisionRecord.objects.values().get()
    version = a_new_version({"max_days_supply": 20}, begins=timedelta(hours=2))

    assert approve(order).is_done, "the new version has not begun"
    clock.shift(timedelta(hours=2))
    refused = dispense(order)

    assert refused.decision is not None
    assert refused.decision.denying_rules[0] == "R10"
    assert DecisionRecord.objects.values().order_by("at").first() == before
    by = [record.program_version.number for record in DecisionRecord.objects.order_by("at")]
    assert by == [1, 1, 2]
    assert version.number == 2
    assert_all_replay("checkout", "approve", "dispense")
    assert list(faults()) == []


def test_a_permit_is_told_to_end_before_the_next_version_begins() -> None:
    b.the_store()
    version = a_new_version({"max_days_left": 5}, begins=timedelta(hours=3))
    placed(carl())
    record = DecisionRecord.objects.get()
    assert record.permitted_until == version.in_force_from - timedelta(microseconds=1)
    assert_all_replay("checkout")


def test_the_version_begins_at_its_instant_and_not_a_microsecond_earlier(
    clock: VirtualClock,
) -> None:
    order = approved(carl())
    version = a_new_version({"max_days_supply": 20})
    clock.set(version.in_force_from - timedelta(microseconds=1))
    assert in_force().version == "1"
    clock.set(version.in_force_from)
    assert in_force().version == "2"
    counted = traces()
    assert not dispense(order).is_done
    assert traces() == counted


def test_a_version_may_not_begin_in_the_past_nor_now_nor_change_nothing(
    clock: VirtualClock,
) -> None:
    b.the_store()
    clock.set(b.now())
    for begins in (timedelta(0), -timedelta(microseconds=1), -timedelta(days=400)):
        with pytest.raises(EntryRefused, match="in the future"):
            a_new_version({"max_days_left": 5}, begins=begins)
    with pytest.raises(EntryRefused, match="time zone"):
        a_new_version({"max_days_left": 5}, in_force_from=datetime(2030, 1, 1))  # noqa: DTZ001
    with pytest.raises(EntryRefused, match="why"):
        a_new_version({"max_days_left": 5}, reason=" ")
    with pytest.raises(DomainError, match="Nothing differs"):
        a_new_version()
    with pytest.raises(DomainError, match="cannot follow"):
        a_new_version({"max_days_left": -1})
    with pytest.raises(DomainError, match="cannot follow"):
        a_new_version(decisions={"D2": "yes"})
    for looser in ({"max_refills": 1}, {"capsules_per_day": 2}, {"max_days_supply": 29}):
        with pytest.raises(EntryRefused, match="holds no more than"):
            a_new_version(looser)
    with pytest.raises(EntryRefused, match="no such limit"):
        a_new_version({"phase_of_the_moon": 1})
    assert nothing_signed()


def test_two_changes_begin_one_after_the_other_and_a_stale_one_not_at_all(
    clock: VirtualClock,
) -> None:
    b.the_store()
    first = a_new_version({"max_days_left": 5})
    with pytest.raises(EntryRefused, match="begins then or later"):
        a_new_version({"max_days_left": 6}, in_force_from=first.in_force_from)
    clock.shift(timedelta(days=2))
    base = ProgramVersion.objects.get(number=1).pk
    with pytest.raises(StaleForm):
        a_new_version({"survey_life": 28}, base_id=base)
    second = a_new_version({"survey_life": 28})
    core_version = core.ProgramVersion.from_data(second.data)
    assert (core_version.terms.max_days_left, core_version.limit("survey_life").value) == (5, 28)


def test_a_change_that_waits_for_its_day_is_not_undone_by_the_next(clock: VirtualClock) -> None:
    b.the_store()
    in_force_now = versions.version_in_force(b.PROGRAM, b.now())
    a_new_version({"max_days_left": 5}, begins=timedelta(days=10))
    with pytest.raises(StaleForm):
        a_new_version({"survey_life": 28}, begins=timedelta(days=20), base_id=in_force_now)
    with pytest.raises(EntryRefused, match="begins then or later"):
        a_new_version({"survey_life": 28}, begins=timedelta(days=5))
    a_new_version({"survey_life": 28}, begins=timedelta(days=20))
    clock.shift(timedelta(days=21))
    terms = in_force()
    assert (terms.limit("max_days_left").value, terms.limit("survey_life").value) == (5, 28)


def test_a_sign_off_holds_for_the_same_figure_in_a_later_version_and_not_for_a_changed_one(
    clock: VirtualClock,
) -> None:
    b.the_store()
    a_sign_off("max_days_left")
    a_sign_off("survey_life")
    a_new_version({"max_days_left": 5})
    clock.shift(timedelta(days=2))
    assert in_force().limit("survey_life").verified_by == "Pat Lee"
    assert in_force().limit("max_days_left").verified_by is None
    with pytest.raises(NotAllowed, match="another pharmacist"):
        a_sign_off("max_days_left")
    a_sign_off("max_days_left", "Sam Ortiz")
    assert in_force().limit("max_days_left").verified_by == "Sam Ortiz"


def test_the_owner_s_decision_d8_is_a_setting_of_the_version(clock: VirtualClock) -> None:
    b.the_store()
    a_new_version(decisions={"D8": "allowed"})
    assert not in_force().terms.telephone_allowed
    clock.shift(timedelta(days=1))
    assert in_force().terms.telephone_allowed


def test_pat_begins_a_version_from_the_one_in_force_in_the_admin(client: Client) -> None:
    b.sign_in(client, b.the_store().user)
    page = reverse("rems:new-version")
    form = client.get(page).context["form"]
    entries = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    begins = (b.now() + timedelta(days=3)).astimezone(NEW_YORK).replace(second=0, microsecond=0)
    entries |= {"reason": "New guide.", **SIGNED}

    late = client.post(page, {**entries, "in_force_from": "2025-06-01T00:00", "max_days_left": 5})
    assert late.status_code == 422
    assert "A version begins in the future." in text_of(late)
    assert nothing_signed()

    entries["in_force_from"] = f"{begins:%Y-%m-%dT%H:%M}"
    assert client.post(page, {**entries, "max_days_left": 5}).status_code == 302
    version = ProgramVersion.objects.get(number=2)
    assert version.in_force_from == begins
    assert version.change_reason == "New guide."
    assert core.ProgramVersion.from_data(version.data).terms.max_days_left == 5
    assert version.attestation is not None
    assert version.attestation.meaning.startswith("The program's limits")
