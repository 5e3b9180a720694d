"""The designed pages for what goes wrong."""

import pytest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.views.defaults import server_error

from catalog.models import Product


def test_the_page_for_our_own_faults_needs_no_database() -> None:
    answer = server_error(RequestFactory().get("/"))
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.content.decode()
    assert "stop taking the medicine" in answer.content.decode()


def test_a_form_without_its_token_gets_a_designed_403(transactional_db: None) -> None:
    answer = Client(enforce_csrf_checks=True).post("/account/login/", {"login": "a"})
    assert answer.status_code == 403
    assert "Please send the form again" in answer.content.decode()


def test_every_page_tells_whom_to_call(client: Client, pomalidomide: Product) -> None:
    for address in ("/", "/nowhere/", "/account/login/"):
        page = client.get(address).content.decode()
        assert "1-888-423-5436" in page
        assert "1-800-FDA-1088" in page
        assert "stop taking the medicine and call your prescriber" in page


def test_the_call_to_stop_stands_even_without_any_contact(transactional_db: None) -> None:
    page = Client().get("/").content.decode()
    assert "stop taking the medicine and call your prescriber" in page
    assert "No medicine is on sale yet" in page


def test_no_page_carries_code_of_its_own(client: Client, pomalidomide: Product) -> None:
    answer = client.get("/medicines/pomalidomide-4-mg-capsules/")
    policy = answer["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    assert "default-src 'none'" in policy


@pytest.mark.parametrize(
    ("state", "word"), [("done", "Done"), ("now", "Now"), ("blocked", "Blocked"), ("todo", "To do")]
)
def test_a_step_tells_its_state_in_words_too(state: str, word: str) -> None:
    steps = [{"title": "Sign the form", "state": state, "who": "You", "when": "today"}]
    html = render_to_string("includes/steps.html", {"steps": steps, "label": "Steps"})
    assert f'<span class="step-state">{word}</span>' in html
    assert "Who: You · When: today" in html
