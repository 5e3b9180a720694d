"""National Drug Codes: what is printed on the package, and what is stored."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.ndc import MalformedNdc, format_ndc, parse_ndc

DIGITS = "0123456789"
SHAPES = [(4, 4, 2), (5, 3, 2), (5, 4, 1), (5, 4, 2)]


def printed(shape: tuple[int, int, int]) -> st.SearchStrategy[tuple[str, str, str]]:
    """Three groups of digits of these lengths."""
    return st.tuples(*(st.text(DIGITS, min_size=n, max_size=n) for n in shape))


@pytest.mark.parametrize(
    ("as_printed", "stored"),
    [
        ("0480-4022-21", "00480402221"),
        ("31722-770-21", "31722077021"),
        ("60505-4500-2", "60505450002"),
        ("60505-4500-02", "60505450002"),
        ("60505450002", "60505450002"),
        ("  60505\u20114500\u20132 ", "60505450002"),
    ],
)
def test_a_printed_code_is_stored_as_eleven_digits(as_printed: str, stored: str) -> None:
    assert parse_ndc(as_printed) == stored


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "Enter the NDC"),
        ("   ", "Enter the NDC"),
        ("6050545002", "Type the hyphens"),
        ("605054500", "this one has 9"),
        ("605054500022", "this one has 12"),
        ("60505-450-2", "these are 5-3-1 long"),
        ("60505-4500", "these are 5-4 long"),
        ("-60505-4500-2", "these are 0-5-4-1 long"),
        ("6050A-4500-2", "only digits and hyphens"),
        ("\u0661\u0662\u0663\u0664\u0665-4500-2", "only digits and hyphens"),
        ("60505 4500 2", "only digits and hyphens"),
        ("--", "these are 0-0-0 long"),
    ],
)
def test_what_is_no_code_is_refused_in_plain_words(text: str, reason: str) -> None:
    with pytest.raises(MalformedNdc, match=reason):
        parse_ndc(text)


@given(st.sampled_from(SHAPES).flatmap(printed))
def test_every_printed_shape_survives_storing_and_showing(groups: tuple[str, str, str]) -> None:
    stored = parse_ndc("-".join(groups))
    assert len(stored) == 11
    assert parse_ndc(format_ndc(stored)) == stored
    shown = format_ndc(stored).split("-")
    assert [int(group) for group in shown] == [int(group) for group in groups]


@given(st.one_of(st.text(DIGITS + "-", max_size=14), st.text(max_size=20)))
def test_any_text_either_becomes_eleven_digits_or_are_refused(text: str) -> None:
    try:
        stored = parse_ndc(text)
    except MalformedNdc:
        return
    assert len(stored) == 11
    assert stored.isdigit()


@pytest.mark.parametrize("text", ["6050545000", "60505-4500-02", "6050545000x", ""])
def test_only_stored_codes_are_shown(text: str) -> None:
    with pytest.raises(MalformedNdc):
        format_ndc(text)
