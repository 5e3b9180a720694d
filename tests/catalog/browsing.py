"""A page of the admin site as a browser sends it back."""

from html.parser import HTMLParser

from django.test import Client


class _Fields(HTMLParser):
    """Boxes that are ticked, options that are chosen, and what stands in the other fields."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: dict[str, str] = {}
        self._select = ""
        self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take what a browser would send of this field."""
        told = {name: value or "" for name, value in attrs}
        is_box = told.get("type") == "checkbox"
        if tag == "select":
            self._select = told["name"]
        elif tag == "textarea":
            self._area = told["name"]
            self.sent[self._area] = ""
        elif tag == "option" and "selected" in told:
            self.sent[self._select] = told["value"]
        elif tag == "input" and "name" in told and (not is_box or "checked" in told):
            self.sent[told["name"]] = told.get("value", "on" if is_box else "")

    def handle_data(self, data: str) -> None:
        """Take what stands in an area."""
        if self._area:
            self.sent[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        """The area ends; the line break after its tag is the page's own."""
        if tag == "textarea":
            self.sent[self._area] = self.sent[self._area].removeprefix("\n")
            self._area = ""


def drawn(browser: Client, address: str) -> dict[str, str]:
    """The fields of the page, nothing typed yet, to be sent by its button "Save"."""
    fields = _Fields()
    fields.feed(browser.get(address).content.decode())
    buttons = {"_save", "_addanother", "_continue", "_saveasnew"}
    kept = {name: value for name, value in fields.sent.items() if name not in buttons}
    return {**kept, "_save": "Save"}
