"""One document while it is read: its text, the shadow of it, the layout, and what was found so far."""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Literal

from colophon import records
from colophon.attributing.dates import DateReader
from colophon.attributing.layout import Layout, Line
from colophon.attributing.naming import NameReader
from colophon.attributing.shadow import Shadow
from colophon.spans import Span


class PublisherRank(IntEnum):
    """By what a publisher is known, the best evidence first."""

    LABEL = 0  # "Published by: The Ledger"
    BYLINE = 1  # an outlet stands where the author would
    COPYRIGHT = 2  # the holder after a copyright sign
    NAMED = 3  # a notice, a line of names or running words name it
    SOURCE = 4  # "Source: The Ledger" at the head


@dataclass(slots=True)
class Reading:
    """What the readers of one document share; ``publishers`` holds rank, span, rule and basis of each one named."""

    text: str
    shadow: Shadow
    layout: Layout
    names: NameReader
    dates: DateReader
    publishers: list[tuple[int, Span, str, str]] = field(default_factory=list)
    people: set[str] = field(default_factory=set)
    credits: list[Span] = field(default_factory=list)
    _lines: dict[int, Span] = field(default_factory=dict)

    def span(self, start: int, end: int) -> Span:
        """Return the original span of a shadow span."""
        first = self.shadow.original(start)
        return Span(first, max(first, self.shadow.original_end(end)))

    def line_span(self, line: Line) -> Span:
        """Return the original span of a whole line."""
        if line.index not in self._lines:
            self._lines[line.index] = self.span(line.start, line.end)
        return self._lines[line.index]

    def zone(self, line: Line) -> Literal["head", "tail", "line"]:
        """Return where a line stands: ``head``, ``tail`` or ``line``."""
        return "head" if line.head and not line.tail else "tail" if line.tail else "line"

    def infer_publisher(self, rank: PublisherRank, span: Span, rule: str) -> None:
        """Note an outlet that is named as the publisher, though no label says so."""
        self.publishers.append((rank, span, rule, "inferred"))

    def inferred(
        self, kind: records.StatementKind, span: Span, *, rule: str, line: Line, **more: object
    ) -> records.Statement:
        """Return a statement that a place on ``line`` shows and no label; ``more`` are further fields, as ``value``."""
        words = span.of(self.text)
        values: dict[str, object] = {
            "kind": kind,
            "value": words,
            "start": span.start,
            "end": span.end,
            "text": words,
            "origin": "text",
            "rule": rule,
            "basis": "inferred",
            "zone": self.zone(line),
            **more,
        }
        return records.Statement.model_validate(values)
