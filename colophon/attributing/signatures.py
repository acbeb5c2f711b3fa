"""Where a text is signed without a label: in an agency's dateline, in brackets, under the story, after a farewell.

What stands there is found by its place and its marks alone; whether a line is a name is for its reader to say.
"""

import re

from colophon.attributing.context import PublisherRank, Reading
from colophon.attributing.layout import Line
from colophon.attributing.scripts import (
    DATELINED,
    DATELINED_CHINESE,
    DATELINED_KOREAN,
    HANGUL,
    SIGNED_IN_BRACKETS,
    SIGNED_ON_A_LINE,
)
from colophon.spans import Span

_SHORTEST_SENTENCE = 30  # code points of the last sentence of a story, above who signs it
_MOST_FAREWELL_WORDS = 5
_STORY_ENDS = ".!?。」\"'»"
_HANGUL_NAME = re.compile(f"[{HANGUL}]{{2,4}}")


def datelined(reading: Reading, line: Line) -> list[Span]:
    """Return the names in the dateline that begins a story; note the outlet that a Korean one names."""
    whole = reading.line_span(line)
    for pattern in (DATELINED, DATELINED_CHINESE):
        begun = pattern.match(reading.text, whole.start, whole.end)
        if begun is not None:
            return [Span(*begun.span("name"))]
    korean = DATELINED_KOREAN.match(reading.text, whole.start, whole.end)
    if korean is None:
        return []
    reading.infer_publisher(PublisherRank.NAMED, Span(*korean.span("outlet")), "dateline")
    return [Span(*name.span()) for name in _HANGUL_NAME.finditer(reading.text, *korean.span("names"))]


def in_brackets(reading: Reading, line: Line) -> Span | None:
    """Return the name in brackets that is all of a line under the story ("（佐々木航）")."""
    whole = reading.line_span(line)
    alone = SIGNED_ON_A_LINE.fullmatch(reading.text, whole.start, whole.end) if line.tail else None
    return Span(*alone.span("name")) if alone is not None and after_story(reading, line) else None


def after_last_stop(reading: Reading, line: Line) -> Span | None:
    """Return the name in brackets that ends a paragraph of the story ("…と語った。（林さくら）")."""
    whole = reading.line_span(line)
    found = SIGNED_IN_BRACKETS.search(reading.text, whole.start, whole.end)
    if found is None or reading.names.is_organisation(found["name"]):
        return None
    return Span(*found.span("name"))


def after_story(reading: Reading, line: Line) -> bool:
    """Say whether a whole sentence stands above a line."""
    if line.index <= 1:
        return False
    above = reading.layout.lines[line.index - 1]
    return above.end - above.start > _SHORTEST_SENTENCE and reading.layout.text[above.end - 1] in _STORY_ENDS


def after_farewell(reading: Reading, line: Line) -> bool:
    """Say whether a letter's last words stand above a line ("With love and prayers,")."""
    if line.prose or line.head:
        return False
    above = reading.layout.lines[line.index - 1]
    words = reading.layout.text[above.start : above.end].split()
    return words[-1][-1] == "," and len(words) <= _MOST_FAREWELL_WORDS
