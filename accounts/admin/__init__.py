"""The room's pages in the admin site: people, their rights, and who read what."""

from .looking import ShownOnly
from .typed import SavesWhatWasTyped
from .users import AccessLogAdmin, UserAdmin

__all__ = ["AccessLogAdmin", "SavesWhatWasTyped", "ShownOnly", "UserAdmin"]
