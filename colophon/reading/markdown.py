"""What the marks of a Markdown text say, without touching it: headings, quotations, image texts, front matter.

Only lines are looked at, not nesting; fenced code is left alone. The text stays as it is, marks and all.
"""

import re
from collections.abc import Iterator

from colophon.documents import MarkupHint, MetadataClaim
from colophon.settings import ReadingSettings
from colophon.spans import Span, lines, trimmed

_HEADING = re.compile(r" {0,3}#{1,6}[ \t]+")
_QUOTE = re.compile(r" {0,3}>[ \t>]*")
_FENCE = re.compile(r" {0,3}(```|~~~)")
_IMAGE = re.compile(r"!\[([^\[\]\n]{1,2000})\]\(")
_FIELD = re.compile(r"([A-Za-z][\w-]{0,60}):[ \t]+(\S.*)")
_LONGEST_FRONT = 200  # lines


def markdown_hints(text: str) -> tuple[MarkupHint, ...]:
    """Return the roles that marks give: ``heading``, ``quote``, and ``caption`` for the text of an image."""
    return tuple(_hints(text))


def _hints(text: str) -> Iterator[MarkupHint]:
    fenced = False
    begin = _front(text)[1]
    for line in lines(text):
        if line.start < begin:
            continue
        content = line.of(text)
        if _FENCE.match(content):
            fenced = not fenced
        if fenced:
            continue
        for pattern, role in ((_HEADING, "heading"), (_QUOTE, "quote")):
            mark = pattern.match(content)
            span = trimmed(text, Span(line.start + mark.end(), line.end), " \t#") if mark else None
            if span:
                yield MarkupHint(span.start, span.end, "role", role)
        for image in _IMAGE.finditer(content):
            span = trimmed(text, Span(line.start + image.start(1), line.start + image.end(1)))
            if span:
                yield MarkupHint(span.start, span.end, "role", "caption")


def front_matter(text: str, settings: ReadingSettings) -> tuple[MetadataClaim, ...]:
    """Return the ``key: value`` lines between two ``---`` lines at the very beginning; other YAML is not read."""
    claims = []
    for line in _front(text)[0]:
        field = _FIELD.match(line)
        if field:
            value = field.group(2).strip().strip("\"'")[: settings.longest_claim]
            if value:
                claims.append(MetadataClaim("meta", field.group(1), value))
    return tuple(dict.fromkeys(claims))


def _front(text: str) -> tuple[list[str], int]:
    """Return the lines of the front matter and the offset at which it ends; nothing and 0 without one."""
    found: list[str] = []
    for number, line in enumerate(lines(text[:100_000])):
        content = line.of(text).rstrip()
        if number == 0:
            if content != "---":
                return [], 0
        elif content in ("---", "..."):
            return found, line.end
        elif number > _LONGEST_FRONT:
            break
        else:
            found.append(content)
    return [], 0
