"""Every kind of page, for every role: no barrier that can be found by a machine, and a keyboard."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve
from playwright.sync_api import Page, expect

from orders.management.demo.cast import ALAN, CARL, DANA, GINA, OKAFOR, PASSWORD, PRIYA, TESS
from orders.states import Status
from tests.journeys.arranging import order_that_is, patient_of
from tests.journeys.barriers import SCRIPT, barriers
from tests.journeys.store import PRODUCT_PATH, Store, scrolls_sideways

pytestmark = pytest.mark.journey

PHONE = {"width": 320, "height": 640}
# These differ with the reader: looked at for each; every other kind of page once.
PERSONAL = {"orders:queue", "orders:review", "rems:patient", "rems:preferences", "rems:treatment"}
# Django's own pages, and what is no page.
NOT_OURS = re.compile(r"^/(static|health|admin)/|/file/$|/account/logout/")


def kind_of(path: str) -> str:
    """The name of the kind of page at an address; empty for what is not looked at."""
    if NOT_OURS.search(path):
        return ""
    try:
        return resolve(path).view_name
    except Resolver404:
        return "not found"


def links_of(page: Page) -> list[str]:
    """The addresses in this store that the page leads to."""
    hrefs = page.eval_on_selector_all("a[href]", "all => all.map(one => one.href)")
    own = urlsplit(page.url).netloc
    return [parts.path for parts in map(urlsplit, hrefs) if parts.netloc == own]


def walk(page: Page, starts: list[str], seen: set[str]) -> Iterator[str]:
    """Open one page of each kind that can be reached; the kinds that were seen are left out."""
    waiting, own = list(starts), set[str]()
    while waiting:
        path = waiting.pop(0)
        kind = kind_of(path)
        if not kind or kind in own or (kind in seen and kind not in PERSONAL):
            continue
        own.add(kind)
        page.goto(path)
        yield f"{kind} {path}"
        waiting += links_of(page)
    seen |= own


@pytest.mark.short_proof
def test_no_page_of_any_role_has_a_barrier_in_light_or_dark_or_scrolls_sideways(
    store: Store,
) -> None:
    order = order_that_is(Status.DISPENSED, DANA)
    review, record = f"/orders/queue/{order.pk}/", f"/treatment/patients/{order.patient_id}/"
    assert DANA.guardian is not None
    visits = [
        (None, ["/", "/nothing/here/"]),
        (GINA.person, ["/treatment/", "/r/cut-off/"]),
        (CARL.person, ["/orders/", "/treatment/"]),
        (DANA.guardian, ["/orders/", f"/orders/{order.pk}/"]),
        (OKAFOR, ["/treatment/patients/", f"/treatment/patients/{patient_of(GINA).pk}/"]),
        (PRIYA, ["/orders/queue/", review, record, "/treatment/credentials/"]),
        (TESS, [review, record]),
        (ALAN, [review, record]),
    ]
    seen: set[str] = set()
    found: list[str] = []
    for person, starts in visits:
        visit = store.person(person, viewport=PHONE) if person else store.stranger(viewport=PHONE)
        with visit as page:
            page.add_init_script(SCRIPT)
            for where in walk(page, starts, seen):
                who = person.name if person else "a stranger"
                found += [f"{who}, {where}: {barrier}" for barrier in barriers(page)]
                if scrolls_sideways(page):
                    found.append(f"{who}, {where}: scrolls sideways")
    assert not found, "\n".join(found)
    assert len(seen) > 38, sorted(seen)


def test_carl_is_shown_his_calendar_s_address_once_and_a_wrong_choice_beside_its_field(
    store: Store,
) -> None:
    calendar = f"/treatment/patients/{patient_of(CARL).pk}/calendar/"
    with store.person(CARL.person, viewport=PHONE) as page:
        page.goto(calendar)
        page.get_by_role("button", name=re.compile("^Make .*address$")).click()
        expect(page.get_by_label("Calendar address")).to_have_value(
            re.compile(r"/calendar\.ics\?key=")
        )
        assert barriers(page) == []
        assert not scrolls_sideways(page)
        page.goto(calendar)
        expect(page.get_by_text("Your calendar address is on")).to_be_visible()
        expect(page.get_by_label("Calendar address")).to_have_count(0)
        page.goto("/treatment/preferences/")
        page.get_by_label("Send me e-mail").uncheck()
        page.get_by_role("button", name="Save").click()
        expect(page.locator("#id_email_on_error")).to_contain_text("cannot be switched off")
        assert barriers(page) == []


def go_by_keyboard(page: Page, words: str) -> None:
    """Press Tab until something with these words has the focus and shows it; then press Enter."""
    for _ in range(120):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        if focused.count() and words in (focused.text_content() or ""):
            ring = focused.evaluate("e => getComputedStyle(e).outlineStyle")
            shadow = focused.evaluate("e => getComputedStyle(e).boxShadow")
            assert ring != "none" or shadow != "none", f"{words}: the focus cannot be seen"
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"{words}: not reached by keyboard")


def test_gina_signs_in_and_checks_out_with_the_keyboard_alone(store: Store) -> None:
    with store.stranger() as page:
        page.goto("/account/login/")
        page.keyboard.press("Tab")
        expect(page.locator(":focus")).to_have_text("Skip to the main content")
        page.keyboard.press("Enter")
        page.get_by_label("Email").focus()
        page.keyboard.type(GINA.person.email)
        while page.locator(":focus").get_attribute("name") != "password":
            page.keyboard.press("Tab")
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Sign out").wait_for()
        page.goto(PRODUCT_PATH)
        page.get_by_role("button", name="Start an order").wait_for()
        go_by_keyboard(page, "Start an order")
        expect(page.locator("h1")).to_have_text("Your order")
        go_by_keyboard(page, "Check and place the order")
        expect(page.locator("h1")).to_have_text("We cannot take this order yet")
        assert barriers(page) == []
