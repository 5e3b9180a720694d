"""The program's tables in the admin site: to look at, never to change."""

from rems.admin import decisions, evidence, participants, versions

__all__ = ["decisions", "evidence", "participants", "versions"]
