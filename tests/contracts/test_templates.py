"""Templates keep what the content security policy forbids, and typing errors, out of the pages."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
# A document template is printed to paper by the worker, never sent to a browser.
PAGES = [path for path in TEMPLATES if "documents" not in path.parts]
ICONS = set(re.findall(r'<symbol id="([^"]+)"', (ROOT / "static/icons/sprite.svg").read_text()))

FORBIDDEN = {
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "a style attribute": re.compile(r"\sstyle\s*=", re.IGNORECASE),
    "a script without a source": re.compile(r"<script\b(?![^>]*\bsrc=)", re.IGNORECASE),
    "words inside a script": re.compile(r"<script\b[^>]*>\s*[^<\s]", re.IGNORECASE),
    "an event handler": re.compile(r"<[^>]*\s(?:on[a-z]+|hx-on[:a-z-]*)\s*=", re.IGNORECASE),
    "a script address": re.compile(r"javascript:", re.IGNORECASE),
    "code in an htmx attribute": re.compile(r"hx-(?:vals|vars|headers)\s*=\s*.js:", re.IGNORECASE),
    "something loaded from elsewhere": re.compile(r"""(?:src|<link[^>]*href)=["'](?:https?:)?//"""),
}


def name(path: Path) -> str:
    """The template's place, for the test's name."""
    return str(path.relative_to(ROOT / "templates"))


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_a_page_has_nothing_inline_and_nothing_foreign(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    found = [what for what, pattern in FORBIDDEN.items() if pattern.search(source)]
    assert not found


@pytest.mark.parametrize(
    ("what", "source"),
    [
        ("a style element", "<style>p{}</style>"),
        ("a style attribute", '<p class="a" style="color:red">'),
        ("a script without a source", "<script>go()</script>"),
        ("words inside a script", '<script src="a.js">go()</script>'),
        ("an event handler", '<button type="button" onclick="go()">'),
        ("an event handler", '<button hx-on:click="go()">'),
        ("a script address", '<a href="javascript:go()">'),
        ("code in an htmx attribute", "<div hx-vals='js:{a: 1}'>"),
        ("something loaded from elsewhere", '<img src="https://example.com/a.png">'),
        ("something loaded from elsewhere", '<link rel="stylesheet" href="//example.com/a.css">'),
    ],
)
def test_the_search_itself_finds_what_it_looks_for(what: str, source: str) -> None:
    assert FORBIDDEN[what].search(source)


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_every_icon_and_every_include_exists(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    icons = set(re.findall(r'includes/icon\.html" with name="([^"]+)"', source))
    assert icons <= ICONS
    for included in re.findall(r'{%\s*(?:include|extends) "([^"]+)"', source):
        own = (ROOT / "templates" / included).is_file()
        assert own or included.startswith(("account/", "mfa/", "allauth/", "admin/"))
