"""Log lines without the driver's DETAIL, which prints whole rows: patients' names and numbers.

PostgreSQL's own log is kept quiet by the roles' settings (design, invariant 9); this is for what
Django and Celery write when a database error ends up in a log. What a line is about it says in
fields of its own (`extra=`): only those named here are written, and they hold ids.
"""

import json
import logging
import re
from datetime import UTC, datetime

# Whatever else a library hangs on a record may be a row, a task's arguments or a request.
FIELDS = ("reminder_id", "document_id", "task", "attempt", "count", "reason")

# From DETAIL up to what the driver or the traceback says next. A row's text may hold line breaks.
_DETAIL = re.compile(
    r"DETAIL:.*?(?=(?:\n|\\n)(?:HINT|CONTEXT|QUERY):|\n\n(?:The above|During handling)|\Z)",
    re.DOTALL,
)
_QUERY = re.compile(
    r"QUERY:.*?(?=(?:\n|\\n)(?:HINT|CONTEXT):|\n\n(?:The above|During)|\Z)", re.DOTALL
)


def fields_of(record: logging.LogRecord) -> dict[str, int | str | None]:
    """What the line is about, in the order of FIELDS: numbers, and words as quiet as the message."""
    found = {name: record.__dict__[name] for name in FIELDS if name in record.__dict__}
    return {
        name: value if value is None or isinstance(value, int) else quiet(str(value))
        for name, value in found.items()
    }


def quiet(text: str) -> str:
    """The text without what the driver quotes in it."""
    if "DETAIL:" in text or "QUERY:" in text:
        text = _QUERY.sub("QUERY left out", _DETAIL.sub("DETAIL left out", text))
    return text


class QuietFormatter(logging.Formatter):
    """The usual formatter, the fields after the message; message and traceback alike lose what the
    driver quotes."""

    def format(self, record: logging.LogRecord) -> str:
        """The whole line, traceback included, without rows and without their values."""
        return quiet(super().format(record))

    def formatMessage(self, record: logging.LogRecord) -> str:
        """The first line: the message, and what it is about."""
        named = [f"{name}={value}" for name, value in fields_of(record).items()]
        return " ".join([super().formatMessage(record), *named])


class JsonFormatter(QuietFormatter):
    """One JSON object a line: `time` (UTC), `level`, `logger`, `message`, the fields, and as
    `details` what a message has after its first line, such as a traceback; all of it as quiet."""

    def format(self, record: logging.LogRecord) -> str:
        """The object."""
        message, _, details = super().format(record).partition("\n")
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": message,
            **fields_of(record),
            **({"details": details} if details else {}),
        }
        return json.dumps(line, ensure_ascii=False)

    def formatMessage(self, record: logging.LogRecord) -> str:
        """The message alone: what it is about stands beside it."""
        return record.message
