"""The program's limits: a pharmacist signs them off; a change is a new version that begins later.

Both are signed and sealed, in the chain of the version. The program's lock is taken, which every
decision shares: no decision sees half a change, and none that was made is judged again.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Max

from accounts.clock import read_clock
from accounts.models import User
from accounts.roles import Role
from rems import core
from rems.canonical import row_content
from rems.errors import DomainError, EntryRefused, NotAllowed, StaleForm
from rems.loaders import program_version
from rems.locks import take
from rems.models import Attestation, LimitSignOff, ProgramVersion
from rems.seals import seal
from rems.services.authority import require_pharmacist, require_signature
from rems.signatures import Signature, attest
from rems.transactions import mutation

# Guards of an order and of its package: no refills, no more capsules than days, four weeks.
MOST_OF_AN_ORDER = {"max_refills": 0, "capsules_per_day": 1, "max_days_supply": 28}
UNSIGNED_COLUMNS = frozenset({"recorded_at", "transaction_id", "attestation_id"})


@dataclass(frozen=True, slots=True)
class LimitEntry:
    """What a new version says of one limit. `value` is a whole number in the limit's own unit."""

    value: int
    source: str
    confidence: str


def sign_off_limits(
    *, version_id: UUID, keys: Collection[str], seen_in: str, actor: User, signature: Signature
) -> list[LimitSignOff]:
    """A pharmacist compared these limits with the document `seen_in` and signs each of them.

    Whoever set a figure does not sign it off: a second pharmacist does. Raises EntryRefused,
    NotAllowed, SignatureRefused, GuardRefused; then none is signed.
    """
    if not seen_in.strip():
        raise EntryRefused("seen_in", "Name the document that you compared them with.")
    with mutation():
        row = ProgramVersion.objects.select_related("attestation").get(pk=version_id)
        _lock(row.program_id)
        at = read_clock()
        _require(actor, signature)
        if row.attestation is not None and row.attestation.signer_id == actor.pk:
            raise NotAllowed("You set the figures of this version: another pharmacist signs them.")
        waiting = {limit.key: limit for limit in verified(row.pk).unverified}
        if not keys or not set(keys) <= set(waiting):
            raise EntryRefused("keys", "Choose limits that nobody has signed off yet.")
        written: list[Any] = []
        for key in sorted(set(keys)):
            one = LimitSignOff(
                program_version=row,
                limit_key=key,
                limit=waiting[key].content,
                seen_in=seen_in.strip(),
            )
            one.attestation = _attest(signature, one, at)
            one.save(force_insert=True)
            written += [one.attestation, one]
        seal(row.pk, written)
        return written[1::2]


def begin_version(
    *,
    program_code: str,
    base_id: UUID,
    in_force_from: datetime,
    limits: Mapping[str, LimitEntry],
    decisions: Mapping[str, str],
    reason: str,
    actor: User,
    signature: Signature,
) -> ProgramVersion:
    """Change limits or the owner's decisions from `in_force_from` on (an instant in the future).

    `base_id` is the version that the change was made from, which has to be the newest, even if it
    only waits to come into force: else its changes would be undone. What is not named stays as it
    is there. Raises EntryRefused, NotAllowed, SignatureRefused,
    StaleForm, GuardRefused, core.UnknownProgram.
    """
    if not reason.strip():
        raise EntryRefused("reason", "Say why the program changes.")
    with mutation():
        _lock(program_code)
        at = read_clock()
        _require(actor, signature)
        if newest_version(program_code) != base_id:
            raise StaleForm("Another version was signed meanwhile. Begin with that one.")
        row = _next(program_code, in_force_from, at)
        base = program_version(base_id)
        row.data = _changed(base, row, limits, decisions)
        row.change_reason = reason.strip()
        row.attestation = _attest(signature, row, at)
        row.save(force_insert=True)
        seal(row.pk, [row.attestation, row])
        return row


def version_in_force(program_code: str, at: datetime) -> UUID:
    """The key of the version in force at that instant. Raises core.UnknownProgram."""
    begun = ProgramVersion.objects.filter(program_id=program_code, in_force_from__lte=at)
    row = begun.order_by("-in_force_from").first()
    if row is None:
        raise core.UnknownProgram(program_code)
    return row.pk


