"""A signature as an entrance hands it over, and the attestation that a service makes of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings

from accounts.models import User
from rems.canonical import digest_of
from rems.errors import SignatureRefused
from rems.models import Attestation


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signs, under which printed name, what it means, and how long ago they proved it.

    `presence_age` is the time since the signer's last re-authentication. An age, not an instant:
    entrances pass no time (design, invariant 4).
    """

    signer: User
    printed_name: str
    meaning: str
    role: str
    presence_age: timedelta


def attest(
    signature: Signature,
    *,
    subject_id: UUID,
    table: str,
    row_id: UUID,
    content: dict[str, Any],
    at: datetime,
) -> Attestation:
    """Bind the signature to the content of a row and write it; the caller seals it.

    Raises SignatureRefused, as `attestation_of` does.
    """
    row = attestation_of(
        signature, subject_id=subject_id, table=table, row_id=row_id, content=content, at=at
    )
    row.save(force_insert=True)
    return row


def attestation_of(
    signature: Signature,
    *,
    subject_id: UUID,
    table: str,
    row_id: UUID,
    content: dict[str, Any],
    at: datetime,
) -> Attestation:
    """The signature bound to the content of a row; the caller writes and seals it.

    Raises SignatureRefused when the printed name is not the signer's, or when the signer last
    re-authenticated longer ago than SIGNATURE_WINDOW_SECONDS (21 CFR 11.200, rule sheet 11.15).
    """
    _refuse_doubtful(signature)
    return Attestation(
        subject_id=subject_id,
        signer=signature.signer,
        printed_name=signature.printed_name.strip(),
        role=signature.role,
        meaning=signature.meaning,
        reauthenticated_at=at - signature.presence_age,
        signed_table=table,
        signed_row=row_id,
        digest=digest_of(content),
    )


def _refuse_doubtful(signature: Signature) -> None:
    window = timedelta(seconds=settings.SIGNATURE_WINDOW_SECONDS)
    if not timedelta(0) <= signature.presence_age <= window:
        raise SignatureRefused("Please enter your password again, then sign.")
    if _plain(signature.printed_name) != _plain(signature.signer.name) or not signature.signer.name:
        raise SignatureRefused("Type your name just as it is printed on your account.")


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()
