"""The survivors that docs/mutants.md lists with their reasons, beside those that were met."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from mutants.found import ROOT, Mutant

DOCUMENT = ROOT / "docs" / "mutants.md"
_ROW = re.compile(r"^- (`(\S+)` `\S+`: `.+` → `.*`)$", re.MULTILINE)


@dataclass(frozen=True)
class Difference:
    """What the document and the trials do not agree on; names, as the document writes them."""

    unlisted: tuple[str, ...]
    stale: tuple[str, ...]

    @property
    def is_none(self) -> bool:
        """Whether they agree."""
        return not self.unlisted and not self.stale


def compare(survivors: Iterable[Mutant], tried_files: Iterable[str]) -> Difference:
    """The survivors that are not listed, and what is listed for these files but did not survive."""
    files = set(tried_files)
    rows = _ROW.findall(DOCUMENT.read_text(encoding="utf-8"))
    listed = Counter(name for name, path in rows if path in files)
    met = Counter(mutant.name for mutant in survivors)
    return Difference(tuple((met - listed).elements()), tuple((listed - met).elements()))
