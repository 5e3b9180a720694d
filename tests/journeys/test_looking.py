"""A stranger looks at the medicine."""

import pytest
from playwright.sync_api import Page, expect

from orders.management.demo.cast import JACK
from tests.journeys.store import PRODUCT_PATH, Store, scrolls_sideways, type_credentials

pytestmark = pytest.mark.journey

SECTIONS = (
    "Description",
    "Indications and uses",
    "Key features",
    "Storage and handling",
    "Important safety information",
    "REMS summary",
    "Reviews",
)


def is_above(upper: str, lower: str, page: Page) -> bool:
    """Whether one thing on the page comes before another."""
    boxes = [page.locator(place).first.bounding_box() for place in (upper, lower)]
    assert boxes[0] is not None
    assert boxes[1] is not None
    return boxes[0]["y"] < boxes[1]["y"]


@pytest.mark.parametrize("has_scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_stranger_reads_everything_about_the_medicine_one_click_from_the_start(
    store: Store, has_scripts: bool
) -> None:
    with store.stranger(java_script_enabled=has_scripts) as page:
        page.goto("/")
        page.get_by_role("link", name="Pomalidomide 4 mg capsules").click()
        page.wait_for_url(f"**{PRODUCT_PATH}")
        for title in SECTIONS:
            section = page.get_by_role("heading", name=title, exact=True)
            assert section.is_visible(), title
        assert "Warning: harm to unborn babies" in page.locator("main").inner_text()
        assert is_above(".boxed-warning", "h2:has-text('Description')", page)
        assert page.get_by_text("There are no reviews yet").is_visible()
        for fact in ("Rx only", "$1,184.00", "60505-4500-02", "Bottle of 21"):
            assert page.get_by_text(fact).first.is_visible(), fact


def test_the_panel_asks_a_stranger_to_sign_in_and_then_shows_their_own_list(store: Store) -> None:
    for has_scripts in (True, False):
        with store.stranger(java_script_enabled=has_scripts) as page:
            page.goto(PRODUCT_PATH)
            if not has_scripts:
                page.get_by_role("link", name="See what you need before you can order").click()
            page.get_by_role("button", name="Sign in to see your own list").click()
            type_credentials(page, JACK.person)
            page.wait_for_url(f"**{PRODUCT_PATH}")
            if not has_scripts:
                page.get_by_role("link", name="See what you need before you can order").click()
            expect(page.get_by_text("You cannot order yet")).to_be_visible()


def test_nothing_scrolls_sideways_on_a_small_phone(store: Store) -> None:
    with store.stranger(viewport={"width": 320, "height": 640}) as page:
        for path in ("/", PRODUCT_PATH, "/account/login/", "/account/signup/", "/nothing/here/"):
            page.goto(path)
            assert not scrolls_sideways(page), path
