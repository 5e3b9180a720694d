"""Content files: a product, its packages and its label as reviewed text (TOML), read strictly."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from catalog.errors import MalformedContent
from catalog.models import Confidence, SectionKind


@dataclass(frozen=True)
class StatementText:
    """One statement with where it comes from."""

    lead: str
    text: str
    source: str
    confidence: Confidence


@dataclass(frozen=True)
class SectionText:
    """One section of a label, in reading order."""

    kind: SectionKind
    heading: str
    statements: tuple[StatementText, ...]


@dataclass(frozen=True)
class ProductContent:
    """Everything that one content file says."""

    product: Mapping[str, Any]
    program: Mapping[str, Any]
    packages: tuple[Mapping[str, Any], ...]
    lots: tuple[Mapping[str, Any], ...]
    guide: Mapping[str, Any]
    sources: tuple[Mapping[str, Any], ...]
    change_note: str
    sections: tuple[SectionText, ...]


def read_content(path: Path) -> ProductContent:
    """Read one content file. Raises MalformedContent, which names the place."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        return _content(data)
    except tomllib.TOMLDecodeError as error:
        raise MalformedContent(f"{path.name}: {error}") from error
    except (KeyError, ValueError) as error:
        raise MalformedContent(f"{path.name}: missing or unknown: {error}") from error


def _content(data: Mapping[str, Any]) -> ProductContent:
    return ProductContent(
        product=data["product"],
        program=data["program"],
        packages=tuple(data["package"]),
        lots=tuple(_lot(lot) for lot in data["lot"]),
        guide=data["medication_guide"],
        sources=tuple(data["source"]),
        change_note=data["label"]["change_note"],
        sections=tuple(_section(section) for section in data["label"]["section"]),
    )


def _lot(lot: Mapping[str, Any]) -> Mapping[str, Any]:
    if not isinstance(lot["expires_on"], date):
        raise ValueError(f"lot {lot['number']}: expires_on is no date")
    return lot


def _section(section: Mapping[str, Any]) -> SectionText:
    return SectionText(
        kind=SectionKind(section["kind"]),
        heading=section["heading"],
        statements=tuple(_statement(statement) for statement in section["statement"]),
    )


def _statement(statement: Mapping[str, Any]) -> StatementText:
    return StatementText(
        lead=statement.get("lead", ""),
        text=" ".join(statement["text"].split()),
        source=statement["source"],
        confidence=Confidence(statement["confidence"]),
    )
