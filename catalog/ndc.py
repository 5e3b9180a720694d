"""National Drug Codes: the 10 digits as printed, in three shapes, and the 11 digits that we store.

Pure: text in, text out. The 11-digit form pads the short segment of the printed form with a
leading zero (5-4-2), so that equal packages have equal codes.
"""

import re
from typing import Final

_SEGMENTS: Final = (5, 4, 2)
_PRINTED_SHAPES: Final = {(4, 4, 2): "4-4-2", (5, 3, 2): "5-3-2", (5, 4, 1): "5-4-1"}
_HYPHENS: Final = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))


class MalformedNdc(ValueError):
    """The text is no National Drug Code; the message says in plain words what is wrong."""


def parse_ndc(text: str) -> str:
    """The 11 digits of an NDC given as 4-4-2, 5-3-2, 5-4-1, 5-4-2 or as 11 bare digits.

    Raises MalformedNdc. Ten bare digits are refused: without hyphens nobody can tell which
    segment is the short one, and a guess could name another company's product.
    """
    cleaned = text.strip().translate(_HYPHENS)
    if not cleaned:
        raise MalformedNdc("Enter the NDC printed on the package.")
    if not re.fullmatch(r"[0-9-]+", cleaned):
        raise MalformedNdc("An NDC has only digits and hyphens, such as 60505-4500-2.")
    return _parse_segments(cleaned) if "-" in cleaned else _parse_digits(cleaned)


def format_ndc(ndc11: str) -> str:
    """The 11 digits with hyphens, 5-4-2. Raises MalformedNdc."""
    labeler, product, package = split_ndc(ndc11)
    return f"{labeler}-{product}-{package}"


def split_ndc(ndc11: str) -> tuple[str, str, str]:
    """Labeler, product and package segment of 11 bare digits. Raises MalformedNdc."""
    if not re.fullmatch(r"[0-9]{11}", ndc11):
        raise MalformedNdc("A stored NDC has exactly 11 digits and no hyphens.")
    return ndc11[:5], ndc11[5:9], ndc11[9:]


def _parse_digits(digits: str) -> str:
    if len(digits) == 10:
        raise MalformedNdc(
            "Type the hyphens as printed: without them a 10-digit NDC can mean different products."
        )
    if len(digits) != 11:
        raise MalformedNdc(f"An NDC has 10 or 11 digits; this one has {len(digits)}.")
    return digits


def _parse_segments(text: str) -> str:
    segments = text.split("-")
    shape = tuple(len(segment) for segment in segments)
    if shape != _SEGMENTS and shape not in _PRINTED_SHAPES:
        known = ", ".join(_PRINTED_SHAPES.values())
        seen = "-".join(str(length) for length in shape)
        raise MalformedNdc(
            f"The groups of digits must be {known} or 5-4-2 long; these are {seen} long."
        )
    return "".join(
        segment.zfill(length) for segment, length in zip(segments, _SEGMENTS, strict=True)
    )
