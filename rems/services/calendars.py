"""A patient's calendar feed: made, revoked and read by its secret address."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from accounts.clock import PharmacyClock, read_clock
from accounts.models import AccessLog, User
from accounts.services import log_read
from rems.errors import DomainError
from rems.locks import lock_subject
from rems.models import CalendarFeed
from rems.obligations import Obligation, load_obligations
from rems.selectors import access_of
from rems.services.authority import require_access
from rems.transactions import mutation

PURPOSE = "calendar feed"
# Calendar apps ask every quarter of an hour at most; several apps may share one address.
READS_AN_HOUR = 60
HOUR = timedelta(hours=1)


class TooManyReads(DomainError):
    """The feed was read more often than any calendar app does."""


@dataclass(frozen=True, slots=True)
class Feed:
    """What a calendar app gets: what falls due, and the database's clock when it was asked."""

    feed: CalendarFeed
    obligations: Sequence[Obligation]
    at: datetime


def open_feed(*, patient_id: UUID, actor: User) -> str:
    """Make a new address, and revoke the actor's earlier one; the token, which is kept nowhere.

    Raises NotAllowed when the actor may not act for the patient.
    """
    token = secrets.token_urlsafe(32)
    with mutation():
        lock_subject("patient", patient_id)
        require_access(actor, patient_id, read_clock())
        _revoke(patient_id, actor)
        CalendarFeed.objects.create(patient_id=patient_id, user=actor, digest=digest_of(token))
    return token


def close_feed(*, patient_id: UUID, actor: User) -> None:
    """Revoke the actor's address, if there is one.

    Raises NotAllowed when the actor may not act for the patient.
    """
    with mutation():
        lock_subject("patient", patient_id)
        require_access(actor, patient_id, read_clock())
        _revoke(patient_id, actor)


def read_feed(token: str) -> Feed | None:
    """What the address shows; None for one that is unknown or revoked, or whose maker lost access.

    The read is logged as one of the patient's record. Raises TooManyReads.
    """
    feed = CalendarFeed.objects.filter(digest=digest_of(token), revoked_at=None).first()
    if feed is None:
        return None
    user = User.objects.get(pk=feed.user_id)
    at = read_clock()
    if not user.is_active or access_of(user, feed.patient_id, at) is None:
        return None
    reads = AccessLog.objects.filter(subject_id=feed.patient_id, user=user, purpose=PURPOSE)
    if reads.filter(at__gt=at - HOUR).count() >= READS_AN_HOUR:
        raise TooManyReads("This calendar was asked for too often. Try again in an hour.")
    log_read(user, feed.patient_id, PURPOSE)
    found = load_obligations([feed.patient_id], at).get(feed.patient_id)
    return Feed(feed, found.obligations if found else (), at)


def digest_of(token: str) -> str:
    """What is kept of a token: it is random and long, so a plain hash does."""
    return hashlib.sha256(token.encode()).hexdigest()


def _revoke(patient_id: UUID, user: User) -> None:
    CalendarFeed.objects.filter(patient_id=patient_id, user=user, revoked_at=None).update(
        revoked_at=PharmacyClock()
    )
