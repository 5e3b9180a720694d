"""Users and the log of reads."""

from .access_log import AccessLog
from .user import User

__all__ = ["AccessLog", "User"]
