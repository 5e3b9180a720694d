"""The running store as a person meets it: a browser, a page, labels and buttons."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import Browser, BrowserContext, Page, expect

from accounts.models import User
from orders.management.demo.cast import PASSWORD, PRODUCT, Person
from tests.store import a_session

PRODUCT_PATH = f"/medicines/{PRODUCT}/"
PATIENCE_MILLISECONDS = 15_000


class Store:
    """The store at an address, and a browser in which people visit it."""

    def __init__(self, browser: Browser, url: str) -> None:
        self._browser = browser
        self.url = url

    @contextmanager
    def stranger(self, **options: Any) -> Iterator[Page]:
        """A person who is not signed in, in a window of their own."""
        context = self._browser.new_context(base_url=self.url, **options)
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        try:
            yield context.new_page()
        finally:
            context.close()

    @contextmanager
    def person(self, person: Person, **options: Any) -> Iterator[Page]:
        """Somebody of the cast, who signed in a moment ago; no page is open yet."""
        session = a_session(User.objects.get(email=person.email))
        with self.stranger(**options) as page:
            cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": self.url}
            page.context.add_cookies([cookie])  # type: ignore[list-item]
            yield page


def sign_in(page: Page, person: Person) -> None:
    """Go to the sign-in page, and be in."""
    page.goto("/account/login/")
    type_credentials(page, person)


def type_credentials(page: Page, person: Person) -> None:
    """Type the e-mail and the password, and be in."""
    page.get_by_label("Email").fill(person.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Sign In").click()
    page.get_by_role("button", name="Sign out").wait_for()


def press(page: Page, name: str) -> None:
    """Press a button of the page itself, whether it is a button or a link that looks like one."""
    main = page.locator("main")
    button = main.get_by_role("button", name=name, exact=True)
    button.or_(main.get_by_role("link", name=name, exact=True)).first.click()


def choose(page: Page, question: str, answer: str) -> None:
    """Choose one answer to a question."""
    page.get_by_role("group", name=question).get_by_label(answer).check()


def sign(page: Page, person: Person, button: str) -> None:
    """Type one's printed name, tick the box, and press the button."""
    page.get_by_label("Your name, as printed on your account").fill(person.name)
    page.get_by_label("I sign this").check()
    press(page, button)


def prove_presence(page: Page, password: str = PASSWORD) -> None:
    """Type the password once more, where the store asks for it."""
    page.wait_for_url("**/account/reauthenticate/**")
    page.get_by_label("Password").fill(password)
    page.locator("main").get_by_role("button").first.click()


def come_back_later(context: BrowserContext) -> None:
    """As if the person had typed the password an hour ago: the session is otherwise the same."""
    cookies = {cookie.get("name"): cookie.get("value") for cookie in context.cookies()}
    session = SessionStore(session_key=cookies["sessionid"])
    for record in session["account_authentication_methods"]:
        record["at"] = time.time() - 3600
    session.modified = True
    session.save()


def expect_heading(page: Page, words: str) -> None:
    """Wait for the page that says it is this."""
    expect(page.locator("h1")).to_have_text(words)


def scrolls_sideways(page: Page) -> bool:
    """Whether the page is wider than its window."""
    return bool(page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))
