"""The room's pages in the admin site: people, their rights, and who read what."""

from .typed import SavesWhatWasTyped
from .users import AccessLogAdmin, UserAdmin

__all__ = ["AccessLogAdmin", "SavesWhatWasTyped", "UserAdmin"]
