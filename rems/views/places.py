"""Where a finding is cured, for the pages of this app and of orders."""

from rems.pages.places import url_for

__all__ = ["url_for"]
