"""Is every chain of seals whole? Finds what a superuser with the triggers off did (invariant 11).

Changed, inserted and removed rows are found from the database alone, since nobody without the
key can make a seal. A tail that was cut off, rows and links together, is found against the heads
that were exported to a file kept elsewhere.
"""

import hmac
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC
from itertools import groupby
from pathlib import Path, PurePath
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.models.fields.files import FieldFile

from accounts.clock import read_clock
from rems.canonical import digest_of_file
from rems.models import Seal, Stamped
from rems.seals import BEGINNING, link_digest

# How many rows are held in memory at once.
BATCH = 500


@dataclass(frozen=True, slots=True)
class Fault:
    """One place where a chain does not hold. Ids only: no patient's data."""

    subject_id: str
    seq: int | None
    table: str
    row_id: str
    what: str

    def __str__(self) -> str:
        place = f"chain {self.subject_id}" + ("" if self.seq is None else f", link {self.seq}")
        return f"{place} ({self.table} {self.row_id}): {self.what}"


@dataclass(frozen=True, slots=True)
class Head:
    """The last link of a chain when it was exported."""

    seq: int
    digest: str


class UnreadableHeads(Exception):
    """The file of heads is not one that was exported here. The message says why."""


class BrokenRecords(Exception):
    """Somebody changed the records. The message names no patient."""


def faults(against: Mapping[str, Head] | None = None) -> Iterator[Fault]:
    """The first fault of each chain, then each row that has no link, and each file that is not what
    its row was sealed with. Nothing when all is whole.

    `against` are exported heads: a chain that has lost one of them was cut. Read in one snapshot,
    so that what is written meanwhile is no fault.
    """
    with transaction.atomic():
        _read_one_snapshot()
        for subject_id, links in _chains():
            fault = _first_fault(subject_id, links)
            if fault is not None:
                yield fault
        yield from _unsealed_rows()
        yield from _changed_files()
        yield from _cut_chains(against or {})


def export_heads(path: Path) -> int:
    """Write the head of every chain to a file, as JSON; returns how many. Keep it elsewhere.

    Raises OSError when the file cannot be written; an older file is then left as it was.
    """
    last = Seal.objects.order_by("subject_id", "-seq").distinct("subject_id")
    heads = {
        str(subject_id): [seq, digest]
        for subject_id, seq, digest in last.values_list("subject_id", "seq", "digest")
    }
    unfinished = path.with_name(f"{path.name}.part")
    unfinished.write_text(json.dumps({"heads": heads}, indent=1), encoding="ascii")
    unfinished.replace(path)
    return len(heads)


def export_todays_heads(folder: Path) -> Path:
    """Write the heads to the day's own file (UTC) in a folder that is kept elsewhere; its path.

    Raises BrokenRecords when a chain does not hold, or was cut since the newest file there: it is
    not vouched for. UnreadableHeads, OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    kept = newest_heads(folder)
    if next(faults(read_heads(kept) if kept else None), None) is not None:
        raise BrokenRecords("A chain of seals is broken. Run manage.py verify_records.")
    path = folder / f"heads-{read_clock().astimezone(UTC):%Y-%m-%d}.json"
    export_heads(path)
    return path


def newest_heads(folder: Path) -> Path | None:
    """The newest day's file in that folder; None where there is none."""
    return max(folder.glob("heads-*.json"), default=None)


