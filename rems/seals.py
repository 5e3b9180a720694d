"""The chain of seals (invariant 11): each row's digest takes in the one before, under a secret key.

Written under the subject's lock. The key lives in SEAL_KEY, outside the database: whoever can
change rows still cannot make seals for them.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import models

from rems.canonical import canonical_text, row_content
from rems.models import Seal

BEGINNING = "0" * 64


def link_digest(previous: str, seq: int, row: models.Model) -> str:
    """The keyed digest of a row at its place in a chain, in hex."""
    place = {"previous": previous, "seq": seq, "table": row._meta.db_table, "row": row_content(row)}
    text = canonical_text(place).encode()
    return hmac.new(settings.SEAL_KEY.encode(), text, hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class ChainEnd:
    """The last link of a chain: its place and its digest."""

    seq: int = 0
    digest: str = BEGINNING


def chain_end(subject_id: UUID) -> ChainEnd:
    """Where the subject's chain ends now. The caller holds the subject's lock."""
    last = Seal.objects.filter(subject_id=subject_id).order_by("-seq").first()
    return ChainEnd(last.seq, last.digest) if last else ChainEnd()


def seal(
    subject_id: UUID,
    rows: Sequence[models.Model],
    end: ChainEnd | None = None,
    using: str = "default",
) -> None:
    """Add the rows to the subject's chain, in order. The caller holds the subject's lock.

    `end` spares the question where the chain ends, to who read it under that lock already.
    """
    end = end or chain_end(subject_id)
    seq, digest = end.seq, end.digest
    links = []
    for row in rows:
        seq += 1
        digest = link_digest(digest, seq, row)
        links.append(
            Seal(
                subject_id=subject_id,
                seq=seq,
                table=row._meta.db_table,
                row_id=row.pk,
                digest=digest,
            )
        )
    Seal.objects.using(using).bulk_create(links)
