"""Reading pages in tests."""

import re
from html import unescape
from typing import Any

from accounts.models import AccessLog


def words(response: Any) -> str:
    """The page's text as a reader sees it: without markup, blanks folded."""
    text = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", response.content.decode(), flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


def reads(purpose: str) -> int:
    """How often a read (or a refused attempt) of this purpose is on record."""
    return AccessLog.objects.filter(purpose=purpose).count()