def newest_version(program_code: str) -> UUID:
    """The key of the version that begins last, be it in the future. Raises DoesNotExist."""
    return ProgramVersion.objects.filter(program_id=program_code).latest("in_force_from").pk


def sign_offs_of(version: core.ProgramVersion) -> dict[str, LimitSignOff]:
    """By limit, who signed it off as it stands in this version; one query.

    A sign-off is of a figure and its source: it also holds in a later version that has the same.
    """
    content = {limit.key: limit.content for limit in version.limits}
    rows = LimitSignOff.objects.filter(program_version__program_id=version.program_code)
    return {
        row.limit_key: row
        for row in rows.select_related("attestation").order_by("-recorded_at", "-pk")
        if row.limit == content.get(row.limit_key)
    }


def verified(version_id: UUID) -> core.ProgramVersion:
    """The version with the name of who signed off each limit; one query."""
    version = program_version(version_id)
    for key, sign_off in sign_offs_of(version).items():
        version = version.verify(key, sign_off.attestation.printed_name)
    return version


def _lock(program_code: str) -> None:
    take([("rems_program", "code", program_code, "UPDATE")])


def _require(actor: User, signature: Signature) -> None:
    require_pharmacist(actor)
    require_signature(signature, actor, Role.PHARMACIST)


def _attest(signature: Signature, row: ProgramVersion | LimitSignOff, at: datetime) -> Attestation:
    content = row_content(row)
    return attest(
        signature,
        subject_id=row.subject_id,
        table=row._meta.db_table,
        row_id=row.pk,
        content={name: content[name] for name in content if name not in UNSIGNED_COLUMNS},
        at=at,
    )


def _next(program_code: str, in_force_from: datetime, at: datetime) -> ProgramVersion:
    if in_force_from.utcoffset() is None:
        raise EntryRefused("in_force_from", "State the time with its time zone.")
    if in_force_from <= at:
        raise EntryRefused("in_force_from", "A version begins in the future.")
    others = ProgramVersion.objects.filter(program_id=program_code)
    if others.filter(in_force_from__gte=in_force_from).exists():
        raise EntryRefused("in_force_from", "Another version begins then or later. Begin after it.")
    last = others.aggregate(last=Max("number"))["last"] or 0
    return ProgramVersion(program_id=program_code, number=last + 1, in_force_from=in_force_from)


def _changed(
    base: core.ProgramVersion,
    row: ProgramVersion,
    limits: Mapping[str, LimitEntry],
    decisions: Mapping[str, str],
) -> dict[str, Any]:
    data = base.to_data()
    known = {limit["key"] for limit in data["limits"]}
    if set(limits) - known:
        raise EntryRefused("limits", "The program has no such limit.")
    for limit in data["limits"]:
        entry = limits.get(limit["key"])
        if entry is not None:
            if not entry.source.strip():
                raise EntryRefused(f"{limit['key']}_source", "Name the document it was read in.")
            limit |= {
                "value": entry.value,
                "source": entry.source.strip(),
                "confidence": entry.confidence,
            }
    data |= {
        "version": str(row.number),
        "in_force_from": row.in_force_from.isoformat(),
        "decisions": {**data["decisions"], **decisions},
    }
    _refuse_looser_than_the_orders(data)
    return _readable(data, base)


def _refuse_looser_than_the_orders(data: dict[str, Any]) -> None:
    """What no order's row can hold (invariant 7) is not to be permitted by the rules either: such an
    order would be refused without a cure."""
    values = {limit["key"]: limit["value"] for limit in data["limits"]}
    for key, most in MOST_OF_AN_ORDER.items():
        if values[key] > most:
            raise EntryRefused(key, f"An order of this store holds no more than {most}.")


def _readable(data: dict[str, Any], base: core.ProgramVersion) -> dict[str, Any]:
    """The data as the core reads it back: what it cannot judge by never comes into force."""
    try:
        version = core.ProgramVersion.from_data(data)
    except core.InvalidProgram as error:
        raise DomainError(f"The rules cannot follow this version: {error}") from error
    if (version.limits, version.decisions) == (base.limits, base.decisions):
        raise DomainError("Nothing differs from the version in force.")
    return version.to_data()
