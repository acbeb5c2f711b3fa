"""One document while it is read: its text, the shadow of it, the layout, and what was found so far."""

from dataclasses import dataclass, field
from typing import Literal

from colophon.attributing.dates import DateReader
from colophon.attributing.layout import Layout, Line
from colophon.attributing.naming import NameReader
from colophon.attributing.shadow import Shadow
from colophon.spans import Span


@dataclass(slots=True)
class Reading:
    """What the readers of one document share."""

    text: str
    shadow: Shadow
    layout: Layout
    names: NameReader
    dates: DateReader
    publishers: list[tuple[int, Span, str, str]] = field(default_factory=list)
    people: set[str] = field(default_factory=set)
    credits: list[Span] = field(default_factory=list)

    def span(self, start: int, end: int) -> Span:
        """Return the original span of a shadow span."""
        return Span(self.shadow.original(start), max(self.shadow.original(start), self.shadow.original_end(end)))

    def zone(self, line: Line) -> Literal["head", "tail", "line"]:
        """Return where a line stands: ``head``, ``tail`` or ``line``."""
        return "head" if line.head and not line.tail else "tail" if line.tail else "line"
