"""Half-open spans of Unicode code points, and nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """``text[start:end]``, in code points of the text as given.

    >>> Span(2, 5).of("in Doha")
    ' Do'
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"span {self.start}:{self.end}: start must be at least 0 and at most end")

    def __len__(self) -> int:
        return self.end - self.start

    def of(self, text: str) -> str:
        """Return the spanned part of ``text``."""
        return text[self.start : self.end]

    def shift(self, by: int) -> "Span":
        """Return the span moved ``by`` code points."""
        return Span(self.start + by, self.end + by)

    def overlaps(self, other: "Span") -> bool:
        """Say whether the spans share a code point."""
        return self.start < other.end and other.start < self.end

    def contains(self, other: "Span") -> bool:
        """Say whether ``other`` lies inside this span."""
        return self.start <= other.start and other.end <= self.end


def trimmed(text: str, span: Span, outer: str | None = None) -> Span:
    """Return ``span`` without edge characters in ``outer`` (white space when None)."""
    inside = span.of(text)
    left = len(inside) - len(inside.lstrip(outer))
    kept = len(inside.strip(outer))
    return Span(span.start + left, span.start + left + kept)


def lines(text: str) -> Iterator[Span]:
    """Yield the span of each line without its line break; breaks as ``str.splitlines`` knows them."""
    start = 0
    for line in text.splitlines(keepends=True):
        bare = line.splitlines()[0] if line.splitlines() else line
        yield Span(start, start + len(bare))
        start += len(line)
