"""The shape of what is said for one reason code."""

from __future__ import annotations

from dataclasses import dataclass

from rems.core.vocabulary import Owner, Place


@dataclass(frozen=True, slots=True)
class Wording:
    """One reason in words. `title` and `cure` are for staff, `patient` for the patient."""

    title: str
    cure: str
    owner: Owner
    where: Place
    patient: str
