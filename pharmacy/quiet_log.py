"""Log lines without the driver's DETAIL, which prints whole rows: patients' names and numbers.

PostgreSQL's own log is kept quiet by the roles' settings (design, invariant 9); this is for what
Django and Celery write when a database error ends up in a log.
"""

import logging
import re

# From DETAIL up to what the driver or the traceback says next. A row's text may hold line breaks.
_DETAIL = re.compile(
    r"DETAIL:.*?(?=(?:\n|\\n)(?:HINT|CONTEXT|QUERY):|\n\n(?:The above|During handling)|\Z)",
    re.DOTALL,
)
_QUERY = re.compile(
    r"QUERY:.*?(?=(?:\n|\\n)(?:HINT|CONTEXT):|\n\n(?:The above|During)|\Z)", re.DOTALL
)


class QuietFormatter(logging.Formatter):
    """The usual formatter; message and traceback alike lose what the driver quotes."""

    def format(self, record: logging.LogRecord) -> str:
        """The whole line, traceback included, without rows and without their values."""
        text = super().format(record)
        if "DETAIL:" in text or "QUERY:" in text:
            text = _QUERY.sub("QUERY left out", _DETAIL.sub("DETAIL left out", text))
        return text
