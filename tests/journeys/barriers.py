"""What axe-core finds on a page, in light and in dark."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

SCRIPT = Axe().axe_script
RUN = "options => axe.run(document, {resultTypes: ['violations'], ...options}).then(all => all.violations)"
# In the dark only the colors differ.
COLORS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}


def barriers(page: Page) -> list[str]:
    """Each barrier with the rule that it breaks and where it stands."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(SCRIPT)
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    found = _found(page, "light", {})
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    found += _found(page, "dark", COLORS)
    page.emulate_media(color_scheme="light")
    return found


def _found(page: Page, scheme: str, options: dict[str, Any]) -> list[str]:
    violations = page.evaluate(RUN, options)
    return [
        f"{violation['id']} ({scheme}): {node['html'][:200]}"
        for violation in violations
        for node in violation["nodes"]
    ]
