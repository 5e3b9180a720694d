"""Certifications, trainings and licences as a page lists them: by whom they are about."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse

from rems.models import (
    Credential,
    Pharmacist,
    PharmacistTraining,
    Pharmacy,
    PharmacyCertification,
    Prescriber,
    PrescriberCertification,
    StateLicence,
)
from rems.selectors import current


@dataclass(frozen=True, slots=True)
class Line:
    """One credential that stands. `state` is in force, ended or not begun."""

    credential: Credential
    state: str
    revoke_url: str


@dataclass(slots=True)
class Holder:
    """Somebody, or some place, with the credentials of one kind."""

    title: str
    add_url: str
    lines: list[Line] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Group:
    """All holders of one kind of credential."""

    title: str
    holders: list[Holder]


def credential_groups(at: datetime) -> list[Group]:
    """Every credential that stands, by kind and holder. Seven queries."""
    return [
        _group("Pharmacy certification", Pharmacy, PharmacyCertification, "pharmacy", at),
        _group("State licenses", Pharmacy, StateLicence, "licence", at),
        _group("Pharmacists' training", Pharmacist, PharmacistTraining, "pharmacist", at),
        _group("Prescribers' certification", Prescriber, PrescriberCertification, "prescriber", at),
    ]


_ADD = {
    "pharmacy": "rems:certify-pharmacy",
    "licence": "rems:licence",
    "pharmacist": "rems:train-pharmacist",
    "prescriber": "rems:certify-prescriber",
}


def _group(title: str, holder: Any, model: type[Credential], kind: str, at: datetime) -> Group:
    holders: dict[UUID, Holder] = {
        row.pk: Holder(str(row), reverse(_ADD[kind], args=[row.pk]))
        for row in holder.objects.order_by("name", "pk")
    }
    rows: Iterable[Credential] = current(model).order_by("-valid_from", "-id")
    for row in rows:
        holders[row.subject_id].lines.append(_line(row, kind, at))
    return Group(title, list(holders.values()))


def _line(row: Credential, kind: str, at: datetime) -> Line:
    state = "in force"
    if row.valid_from > at:
        state = "not begun"
    elif row.valid_until is not None and row.valid_until <= at:
        state = "ended"
    return Line(row, state, reverse("rems:revoke", args=[kind, row.pk]) if state != "ended" else "")