def read_heads(path: Path) -> dict[str, Head]:
    """The heads of an exported file. Raises UnreadableHeads."""
    try:
        heads = json.loads(path.read_text(encoding="ascii"))["heads"]
        return {subject: Head(int(seq), str(digest)) for subject, (seq, digest) in heads.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnreadableHeads(f"{path} is not a file of exported heads.") from error


def _read_one_snapshot() -> None:
    connection = transaction.get_connection()
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


def _chains() -> Iterator[tuple[str, Iterator[Seal]]]:
    links = Seal.objects.order_by("subject_id", "seq").iterator(chunk_size=BATCH)
    for subject_id, chain in groupby(links, key=lambda link: link.subject_id):
        yield str(subject_id), chain


def _first_fault(subject_id: str, links: Iterable[Seal]) -> Fault | None:
    """The chain's first fault. All links are read, so that the next chain begins in its place."""
    previous, wanted = BEGINNING, 1
    fault = None
    for batch in _batches(links):
        rows = _rows_of(batch)
        for link in batch:
            row = rows.get((link.table, link.row_id))
            what = _wrong_with(link, row, previous, wanted) if fault is None else ""
            if what:
                fault = Fault(subject_id, link.seq, link.table, str(link.row_id), what)
            previous, wanted = link.digest, link.seq + 1
    return fault


def _wrong_with(link: Seal, row: models.Model | None, previous: str, wanted: int) -> str:
    if link.seq != wanted:
        return f"link {wanted} is missing"
    if row is None:
        return "the row is missing"
    if _subject_of(row) != str(link.subject_id):
        return "the row is about another subject"
    if not hmac.compare_digest(link.digest, link_digest(previous, link.seq, row)):
        return "the row or its seal was changed"
    return ""


def _batches(links: Iterable[Seal]) -> Iterator[list[Seal]]:
    batch: list[Seal] = []
    for link in links:
        batch.append(link)
        if len(batch) == BATCH:
            yield batch
            batch = []
    yield batch


def _rows_of(links: list[Seal]) -> dict[tuple[str, Any], models.Model]:
    wanted: dict[str, list[Any]] = {}
    for link in links:
        wanted.setdefault(link.table, []).append(link.row_id)
    sealed = _sealed_models()
    return {
        (table, row.pk): row
        for table, keys in wanted.items()
        if table in sealed
        for row in _with_order(sealed[table]).filter(pk__in=keys)
    }


def _with_order(model: type[Stamped]) -> models.QuerySet[Stamped]:
    """All rows; those of an order come with it, since it says whose chain they are in."""
    rows: models.QuerySet[Any] = model._default_manager.all()
    has_order = any(field.name == "order" for field in model._meta.concrete_fields)
    return rows.select_related("order") if has_order else rows


def _sealed_models() -> dict[str, type[Stamped]]:
    """By table: everything that the database stamps is sealed, in whichever room it lies."""
    return {m._meta.db_table: m for m in apps.get_models() if issubclass(m, Stamped)}


def _subject_of(row: models.Model) -> str:
    """Whose chain a row belongs to; a row of an order belongs to the order's patient's."""
    order = getattr(row, "order", None)
    about = row if order is None else order
    for name in ("patient_id", "prescriber_id", "pharmacist_id", "pharmacy_id"):
        if hasattr(about, name):
            return str(getattr(about, name))
    return str(row.subject_id)  # type: ignore[attr-defined]


def _unsealed_rows() -> Iterator[Fault]:
    for table, model in sorted(_sealed_models().items()):
        sealed = Seal.objects.filter(table=table, row_id=models.OuterRef("pk"))
        for row in _with_order(model).filter(~models.Exists(sealed)).order_by("pk"):
            yield Fault(_subject_of(row), None, table, str(row.pk), "the row has no link")


def _changed_files() -> Iterator[Fault]:
    for table, model in sorted(_sealed_models().items()):
        for field in model._meta.concrete_fields:
            if isinstance(field, models.FileField):
                kept = model._default_manager.exclude(**{field.name: ""})
                for row in _with_order(model).filter(pk__in=kept.values("pk")).iterator(BATCH):
                    what = _wrong_with_file(getattr(row, field.name), str(row.pk))
                    if what:
                        yield Fault(_subject_of(row), None, table, str(row.pk), what)


def _wrong_with_file(file: FieldFile, key: str) -> str:
    """Of a file that was kept under its row's key, as at first, only its absence is known."""
    try:
        with file.open("rb"):
            digest = digest_of_file(file)
    except OSError:
        return "the file is missing"
    is_told = PurePath(file.name or "").name.startswith((digest, key))
    return "" if is_told else "the file was changed"


def _cut_chains(against: Mapping[str, Head]) -> Iterator[Fault]:
    for subject_id, head in against.items():
        link = Seal.objects.filter(subject_id=subject_id, seq=head.seq).first()
        if link is None:
            last = Seal.objects.filter(subject_id=subject_id).order_by("-seq").first()
            what = f"cut after link {last.seq if last else 0}: it once reached {head.seq}"
            yield Fault(subject_id, head.seq, "rems_seal", "-", what)
        elif not hmac.compare_digest(link.digest, head.digest):
            what = "not the link that was exported"
            yield Fault(subject_id, head.seq, link.table, str(link.row_id), what)
