"""A row as text that is the same whenever and wherever it is read: what digests are made of."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.files import File
from django.db import models
from django.db.models.fields.files import FieldFile


def row_content(row: models.Model) -> dict[str, Any]:
    """Every column of the row, by name. Times are in UTC to the microsecond."""
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def canonical_text(content: Mapping[str, Any]) -> str:
    """JSON with sorted keys, no spaces, and one spelling for each value.

    Raises TypeError for a value that has none.
    """
    return json.dumps(
        content, sort_keys=True, separators=(",", ":"), default=_plain, ensure_ascii=False
    )


def digest_of(content: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical text, in hex."""
    return hashlib.sha256(canonical_text(content).encode()).hexdigest()


def digest_of_file(file: "File[bytes]") -> str:
    """SHA-256 of what is in the file, in hex: the name that it is kept under, so that the seal of its
    row, which holds the name, vouches for the file too."""
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    return digest.hexdigest()


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, FieldFile):
        return value.name or ""
    raise TypeError(f"no canonical text for {type(value).__name__}")
