"""Half-open spans of code points."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colophon.spans import Span, lines, trimmed


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (3, 2), (-2, -1)])
def test_a_span_runs_forward_from_zero(start: int, end: int) -> None:
    with pytest.raises(ValueError, match=f"span {start}:{end}"):
        Span(start, end)


@pytest.mark.parametrize(
    ("one", "other", "overlap"),
    [
        (Span(0, 3), Span(2, 5), True),
        (Span(0, 3), Span(3, 5), False),
        (Span(0, 9), Span(2, 5), True),
        (Span(2, 2), Span(2, 2), False),
        (Span(1, 3), Span(2, 2), True),
    ],
)
def test_overlap_is_a_shared_code_point(one: Span, other: Span, overlap: bool) -> None:
    assert one.overlaps(other) == other.overlaps(one) == overlap


def test_a_span_counts_code_points() -> None:
    text = "🔥אב"
    assert Span(1, 3).of(text) == "אב"
    assert len(Span(0, 1).of(text)) == len(Span(0, 1)) == 1
    assert Span(0, 1).shift(2) == Span(2, 3)
    assert Span(0, 3).contains(Span(3, 3))
    assert not Span(1, 3).contains(Span(0, 2))


@pytest.mark.parametrize(
    ("text", "outer", "inside"),
    [("  a b ", None, "a b"), ("   ", None, ""), ("", None, ""), ('"a"', '"', "a"), ("\u2009x\x85", None, "x")],
)
def test_trimming(text: str, outer: str | None, inside: str) -> None:
    span = trimmed(text, Span(0, len(text)), outer)
    assert span.of(text) == inside


@given(st.text(st.sampled_from("ab \n\r\u2028\x85\x0b")))
def test_lines_are_those_of_splitlines(text: str) -> None:
    assert [span.of(text) for span in lines(text)] == text.splitlines()
